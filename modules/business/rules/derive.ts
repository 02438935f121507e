/** What is derived in clear when a fact is written, so that indicators never decrypt. Pure. */

/** Region codes are local when they begin with one of the unit's prefixes. Unknown region: cannot be judged. */
export function isLocal(region: string | null, localRegions: readonly string[]): boolean | null {
  if (!region || localRegions.length === 0) return null
  return localRegions.some((prefix) => region.startsWith(prefix))
}

/** Office hours of a working day in Asia/Shanghai, minutes after midnight. */
const OFFICE_HOURS: readonly (readonly [number, number])[] = [
  [8 * 60 + 30, 12 * 60],
  [13 * 60 + 30, 17 * 60 + 30],
]

/** True when `at` lies within office hours of a working day. */
export function isWorkingTime(at: Date, calendar: { isWorkingDay(day: Temporal.PlainDate): boolean }): boolean {
  const local = localTime(at)
  const minutes = local.hour * 60 + local.minute
  return OFFICE_HOURS.some(([from, to]) => minutes >= from && minutes < to) && calendar.isWorkingDay(local.toPlainDate())
}

/** Wall clock of Asia/Shanghai. */
export const localTime = (at: Date): Temporal.PlainDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO('Asia/Shanghai').toPlainDateTime()

/**
 * End of the last working day of a term: the day of acceptance is not counted (公安部令164 art. 92).
 */
export function dueAt(
  from: Date,
  workingDays: number,
  calendar: { isWorkingDay(day: Temporal.PlainDate): boolean },
): Date {
  let day = localTime(from).toPlainDate()
  for (let left = workingDays; left > 0; ) {
    day = day.add({ days: 1 })
    if (calendar.isWorkingDay(day)) left -= 1
  }
  const end = day.toZonedDateTime({ timeZone: 'Asia/Shanghai', plainTime: Temporal.PlainTime.from('23:59:59') })
  return new Date(end.epochMilliseconds)
}
