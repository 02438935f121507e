/** Whether an indicator counts the facts itself or folds a table that others share, its answer is the same. */
import { compilePostHoc, compileTogether, type PostHocOptions } from '@hengjian/indicators'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogue, type FactStores, openFactStores } from './fact-stores.ts'
import { indicatorDefinitions } from './index.ts'
import { postHocVectors, standardOptions } from './post-hoc-vectors.ts'

let stores: FactStores
beforeAll(async () => {
  stores = await openFactStores()
})
afterAll(() => stores.close())

const definitions = indicatorDefinitions.filter(({ mode }) => mode === 'post_hoc')
const localRegions = [{ unitPath: '/', regions: ['4503'] }]
/** All of them together; one has options of its own, of which the others follow the period. */
const planFor = (
  dialect: 'postgres' | 'duckdb',
  code?: string,
  options: Partial<Omit<PostHocOptions, 'dialect'>> = {},
) =>
  compileTogether(
    definitions.map((definition) => ({
      definition,
      options: {
        ...standardOptions,
        localRegions,
        ...(definition.code === code ? options : options.period ? { period: options.period } : {}),
        dialect,
      },
    })),
    catalogue,
  )
const { tables, statements } = planFor('duckdb')
const sharing = tables.flatMap(({ readers }) => readers)
const codeOf = (index: number) => definitions[index]!.code

test('SUP-12 indicators that count the same facts share few tables, each read by all that it names', () => {
  expect(tables.length).toBeLessThan(sharing.length / 3)
  expect(new Set(sharing).size).toBe(sharing.length)
  expect(sharing.length).toBeGreaterThan(35)
  for (const [index, { statement, reads }] of statements.entries()) {
    expect(reads?.readers.includes(codeOf(index)) ?? true).toBe(true)
    if (statement.status !== 'ready') throw new Error(`${codeOf(index)} does not compile`)
    expect(reads === null || statement.sql.includes(reads.name)).toBe(true)
  }
})

test('SUP-12 conditions are compared as a whole: no two tables count the same, and none counts for one reader', () => {
  expect(new Set(tables.map(({ sql }) => sql.replace(/^CREATE TEMP TABLE \w+/, ''))).size).toBe(tables.length)
  for (const { readers } of tables) expect(readers.length).toBeGreaterThan(1)
})

test.each(sharing)('SUP-PA-%s answers alike alone and from a shared table', async (code) => {
  let judged = 0
  for (const { facts, options } of postHocVectors.filter((vector) => vector.code === code)) {
    const definition = definitions.find((each) => each.code === code)!
    const index = definitions.indexOf(definition)
    // With a window or dimensions of its own it may count what nobody else counts.
    if (!planFor('duckdb', code, options).statements[index]!.reads) continue
    const alone = await stores.ask(facts, (dialect) => {
      const statement = compilePostHoc(definition, catalogue, {
        ...standardOptions,
        localRegions,
        ...options,
        dialect,
      })
      return statement.status === 'ready' ? statement.sql : ''
    })
    const together = await stores.ask(facts, (dialect) => {
      const { statement, reads } = planFor(dialect, code, options).statements[index]!
      if (statement.status !== 'ready' || !reads) throw new Error(`${code} shares nothing`)
      const table = reads.sql.replace(/^CREATE TEMP TABLE (\w+) AS /, 'WITH $1 AS (')
      return statement.sql.replace('WITH ', `${table}), `)
    })
    judged += alone.duckdb.length
    expect(together.duckdb).toEqual(alone.duckdb)
    expect(together.postgres).toEqual(alone.postgres)
  }
  expect(judged, 'the vectors leave something to judge').toBeGreaterThan(0)
})
