import type { Handler } from '@hengjian/platform/http'
import { yearOf } from '../calendar.ts'
import type { administrationContract } from '../contract.ts'

/** The working calendar of a year; provisional where no notice is known yet. */
export const getCalendar: Handler<typeof administrationContract.getCalendar> = (ctx, input) =>
  yearOf(ctx.db, input.year)
