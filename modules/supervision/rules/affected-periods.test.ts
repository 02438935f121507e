import { factCatalogue } from '@hengjian/business'
import { expect, test } from 'vitest'
import { indicatorDefinitions } from '../indicators/index.ts'
import { affectedPeriods, type ChangedRows, joined, judgedUntil } from './affected-periods.ts'

const TODAY = '2026-03-20'
const change = (fact: string, times: Record<string, [string, string]>): ChangedRows => ({ fact, times })
const on = (day: string): [string, string] => [day, day]
const inspections = (day: string) =>
  change('inspection', { occurred_at: on(day), submitted_at: on(day), audited_at: on(day) })

const affected = (code: string, changes: readonly ChangedRows[], options: object = {}) =>
  affectedPeriods(
    indicatorDefinitions.filter((each) => each.code === code),
    changes,
    { catalogue: factCatalogue, floor: '2024-03-01', until: judgedUntil(TODAY), ...options },
  ).map(({ from, to }) => `${from}..${to}`)

test.each([
  ['by month', 'V8.5', [inspections('2025-09-10')], ['2025-09-01..2025-09-30']],
  ['of a fact it does not read', 'V8.5', [change('examination', { occurred_at: on('2025-09-10') })], []],
  ['by day', 'V8.3', [inspections('2025-09-10')], ['2025-09-10..2025-09-10']],
  [
    'of several days',
    'V8.3',
    [change('inspection', { occurred_at: ['2025-09-10', '2025-09-12'] })],
    ['2025-09-10..2025-09-12'],
  ],
  ['against the month before', 'V8.1', [inspections('2025-09-10')], ['2025-09-01..2025-10-31']],
  [
    'against the same month last year',
    'V1.2',
    [change('temporary_plate', { occurred_at: on('2025-01-10'), issued_at: on('2025-01-10') })],
    ['2025-01-01..2025-01-31', '2026-01-01..2026-01-31'],
  ],
  [
    "against last year's average: every month of the next year that was judged",
    'V8.2',
    [inspections('2025-09-10')],
    ['2025-09-01..2025-09-30', '2026-01-01..2026-02-28'],
  ],
  [
    'in a rolling window of a year, to the last day judged',
    'V2.3',
    [change('transaction', { occurred_at: on('2025-09-10'), accepted_at: on('2025-09-10') })],
    ['2025-09-10..2026-03-19'],
  ],
  [
    'in a rolling window without end',
    'V5.3',
    [change('transaction', { occurred_at: on('2024-05-10'), accepted_at: on('2024-05-10') })],
    ['2024-05-10..2026-03-19'],
  ],
  [
    'in a rolling window that ends with months',
    'V1.4',
    [change('temporary_plate', { occurred_at: on('2024-05-10'), issued_at: on('2024-05-10') })],
    ['2024-05-01..2025-05-31'],
  ],
  [
    'by another column than that of the partition',
    'V7.1',
    [
      change('transaction', {
        occurred_at: on('2025-10-30'),
        accepted_at: on('2025-10-30'),
        completed_at: on('2025-12-02'),
      }),
    ],
    ['2025-12-01..2026-02-28'],
  ],
  [
    'by a column that no changed row fills',
    'V7.1',
    [change('transaction', { occurred_at: on('2025-10-30') })],
    [],
  ],
  ['a limit in minutes runs forward', 'V8.11', [inspections('2025-09-10')], ['2025-09-10..2025-11-10']],
  [
    'a limit in months runs forward; the investigation that would excuse it counts from a month before',
    'V3.3',
    [change('transaction', { occurred_at: on('2025-09-10'), accepted_at: on('2025-09-10') })],
    ['2025-09-10..2025-10-10'],
  ],
  [
    'an investigation',
    'V3.3',
    [change('investigation', { occurred_at: on('2026-02-10') })],
    ['2026-01-10..2026-03-19'],
  ],
  [
    'related rows are placed by their own time',
    'V1.3',
    [change('temporary_plate', { occurred_at: on('2025-09-10'), issued_at: on('2025-09-10') })],
    ['2025-09-01..2025-09-30'],
  ],
  [
    'joined rows stand around those that are placed',
    'V8.8',
    [inspections('2026-01-10')],
    ['2025-12-01..2026-02-28'],
  ],
  [
    'the definition itself reckons in months',
    'L1.3',
    [change('transaction', { occurred_at: on('2025-11-10'), accepted_at: on('2025-11-10') })],
    ['2025-08-01..2026-02-28'],
  ],
  [
    'standing rows that came new',
    'L1.5',
    [change('person', { occurred_at: on('2026-01-10') })],
    ['2025-12-01..2026-02-28'],
  ],
  ['standing rows that only changed', 'L1.5', [change('person', {})], []],
  ['before what is followed', 'V8.5', [inspections('2023-09-10')], []],
  ['of days not judged yet', 'V8.3', [inspections(TODAY)], []],
  ['of this month', 'V8.5', [inspections('2026-03-10')], []],
])('SUP-12 a change %s (%s)', (_name, code, changes, expected) => {
  expect(affected(code, changes)).toEqual(expected)
})

test('SUP-12 a unit with a longer window reaches further', () => {
  const late = [change('transaction', { occurred_at: on('2024-05-10'), accepted_at: on('2024-05-10') })]
  expect(affected('V2.3', late)).toEqual(['2024-05-10..2025-05-10'])
  const parametersOf = () => ({
    overrides: [{ unitPath: '/45/4503/', name: 'S1_window_months', value: 18 }],
  })
  expect(affected('V2.3', late, { parametersOf })).toEqual(['2024-05-10..2025-11-10'])
})

test('SUP-12 periods that overlap or touch are judged once', () => {
  expect(
    joined([
      { from: '2026-01-05', to: '2026-01-06' },
      { from: '2026-01-01', to: '2026-01-04' },
      { from: '2026-01-02', to: '2026-01-03' },
      { from: '2026-02-01', to: '2026-02-01' },
    ]),
  ).toEqual([
    { from: '2026-01-01', to: '2026-01-06' },
    { from: '2026-02-01', to: '2026-02-01' },
  ])
})
