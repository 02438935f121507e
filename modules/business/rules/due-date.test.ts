import { expect, test } from 'vitest'
import { dueAt } from './due-date.ts'

const weekdays = { isWorkingDay: (day: Temporal.PlainDate) => day.dayOfWeek <= 5 }

test.each([
  ['the day of acceptance does not count', '2026-11-18T02:00:00Z', 1, '2026-11-19T15:59:59.000Z'],
  ['a weekend lies between', '2026-11-20T02:00:00Z', 1, '2026-11-23T15:59:59.000Z'],
  ['two weeks of work', '2026-11-20T02:00:00Z', 10, '2026-12-04T15:59:59.000Z'],
  [
    'late at night it is already the next day in Shanghai',
    '2026-11-19T17:00:00Z',
    1,
    '2026-11-23T15:59:59.000Z',
  ],
])('BIZ-6 %s', (_name, from, days, due) => {
  expect(dueAt(new Date(from), days, weekdays).toISOString()).toBe(due)
})

test('BIZ-6 moved working days and holidays count as the calendar says', () => {
  // A Saturday made a working day, the Monday after a holiday.
  const moved = {
    isWorkingDay: (day: Temporal.PlainDate) =>
      day.toString() !== '2026-11-23' && (day.dayOfWeek <= 5 || day.toString() === '2026-11-21'),
  }
  expect(dueAt(new Date('2026-11-20T02:00:00Z'), 2, moved).toISOString()).toBe('2026-11-24T15:59:59.000Z')
})
