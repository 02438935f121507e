/** Working days until a day, by the agency's calendar (holidays, moved working days), not by the clock. */
import { administrationContract } from '@hengjian/administration/contract'
import { useQueries } from '@tanstack/react-query'
import { clientOf } from './client.ts'
import { formatDay, today } from './formats.ts'
import { useCan } from './session.ts'

const administration = clientOf(administrationContract)

const yearOf = (day: string): number => Number(day.slice(0, 4))

/**
 * Working days after today up to and including the day of `dueAt`; negative when it has passed; null where the
 * calendar may not be read or is not there yet.
 */
export function useWorkingDaysUntil(dueAt: string | null | undefined): number | null {
  const can = useCan()
  const now = today()
  const due = dueAt ? formatDay(dueAt) : now
  const [first, last] = due < now ? [due, now] : [now, due]
  const years = Array.from({ length: yearOf(last) - yearOf(first) + 1 }, (_, at) => yearOf(first) + at)
  const readable =
    dueAt !== null && dueAt !== undefined && can('administration.calendar.find') && years.length <= 3
  const calendars = useQueries({
    queries: (readable ? years : []).map((year) => ({
      queryKey: ['calendar', year],
      queryFn: () => administration.getCalendar({ year }),
      staleTime: 60 * 60_000,
    })),
  })
  if (!readable || calendars.some(({ data }) => data === undefined)) return null
  const count = calendars
    .flatMap(({ data }) => data?.days ?? [])
    .filter(({ day, kind }) => kind === 'working' && day > first && day <= last).length
  return due < now ? -count : count
}
