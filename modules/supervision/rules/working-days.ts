/**
 * Deadlines in working days. The calendar is data (official holidays with 调休); without one the package
 * `chinese-days`, made from the State Council's yearly notices, is asked. Years not yet announced count weekends only.
 */
import chineseDays from 'chinese-days'

/** Working days of the agency. */
export interface WorkingCalendar {
  isWorkingDay(day: Temporal.PlainDate): boolean
}

/** Time zone of deadlines. */
const ZONE = 'Asia/Shanghai'

/** The published calendar of the People's Republic. */
export const publishedCalendar: WorkingCalendar = {
  isWorkingDay: (day) => chineseDays.isWorkday(day.toString()),
}

const localOf = (at: Date) => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(ZONE)

function nthWorkingDay(
  from: Temporal.PlainDate,
  days: number,
  calendar: WorkingCalendar,
): Temporal.PlainDate {
  let day = from
  for (let left = days; left > 0; ) {
    day = day.add({ days: 1 })
    if (calendar.isWorkingDay(day)) left -= 1
  }
  return day
}

/** The same time of day, `days` working days later; the day of `from` itself does not count. */
export function addWorkingDays(from: Date, days: number, calendar: WorkingCalendar): Date {
  const local = localOf(from)
  const day = nthWorkingDay(local.toPlainDate(), days, calendar)
  return new Date(day.toZonedDateTime({ timeZone: ZONE, plainTime: local.toPlainTime() }).epochMilliseconds)
}

/** Last second of the day that lies `days` working days after `from`: a deadline by day. */
export function deadlineAfter(from: Date, days: number, calendar: WorkingCalendar): Date {
  const day = nthWorkingDay(localOf(from).toPlainDate(), days, calendar).add({ days: 1 })
  return new Date(day.toZonedDateTime({ timeZone: ZONE }).epochMilliseconds - 1000)
}

/** The calendar day in Asia/Shanghai of an instant, `2026-11-20`. */
export const dayOf = (at: Date): string => localOf(at).toPlainDate().toString()

/** First instant of a calendar day in Asia/Shanghai. */
export const startOfDay = (day: string): Date =>
  new Date(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: ZONE }).epochMilliseconds)

/** First instant after a calendar day in Asia/Shanghai. */
export const endOfDay = (day: string): Date =>
  new Date(
    Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime({ timeZone: ZONE }).epochMilliseconds,
  )
