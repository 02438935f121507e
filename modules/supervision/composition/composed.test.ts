/** What the composer makes of `average` and `share`, against hand-worked cases on PostgreSQL and on DuckDB (SUP-3). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Composition } from '../contract.ts'
import { type FactStores, type Facts, openFactStores, uuidOf } from '../indicators/fact-stores.ts'
import { defineComposed } from './define.ts'

let stores: FactStores
beforeAll(async () => {
  stores = await openFactStores()
})
afterAll(() => stores.close())

const JANUARY = { from: '2026-01-01', to: '2026-02-01' }
const common: Pick<Composition, 'legalBasis' | 'filters' | 'base' | 'window' | 'inProcess'> = {
  legalBasis: '',
  filters: [],
  base: null,
  window: { kind: 'month' },
  inProcess: null,
}

/** Rows of January by site or station; both engines must answer alike. */
async function judge(composition: Composition, facts: Facts) {
  const { definition, faults } = defineComposed('C1', composition)
  expect(faults).toEqual([])
  const { postgres, duckdb } = await stores.analyse(definition!, facts, { period: JANUARY })
  expect(duckdb).toEqual(postgres)
  return (label: string) => postgres.find((row) => Object.values(row).includes(uuidOf(label)))
}

describe('SUP-3 an average', () => {
  /** Mean score of a site's examinations below 80, of three at least. */
  const composition: Composition = {
    ...common,
    title: '考场平均成绩过低',
    source: 'examination',
    compare: ['examination.site_id'],
    measure: { kind: 'average', field: 'examination.score' },
    comparison: '<',
    threshold: 80,
    minimumSample: 3,
  }
  const scored = (site_id: string, scores: readonly (number | null)[], at = '2026-01-15 10:00') =>
    scores.map((score) => ({ site_id, score, started_at: at }))

  test.each([
    // (70 + 80 + 84) / 3 = 78.
    ['below', [70, 80, 84], { measured: 78, sample: 3, fired: true }],
    // (75 + 80 + 85) / 3 = 80: not below it.
    ['at the threshold', [75, 80, 85], { measured: 80, fired: false }],
    // 239 / 3 = 79⅔, and 80 − 79⅔ is more than nothing.
    ['a third below', [79, 80, 80], { fired: true }],
    ['what is not known counts for nothing', [70, 80, 84, null], { measured: 78, sample: 3, fired: true }],
    ['two known of three are too few', [60, 60, null], { sample: 2, unjudged: 'small_sample' }],
  ] as const)('%s', async (_, scores, expected) => {
    expect((await judge(composition, { examination: scored('s', scores) }))('s')).toMatchObject(expected)
  })

  test('of another month is another row', async () => {
    const examination = [...scored('s', [70, 80, 84]), ...scored('s', [100, 100, 100], '2026-02-01 00:00')]
    expect((await judge(composition, { examination }))('s')).toMatchObject({ measured: 78 })
  })

  test('is held against the month before, and against the whole city', async () => {
    const examination = [
      // December 60; January (60 + 66 + 72) / 3 = 66: 10 % more.
      ...scored('s', [60, 60, 60], '2025-12-15 10:00'),
      ...scored('s', [60, 66, 72]),
      // (198 + 186) / 6 = 64 in the city: 66 is 3.125 % more.
      ...scored('t', [60, 62, 64]),
    ]
    const grown = { ...composition, comparison: '>', threshold: 9 } as const
    const month = await judge({ ...grown, base: 'previous_month' }, { examination })
    expect(month('s')).toMatchObject({ measured: 66, base: 60, fired: true })
    expect(month('s')!.deviation).toBeCloseTo(10, 9)
    expect(month('t')).toMatchObject({ unjudged: 'no_base', fired: false })
    const edge = await judge({ ...grown, threshold: 10, base: 'previous_month' }, { examination })
    expect(edge('s')).toMatchObject({ fired: false })
    const city = await judge({ ...grown, threshold: 3, base: 'pooled' }, { examination })
    expect(city('s')).toMatchObject({ measured: 66, base: 64, fired: true })
    expect(city('s')!.deviation).toBeCloseTo(3.125, 9)
    expect(city('t')).toMatchObject({ measured: 62, base: 64, fired: false })
  })
})

describe('SUP-3 a share', () => {
  /** Failed brake items for every hundred inspections of a station above 20, of five inspections at least. */
  const composition: Composition = {
    ...common,
    title: '制动不合格项目过多',
    source: 'inspection',
    compare: ['inspection.institution_id'],
    measure: {
      kind: 'share',
      fact: 'inspection_item',
      filters: [
        { field: 'inspection_item.item', test: 'is', values: ['brake'] },
        { field: 'inspection_item.passed', test: 'is', values: [false] },
      ],
    },
    comparison: '>',
    threshold: 20,
    minimumSample: 5,
  }
  const inspections = (count: number, institution_id = 'a', occurred_at = '2026-01-10 09:00') =>
    Array.from({ length: count }, () => ({ institution_id, occurred_at }))
  const items = (count: number, rest: object = {}) =>
    Array.from({ length: count }, () => ({
      institution_id: 'a',
      item: 'brake',
      passed: false,
      occurred_at: '2026-01-10 09:00',
      ...rest,
    }))

  test.each([
    ['three for ten', inspections(10), items(3), { measured: 30, sample: 10, fired: true }],
    ['two for ten: at the threshold', inspections(10), items(2), { measured: 20, fired: false }],
    [
      'passed ones and other items do not count',
      inspections(10),
      [...items(2), ...items(3, { passed: true }), ...items(3, { item: 'lamp' })],
      { measured: 20, fired: false },
    ],
    ['more than one for each', inspections(5), items(8), { measured: 160, fired: true }],
    ['none', inspections(10), items(0), { measured: 0, fired: false }],
    ['four inspections are too few', inspections(4), items(4), { sample: 4, unjudged: 'small_sample' }],
    ['of another station', inspections(10), items(9, { institution_id: 'b' }), { measured: 0, fired: false }],
    [
      'of another month',
      inspections(10),
      [...items(2), ...items(9, { occurred_at: '2026-02-01 00:00' })],
      { measured: 20, fired: false },
    ],
  ] as const)('%s', async (_, inspection, inspection_item, expected) => {
    expect((await judge(composition, { inspection, inspection_item }))('a')).toMatchObject(expected)
  })

  test('without a single inspection there is nothing to divide by', async () => {
    const row = await judge(composition, { inspection: inspections(5, 'b'), inspection_item: items(3) })
    expect(row('a')?.fired ?? false).toBe(false)
    expect(row('b')).toMatchObject({ measured: 0, fired: false })
  })
})
