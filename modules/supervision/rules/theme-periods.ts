/** Periods of thematic analysis: days, weeks and months, what they are compared with, and where data are missing. Pure. */
import type { Period } from './period.ts'

export type ThemeStep = 'day' | 'week' | 'month'

/** Longest run of days without any business that says nothing of missing data: the longest public holiday and its eves. */
const HOLIDAY_DAYS = 10

const day = Temporal.PlainDate.from
const text = (from: Temporal.PlainDate, to: Temporal.PlainDate): Period => ({
  from: from.toString(),
  to: to.toString(),
})

/** The day, week (from Monday) or month that a day lies in. */
export function stepOf(step: ThemeStep, of: string): Period {
  const at = day(of)
  if (step === 'day') return text(at, at)
  if (step === 'week') {
    const monday = at.subtract({ days: at.dayOfWeek - 1 })
    return text(monday, monday.add({ days: 6 }))
  }
  return text(at.with({ day: 1 }), at.with({ day: at.daysInMonth }))
}

/** All whole days, weeks or months that a period touches, in order. */
export function stepsIn(step: ThemeStep, { from, to }: Period): Period[] {
  const steps: Period[] = []
  for (let next = stepOf(step, from); next.from <= to; next = stepAfter(step, next)) steps.push(next)
  return steps
}

const stepAfter = (step: ThemeStep, { to }: Period): Period =>
  stepOf(step, day(to).add({ days: 1 }).toString())

/** What a step is compared with: the one before (环比), and that of a year before (同比; for weeks, 52 weeks). */
export function basesOfStep(step: ThemeStep, { from }: Period): { before: Period; yearBefore: Period } {
  const start = day(from)
  const year = step === 'week' ? start.subtract({ weeks: 52 }) : start.subtract({ years: 1 })
  return {
    before: stepOf(step, start.subtract({ days: 1 }).toString()),
    yearBefore: stepOf(step, year.toString()),
  }
}

/**
 * What a whole period is compared with: as many days just before it, or as many months where it is whole months, and
 * the same days a year before.
 */
export function basesOfPeriod({ from, to }: Period): { before: Period; yearBefore: Period } {
  const [first, last] = [day(from), day(to)]
  const wholeMonths = first.day === 1 && last.day === last.daysInMonth
  const months = (last.year - first.year) * 12 + last.month - first.month + 1
  const days = first.until(last, { largestUnit: 'days' }).days + 1
  const yearBefore = last.subtract({ years: 1 })
  return {
    before: text(
      wholeMonths ? first.subtract({ months }) : first.subtract({ days }),
      first.subtract({ days: 1 }),
    ),
    yearBefore: text(
      first.subtract({ years: 1 }),
      wholeMonths ? yearBefore.with({ day: yearBefore.daysInMonth }) : yearBefore,
    ),
  }
}

/** Where there are data at all: months that hold facts, and the first and last day of the facts. */
export interface Coverage {
  readonly months: ReadonlySet<string>
  readonly first: string | null
  readonly last: string | null
}

/** `whole`: may be compared; `partial`: data are there for a part, or it is not over; `missing`: there are none. */
export type DataState = 'whole' | 'partial' | 'missing'

/** Does a period have data? A period that is not over (`today` lies in it) is partial. */
export function dataStateOf({ from, to }: Period, coverage: Coverage, today: string): DataState {
  const { months, first, last } = coverage
  if (first === null || last === null || from > last || to < first) return 'missing'
  const touched = stepsIn('month', { from, to }).map((month) => month.from.slice(0, 7))
  if (!touched.some((month) => months.has(month))) return 'missing'
  const reaches =
    day(from).add({ days: HOLIDAY_DAYS }).toString() >= first &&
    day(to).subtract({ days: HOLIDAY_DAYS }).toString() <= last
  return reaches && to < today && touched.every((month) => months.has(month)) ? 'whole' : 'partial'
}
