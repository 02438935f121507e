/** Whatever the facts, PostgreSQL and DuckDB answer alike; and what a row counts is what its drill-down lists. */
import { compileDrilldown, compileProbe, explain, type IndicatorDefinition } from '@hengjian/indicators'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anyFacts as facts, pick } from './any-facts.ts'
import { catalogue, type FactStores, type Facts, named, openFactStores, uuidOf } from './fact-stores.ts'
import { indicatorDefinitions } from './index.ts'
import { postHocVectors, standardOptions } from './post-hoc-vectors.ts'

let stores: FactStores
beforeAll(async () => {
  stores = await openFactStores()
})
afterAll(() => stores.close())

const definitionOf = (code: string) => indicatorDefinitions.find((d) => d.code === code)!
/** Few facts are enough for a row to be judged. */
const options = {
  period: { from: '2025-12-01', to: '2026-02-01' },
  localRegions: [
    { unitPath: '/45/4503/', regions: ['4503'] },
    { unitPath: '/', regions: ['4501'] },
  ],
  parameters: { values: { minimum_sample: 2 } },
}

const codes = [
  'V2.1',
  'V2.2',
  'V2.4',
  'V3.2',
  'V3.3',
  'V8.1',
  'V8.2',
  'V8.3',
  'V8.4',
  'V8.6',
  'V8.7',
  'V8.11',
  'L5.1',
  'L5.2',
  'L5.3',
  'L6.1',
  'L6.2',
  'L6.3',
  'L6.4',
  'L6.5',
  'L7.1',
  'L8.1',
  'L8.2',
  'L8.3',
  'L8.7',
  'L8.8',
  'L8.9',
  'L8.11',
  'L8.12',
  'L8.13',
  'L9.1',
  'L10.2',
  'L11.2',
  'L11.5',
  'L12.1',
  'L12.2',
]
test.each(codes)('SUP-PA-%s answers alike on PostgreSQL and DuckDB, whatever the facts', async (code) => {
  let rows = 0
  await fc.assert(
    fc.asyncProperty(
      facts,
      pick(undefined, '/45/4503/', '/45/4503/450302/'),
      pick('city' as const, 'all' as const),
      async (some, scope, city) => {
        const answers = await stores.analyse(definitionOf(code), some, { ...options, scope, city })
        rows += answers.postgres.length
        expect(answers.duckdb).toEqual(answers.postgres)
      },
    ),
    { numRuns: 15, seed: 7 },
  )
  expect(rows, 'the facts are rich enough to be judged').toBeGreaterThan(0)
})

test.each(codes)(
  'SUP-10 of %s what is worth keeping comes first, and the totals count the rest',
  async (code) => {
    await fc.assert(
      fc.asyncProperty(facts.map(named), pick(1, 3, 5_000), async (some, most) => {
        const all = (await stores.analyse(definitionOf(code), some, options)).postgres
        const kept = await stores.analyse(definitionOf(code), some, {
          ...options,
          answer: 'worth_keeping',
          most,
        })
        expect(kept.duckdb.map(plain)).toEqual(kept.postgres.map(plain))
        const [first] = kept.postgres.map(plain)
        expect(first).toMatchObject({
          groups_judged: all.length,
          groups_not_judged: all.filter((row) => ['no_base', 'unknown'].includes(row.unjudged ?? '')).length,
        })
        const rows = kept.postgres.filter((row) => row.code !== null)
        expect(rows.length).toBe(Math.min(most, Number(first!['groups_worth_keeping'])))
        const crossed = all.filter((row) => row.fired)
        const keyOf = (row: object) =>
          JSON.stringify(
            plain(Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('groups_')))),
          )
        const known = new Set(crossed.map(keyOf))
        expect(rows.filter((row) => row.fired).every((row) => known.has(keyOf(row)))).toBe(true)
        expect(rows.filter((row) => row.fired).length).toBe(Math.min(most, crossed.length))
        expect(rows.slice(crossed.length).every((row) => row.unjudged === 'small_sample')).toBe(true)
      }),
      { numRuns: 5, seed: 11, endOnFailure: true },
    )
  },
)

/** Counts come as bigint from one driver and as text from the other. */
const plain = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, name.startsWith('groups_') ? Number(value) : value]),
  )

test('SUP-PA-L8.12 counts the most candidates at one moment as looking at every moment does', async () => {
  await fc.assert(
    fc.asyncProperty(facts, async (some) => {
      const rows = (some['examination'] as Record<string, string | null>[]).filter(
        (row) =>
          row['subject'] === 'subject2' &&
          row['device_id'] &&
          row['site_id'] &&
          row['started_at']! < row['ended_at']!,
      )
      const from = '2025-12-01 00:00'
      const seen = rows
        .map((row) => ({
          ...row,
          f: row['started_at']! < from ? from : row['started_at']!,
          g: row['ended_at']!,
        }))
        .filter((row) => row.f < row.g && row.f < '2026-02-01 00:00') as (Record<string, string> & {
        f: string
        g: string
      })[]
      const keyOf = (row: Record<string, string>) =>
        [
          row['unit_path']!.split('/').slice(0, 3).join('/') + '/',
          uuidOf(row['site_id']!),
          row['device_id'],
        ].join(' ')
      const expected = new Map<string, number>()
      for (const at of seen) {
        const here = seen.filter((row) => keyOf(row) === keyOf(at) && row.f <= at.f && row.g > at.f)
        const most = new Set(here.map((row) => row['candidate_id'])).size
        expected.set(keyOf(at), Math.max(expected.get(keyOf(at)) ?? 0, most))
      }
      const { duckdb } = await stores.analyse(definitionOf('L8.12'), some, {
        ...options,
        period: { from: '2025-12-01', to: '2026-02-01' },
      })
      const found = new Map(
        duckdb.map((row) => [[row.city, row['site'], row['device']].join(' '), row.numerator]),
      )
      expect(Object.fromEntries([...found].sort())).toEqual(Object.fromEntries([...expected].sort()))
    }),
    { numRuns: 40, seed: 3, endOnFailure: true },
  )
})

test('SUP-10 the drill-down of every finding lists the facts that made it', async () => {
  for (const vector of postHocVectors.filter((v) => v.rows.some((r) => r.fired))) {
    const definition = definitionOf(vector.code)
    const run = { ...standardOptions, ...vector.options }
    const { postgres } = await stores.analyse(definition, vector.facts, run)
    for (const row of postgres.filter((r) => r.fired)) {
      const behind = await stores.ask(
        vector.facts,
        (dialect) => compileDrilldown(definition, catalogue, { dialect, ...run }, row).sql,
      )
      expect(behind.duckdb, vector.code).toEqual(behind.postgres)
      const counted = behind.postgres.filter((f) => f.role === 'counted')
      const { kind } = definition.measure
      const label = `${vector.code} ${vector.name}`
      const distinct =
        definition.measure.kind === 'share'
          ? definition.measure.numerator.distinct
          : definition.measure.kind === 'rate' && definition.measure.distinct
      if (kind === 'overdue') expect(behind.postgres.length, label).toBe(1)
      else if (!distinct && (kind === 'count' || kind === 'rate' || kind === 'share' || kind === 'related'))
        expect(counted.length, label).toBe(row.numerator)
      else if (kind !== 'max') expect(counted.length, label).toBeGreaterThanOrEqual(row.numerator)
      if (kind === 'rate' || kind === 'share') {
        const own = behind.postgres.filter(
          (f) => f.role !== 'base' && !(definition.also && f.role === 'sample'),
        )
        if (kind === 'rate' && !distinct && !definition.also) expect(own.length, label).toBe(row.denominator)
      }
      expect(explain(definition, row).sentence).not.toMatch(/[{}—]|NaN|undefined/)
    }
  }
})

const missing = async (definition: IndicatorDefinition, some: Facts) => {
  const run = { ...standardOptions, localRegions: options.localRegions }
  const probe = compileProbe(definition, catalogue, { dialect: 'postgres', ...run })
  const rows = await stores.ask(
    some,
    (dialect) => compileProbe(definition, catalogue, { dialect, ...run }).sql,
  )
  expect(rows.duckdb).toEqual(rows.postgres)
  return probe.missingFrom(rows.postgres[0]!)
}

test('SUP-10 counts by centre and attempt cannot answer what they do not hold', async () => {
  const counts: Facts = {
    examination: [
      {
        site_id: 's',
        subject: 'subject3_road',
        passed: true,
        full_mark: false,
        make_up: true,
        candidate_id: null,
        started_at: null,
      },
    ],
  }
  expect(await missing(definitionOf('L8.1'), counts)).toEqual([])
  expect(await missing(definitionOf('L8.5'), counts)).toEqual([])
  expect(await missing(definitionOf('L8.2'), counts)).toEqual(['examination.subject = subject1'])
  expect(await missing(definitionOf('L8.7'), counts)).toEqual(['examination.working_time'])
  expect(await missing(definitionOf('L8.9'), counts)).toContain('examination_item.misjudged')
  expect(await missing(definitionOf('L8.12'), counts)).toContain('examination.device_id')
  expect(await missing(definitionOf('L8.14'), counts)).toContain('clock_offset.minutes')
  expect(await missing(definitionOf('L11.1'), counts)).toContain(
    'examination.full_mark = true and examination.subject = subject1',
  )
  expect(await missing(definitionOf('L6.4'), counts)).toContain('licence_transfer.clearing_required = true')
})

test('SUP-10 nobody under investigation and nothing withdrawn are answers, not missing fields', async () => {
  const some: Facts = {
    transaction: [{ id: 't', accepted_at: '2026-01-05 09:00', business_kind: 'registration' }],
    transaction_step: [
      { transaction_id: 't', step: 'issue', done_at: '2026-01-05 09:00', occurred_at: '2026-01-05 09:00' },
    ],
    number_selection: [{ vehicle_id: 'v', transaction_id: 't', selected_at: '2026-01-05 09:00' }],
  }
  expect(await missing(definitionOf('V3.1'), some)).toEqual([])
  expect(await missing(definitionOf('V3.3'), some)).toEqual([])
})

test('SUP-10 an explanation says what was measured, against what, and under which parameters', async () => {
  const definition = definitionOf('L8.1')
  const vector = postHocVectors.find((v) => v.code === 'L8.1')!
  const { postgres } = await stores.analyse(definition, vector.facts, standardOptions)
  const row = postgres.find((r) => r.fired)!
  expect(row.site).toBe(uuidOf('s'))
  expect(explain(definition, row, {}, { labels: { subject: '科目二' } })).toMatchObject({
    sentence: '2026年1月科目二考试50次，合格率62%，全市50%，高出12个百分点，超过10个百分点。',
    status: 'fired',
    measured: 62,
    base: 50,
    deviation: 12,
    threshold: 10,
    comparison: '>',
    unit: 'percentage_points',
    sample: 50,
    minimumSample: 30,
    parameters: [{ name: 'X1_points', value: 10 }],
    scope: { unitPath: '/45/4503/450302/', city: '/45/4503/' },
  })
})
