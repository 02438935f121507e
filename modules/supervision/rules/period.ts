/** Periods of analysis, and the calendar as a table that statements can join. Pure. */
import { WORKING_DAY_MARGIN } from '@hengjian/indicators'
import type { WorkingCalendar } from './working-days.ts'

/** Days of a period, both inclusive. */
export interface Period {
  readonly from: string
  readonly to: string
}

const dayAfter = (day: string, days = 1) => Temporal.PlainDate.from(day).add({ days }).toString()

/** The engine's period text, `2026-03`, `2026-03-05` or `2026-03-01..2026-03-31`, as days. */
export function periodOf(text: string): Period {
  if (text.includes('..')) {
    const [from, to] = text.split('..') as [string, string]
    return { from, to }
  }
  if (text.length === 7) {
    const first = Temporal.PlainYearMonth.from(text).toPlainDate({ day: 1 })
    return { from: first.toString(), to: first.add({ months: 1 }).subtract({ days: 1 }).toString() }
  }
  return { from: text, to: text }
}

/** Inclusive days as the engine takes them: `to` exclusive. */
export const halfOpen = ({ from, to }: Period): Period => ({ from, to: dayAfter(to) })

/** The day before, and the month before: what daily and monthly schedules judge. */
export const yesterdayOf = (today: string): Period => ({ from: dayAfter(today, -1), to: dayAfter(today, -1) })
export function lastMonthOf(today: string): Period {
  const first = Temporal.PlainDate.from(today).with({ day: 1 })
  return { from: first.subtract({ months: 1 }).toString(), to: first.subtract({ days: 1 }).toString() }
}

/** The last day of a day's month. */
export function lastDayOfMonth(day: string): string {
  const date = Temporal.PlainDate.from(day)
  return date.with({ day: date.daysInMonth }).toString()
}

/**
 * Put the table `working_day(day, working, ordinal)` before a statement as a common table expression. `ordinal` is the
 * number of working days up to and including the day.
 */
export function withWorkingDays(statement: string, period: Period, calendar: WorkingCalendar): string {
  const rows: string[] = []
  const last = Temporal.PlainDate.from(period.to).add({ days: WORKING_DAY_MARGIN })
  let ordinal = 0
  for (
    let day = Temporal.PlainDate.from(period.from).subtract({ days: WORKING_DAY_MARGIN });
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    const working = calendar.isWorkingDay(day)
    if (working) ordinal += 1
    rows.push(`(DATE '${day.toString()}', ${working}, ${ordinal})`)
  }
  const table = `"working_day"("day", "working", "ordinal") AS (VALUES ${rows.join(', ')})`
  return /^\s*WITH\s/.test(statement)
    ? statement.replace(/^\s*WITH\s/, `WITH ${table}, `)
    : `WITH ${table} ${statement}`
}
