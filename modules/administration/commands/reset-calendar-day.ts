import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { forgetCalendar, presentDay } from '../calendar.ts'
import type { administrationContract } from '../contract.ts'
import { administrationErrors } from '../errors.ts'
import { calendarDay } from '../tables.ts'

/** Take back what was set for a day: it is again as published. */
export const resetCalendarDay: Handler<typeof administrationContract.resetCalendarDay> = async (
  ctx,
  input,
) => {
  const [removed] = await ctx.db.delete(calendarDay).where(eq(calendarDay.day, input.day)).returning()
  if (!removed) throw new Problem(administrationErrors.calendar_day_not_set)
  const day = Temporal.PlainDate.from(input.day)
  const after = presentDay(day, undefined)
  await ctx.audit.record({
    action: 'administration.reset-calendar-day',
    object: { kind: 'calendar_day', id: input.day },
    before: presentDay(day, removed),
    after,
    reason: input.reason,
  })
  ctx.tx.afterCommit(() => forgetCalendar(ctx.database))
  return after
}
