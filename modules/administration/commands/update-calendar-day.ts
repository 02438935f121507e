import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { presentDay, setDays } from '../calendar.ts'
import type { administrationContract } from '../contract.ts'
import { calendarDay } from '../tables.ts'

/** Make one day a working day or a day of rest, by a notice. */
export const updateCalendarDay: Handler<typeof administrationContract.updateCalendarDay> = async (
  ctx,
  input,
) => {
  const { reason, ...next } = input
  const day = Temporal.PlainDate.from(input.day)
  const [before] = await ctx.db.select().from(calendarDay).where(eq(calendarDay.day, input.day))
  await setDays(ctx, [next])
  await ctx.audit.record({
    action: 'administration.update-calendar-day',
    object: { kind: 'calendar_day', id: input.day },
    before: presentDay(day, before),
    after: next,
    reason,
  })
  const [after] = await ctx.db.select().from(calendarDay).where(eq(calendarDay.day, input.day))
  return presentDay(day, after)
}
