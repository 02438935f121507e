/** What an incremental run rests on: judging each day apart in one statement, and knowing which days a row reaches. */
import type { IndicatorDefinition } from '@hengjian/indicators'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { affectedPeriods } from '../rules/affected-periods.ts'
import { halfOpen, periodOf } from '../rules/period.ts'
import { anyFacts } from './any-facts.ts'
import { catalogue, type FactStores, type Facts, named, openFactStores } from './fact-stores.ts'
import { indicatorDefinitions } from './index.ts'

let stores: FactStores
beforeAll(async () => {
  stores = await openFactStores()
})
afterAll(() => stores.close())

type Row = Readonly<Record<string, unknown>>
const definitionOf = (code: string) => indicatorDefinitions.find((each) => each.code === code)!
const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort()

/** Days or months from the first to the last, as periods that a schedule judges. */
function periodsOf({ schedule }: IndicatorDefinition, from: string, to: string) {
  const periods = []
  for (let day = from; day <= to; ) {
    const { to: last } = schedule === 'monthly' ? periodOf(day.slice(0, 7)) : { to: day }
    periods.push({ from: day, to: last })
    day = Temporal.PlainDate.from(last).add({ days: 1 }).toString()
  }
  return periods
}

/** With thresholds so low that few facts cross them. */
function judge(
  definition: IndicatorDefinition,
  some: Facts,
  from: string,
  to: string,
  each?: 'day' | 'month',
) {
  const { threshold, unit } = definition
  const low = unit === 'count' && typeof threshold === 'object' && 'param' in threshold
  return stores.analyse(definition, some, {
    period: halfOpen({ from, to }),
    scope: '/45/4503/',
    localRegions: [{ unitPath: '/', regions: ['4503'] }],
    parameters: { values: { minimum_sample: 2, ...(low ? { [threshold.param]: 1 } : {}) } },
    ...(each ? { each } : {}),
  })
}

/** One of each way in which time is cut, by schedule. */
const EACH = [
  'V2.1',
  'V3.2',
  'V3.3',
  'V8.1',
  'V8.2',
  'V8.3',
  'V8.4',
  'V8.11',
  'L5.2',
  'L8.9',
  'L8.12',
  'L8.13',
  'L8.11',
  'L8.1',
  'L12.2',
]
/** Few facts are of the kind they count. */
const SPARSE = ['V2.1', 'L5.2']
test.each(EACH)('SUP-12 %s over many days at once answers as a run over each of them', async (code) => {
  const definition = definitionOf(code)
  const monthly = definition.schedule === 'monthly'
  const [start, to] = monthly ? ['2025-11-01', '2026-01-31'] : ['2025-12-15', '2026-01-20']
  let rows = 0
  await fc.assert(
    fc.asyncProperty(anyFacts.map(named), async (some) => {
      const one = await judge(
        definition,
        some,
        start,
        to,
        definition.schedule === 'monthly' ? 'month' : 'day',
      )
      const apart: object[] = []
      for (const period of periodsOf(definition, start, to))
        apart.push(...(await judge(definition, some, period.from, period.to)).postgres)
      expect(sorted(one.postgres)).toEqual(sorted(apart))
      expect(sorted(one.duckdb)).toEqual(sorted(one.postgres))
      rows += apart.length
    }),
    { numRuns: SPARSE.includes(code) ? 10 : 2, seed: 5, endOnFailure: true },
  )
  expect(rows, 'the facts are rich enough to be judged').toBeGreaterThan(0)
})

/** Definitions that read no fact around those they count: there the reach is exact, elsewhere it is a rule. */
const ALONE = [
  'V2.1',
  'V8.1',
  'V8.2',
  'V8.3',
  'V8.4',
  'V8.6',
  'V8.11',
  'L5.1',
  'L8.1',
  'L8.8',
  'L9.1',
  'L12.2',
]
test.each(ALONE)(
  'SUP-12 a row that comes late changes no judgment of %s but those it is said to reach',
  async (code) => {
    const definition = definitionOf(code)
    const { fact } = definition.source
    const each = definition.schedule === 'monthly' ? 'month' : 'day'
    const [from, to] = ['2025-01-01', '2026-12-31']
    let changed = 0
    await fc.assert(
      fc.asyncProperty(anyFacts.map(named), async (some) => {
        const now = new Set(sorted((await judge(definition, some, from, to, each)).postgres))
        for (const late of some[fact]!.slice(0, 10)) {
          const before = { ...some, [fact]: some[fact]!.filter((row) => row !== late) }
          const old = new Set(sorted((await judge(definition, before, from, to, each)).postgres))
          const differ = [...old.symmetricDifference(now)].map((row) =>
            periodOf((JSON.parse(row) as Row)['period'] as string),
          )
          changed += differ.length
          const reached = affectedPeriods([definition], [{ fact, times: timesOf(late) }], {
            catalogue,
            floor: from,
            until: { daily: to, monthly: to },
          })
          const missed = differ.filter(
            (period) => !reached.some((known) => known.from <= period.from && period.to <= known.to),
          )
          expect(missed, JSON.stringify({ late, reached })).toEqual([])
        }
      }),
      { numRuns: 3, seed: 9, endOnFailure: true },
    )
    expect(changed, 'the rows made a difference').toBeGreaterThan(0)
  },
)

/** Days of a row's instants, as the lake remembers them; what the generator leaves out is filled with a day of its own. */
function timesOf(row: Row): Record<string, [string, string]> {
  const instants = Object.entries({ occurred_at: '2026-01-15 10:00', ...row }).filter(
    ([, value]) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2} /.test(value),
  )
  return Object.fromEntries(
    instants.map(([name, value]) => [name, [String(value).slice(0, 10), String(value).slice(0, 10)]]),
  )
}
