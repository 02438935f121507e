import { expect, test } from 'vitest'
import { halfOpen, lastMonthOf, periodOf, withWorkingDays, yesterdayOf } from './period.ts'
import { publishedCalendar } from './working-days.ts'

test('SUP-10 the engine’s period texts as days', () => {
  expect(periodOf('2024-02')).toEqual({ from: '2024-02-01', to: '2024-02-29' })
  expect(periodOf('2026-03-05')).toEqual({ from: '2026-03-05', to: '2026-03-05' })
  expect(periodOf('2025-12-01..2026-03-31')).toEqual({ from: '2025-12-01', to: '2026-03-31' })
})

test('SUP-12 schedules judge yesterday and last month', () => {
  expect(yesterdayOf('2026-03-01')).toEqual({ from: '2026-02-28', to: '2026-02-28' })
  expect(lastMonthOf('2026-01-15')).toEqual({ from: '2025-12-01', to: '2025-12-31' })
  expect(halfOpen({ from: '2026-02-01', to: '2026-02-28' })).toEqual({ from: '2026-02-01', to: '2026-03-01' })
})

test('SUP-PA-V3 the calendar stands before a statement with or without its own WITH', () => {
  const period = { from: '2025-10-01', to: '2025-10-11' }
  const plain = withWorkingDays('SELECT 1', period, publishedCalendar)
  expect(plain).toMatch(/^WITH "working_day"\("day", "working", "ordinal"\) AS \(VALUES .*\) SELECT 1$/s)
  expect(plain).toMatch(/\(DATE '2025-10-08', false, (\d+)\), \(DATE '2025-10-09', true, /)
  expect(withWorkingDays('WITH a AS (SELECT 1) SELECT 2', period, publishedCalendar)).toMatch(
    /\), a AS \(SELECT 1\) SELECT 2$/,
  )
})
