/** The post-hoc indicators against hand-worked cases, on PostgreSQL and on DuckDB. */
import type { PostHocRow } from '@hengjian/indicators'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestOf, type FactStores, openFactStores, uuidOf } from './fact-stores.ts'
import { indicatorDefinitions } from './index.ts'
import { postHocVectors, standardOptions } from './post-hoc-vectors.ts'

let stores: FactStores
beforeAll(async () => {
  stores = await openFactStores()
})
afterAll(() => stores.close())

const definitions = indicatorDefinitions.filter((d) => d.mode === 'post_hoc')

/** Dimension values of an expected key, as they stand in a row: ids are UUIDs, digests digests, codes themselves. */
const same = (row: PostHocRow, names: readonly string[], key: string) =>
  names.length === 0 ||
  key.split('/').every((label, i) => [label, uuidOf(label), digestOf(label)].includes(String(row[names[i]!])))

for (const vector of postHocVectors) {
  const fires = vector.rows.some((row) => row.fired)
  test(`SUP-PA-${vector.code} ${fires ? 'finds' : 'does not report'}: ${vector.name}`, async () => {
    const definition = definitions.find((d) => d.code === vector.code)!
    const options = { ...standardOptions, ...vector.options }
    const names = (options.dimensions ?? definition.dimensions!).map((d) => d.name)
    const answers = await stores.analyse(definition, vector.facts, options)
    for (const dialect of ['postgres', 'duckdb'] as const) {
      const rows = answers[dialect]
      expect(rows.length, `${dialect}: ${JSON.stringify(rows)}`).toBe(vector.rows.length)
      for (const { key, ...expected } of vector.rows) {
        const row = rows.find(
          (r) =>
            same(r, names, key) &&
            (!expected.period || r.period === expected.period) &&
            (!expected.city || r.city === expected.city),
        )
        expect(row, `${dialect} ${key}`).toMatchObject(expected)
      }
    }
    expect(answers.duckdb).toEqual(answers.postgres)
  })
}

test('every post-hoc indicator has a case that fires, one that does not, and an edge', () => {
  for (const { code } of definitions) {
    const own = postHocVectors.filter((v) => v.code === code)
    expect(own.length, code).toBeGreaterThanOrEqual(3)
    expect(
      own.some((v) => v.rows.some((r) => r.fired)),
      code,
    ).toBe(true)
    expect(
      own.some((v) => !v.rows.some((r) => r.fired)),
      code,
    ).toBe(true)
  }
})
