/** One meaning of the language, whatever is written in it: both engines answer alike, alone and sharing, and Trino parses it. */
import {
  checkDefinition,
  compilePostHoc,
  compileTogether,
  type IndicatorDefinition,
  type PostHocOptions,
} from '@hengjian/indicators'
import { TrinoSQL } from 'dt-sql-parser/dist/parser/trino/index.js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anyDefinition } from './any-definitions.ts'
import { anyFacts, pick } from './any-facts.ts'
import { catalogue, type FactStores, named, openFactStores } from './fact-stores.ts'

let stores: FactStores
beforeAll(async () => {
  stores = await openFactStores()
})
afterAll(() => stores.close())

const options = { period: { from: '2025-12-01', to: '2026-02-01' } }
/** With ids: among rows of one moment they decide. */
const facts = anyFacts.map(named)
const scopes = pick(undefined, '/45/4503/', '/45/4503/450302/')

function compiled(definition: IndicatorDefinition, run: PostHocOptions): string {
  const statement = compilePostHoc(definition, catalogue, run)
  return statement.status === 'ready' ? statement.sql : ''
}

test('SUP-3 SUP-14 any definition that compiles answers alike on PostgreSQL and DuckDB', async () => {
  let judged = 0
  const kinds = new Set<string>()
  await fc.assert(
    fc.asyncProperty(anyDefinition, facts, scopes, async (definition, some, scope) => {
      expect(checkDefinition(definition, catalogue)).toEqual([])
      const { postgres, duckdb } = await stores.analyse(definition, some, { ...options, scope })
      expect(duckdb).toEqual(postgres)
      judged += postgres.length
      if (postgres.length > 0) kinds.add(`${definition.measure.kind} ${definition.base?.kind ?? ''}`)
    }),
    { numRuns: 300, seed: 20261101, endOnFailure: true },
  )
  expect(judged).toBeGreaterThan(1_000)
  expect(kinds.size, 'different measures and bases were judged').toBeGreaterThan(20)
})

test('SUP-12 any definitions that share what they count answer as they do alone', async () => {
  let shared = 0
  const byMonth = anyDefinition
    .filter(({ source, window }) => source.fact === 'examination' && window.kind === 'month')
    .map((definition): IndicatorDefinition => ({ ...definition, time: 'examination.occurred_at' }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(byMonth, { minLength: 5, maxLength: 9 }),
      facts,
      scopes,
      async (definitions, some, scope) => {
        for (const dialect of ['postgres', 'duckdb'] as const) {
          const run = { ...options, scope, dialect }
          const { statements } = compileTogether(
            definitions.map((definition) => ({ definition, options: run })),
            catalogue,
          )
          for (const [i, { statement, reads }] of statements.entries()) {
            if (!reads || statement.status !== 'ready') continue
            const table = reads.sql.replace(/^CREATE TEMP TABLE (\w+) AS /, 'WITH $1 AS (')
            const sql = statement.sql.replace('WITH ', `${table}), `)
            const together = await stores.askOne(some, dialect, sql)
            const alone = await stores.askOne(some, dialect, compiled(definitions[i]!, run))
            expect(together).toEqual(alone)
            shared += together.length
          }
        }
      },
    ),
    { numRuns: 25, seed: 7, endOnFailure: true },
  )
  expect(shared).toBeGreaterThan(100)
})

test('SUP-14 any definition is SQL of Trino', () => {
  const parser = new TrinoSQL()
  fc.assert(
    fc.property(anyDefinition, scopes, (definition, scope) => {
      const sql = compiled(definition, { ...options, scope, dialect: 'trino' })
      expect(parser.validate(sql).map(({ message }) => message)).toEqual([])
    }),
    { numRuns: 40, seed: 3 },
  )
}, 60_000)
