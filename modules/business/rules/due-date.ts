/** Terms in working days (公安部令164 art. 92, 公安部令162 art. 110). Pure. */

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
  const end = day.toZonedDateTime({
    timeZone: 'Asia/Shanghai',
    plainTime: Temporal.PlainTime.from('23:59:59'),
  })
  return new Date(end.epochMilliseconds)
}
