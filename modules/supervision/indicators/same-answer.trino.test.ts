/** The hand-worked cases on a running Trino (`TRINO_URL`, see tools/trino.mjs): the answers of the other two engines. */
import {
  compileDrilldown,
  compilePostHoc,
  compileProbe,
  type DrilldownGroup,
  type PostHocOptions,
} from '@hengjian/indicators'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askTrino } from './ask-trino.ts'
import { catalogue, type FactStores, named, openFactStores, withFacts } from './fact-stores.ts'
import { indicatorDefinitions } from './index.ts'
import type { PostHocVector } from './post-hoc-vector.ts'
import { postHocVectors, standardOptions } from './post-hoc-vectors.ts'

const coordinator = process.env['TRINO_URL'] ?? 'http://127.0.0.1:8080'

let stores: FactStores
beforeAll(async () => {
  stores = await openFactStores()
})
afterAll(() => stores.close())

/** Counts come as bigint or text from other drivers, and the columns in the order of their names. */
const plain = (rows: readonly object[]) =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, name.startsWith('groups_') ? Number(value) : value]),
    ),
  )

/** One case of each indicator, one that fires where there is one, is asked everything. */
const wholly: ReadonlySet<PostHocVector> = new Set(
  [...Map.groupBy(postHocVectors, ({ code }) => code).values()].map(
    (cases) => cases.find(({ rows }) => rows.some(({ fired }) => fired)) ?? cases[0]!,
  ),
)

/** Those first, so that a run that is stopped has met every indicator. */
const cases = [...wholly, ...postHocVectors.filter((vector) => !wholly.has(vector))]
test.each(cases.map((vector) => [vector.code, vector.name, vector] as const))(
  'SUP-14 SUP-PA-%s answers on Trino as on DuckDB: %s',
  async (code, _name, vector) => {
    const definition = indicatorDefinitions.find((each) => each.code === code)!
    const facts = named(vector.facts)
    const run = { ...standardOptions, ...vector.options }
    const asked: Array<{ readonly trino: Promise<object[]>; readonly duckdb: object[] }> = []
    const ask = async (compile: (dialect: PostHocOptions['dialect']) => string) => {
      const duckdb = plain((await stores.ask(facts, compile)).duckdb)
      asked.push({ duckdb, trino: askTrino(coordinator, withFacts(facts, compile('trino'))).then(plain) })
      return duckdb
    }
    const judge = (more: Partial<PostHocOptions>) =>
      ask((dialect) => {
        const statement = compilePostHoc(definition, catalogue, { dialect, ...run, ...more })
        if (statement.status !== 'ready') throw new Error(`${code} cannot be computed`)
        return statement.sql
      })
    const rows = await judge({})
    if (wholly.has(vector)) {
      await judge({ answer: 'worth_keeping' })
      await ask((dialect) => compileProbe(definition, catalogue, { dialect, ...run }).sql)
      const group = rows.find((row) => row['fired']) as DrilldownGroup | undefined
      if (group)
        await ask((dialect) => compileDrilldown(definition, catalogue, { dialect, ...run }, group).sql)
    }
    const answers = await Promise.all(asked.map(({ trino }) => trino))
    for (const [i, { duckdb }] of asked.entries()) expect(answers[i]).toEqual(duckdb)
  },
)
