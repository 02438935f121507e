import { isoDay } from '@hengjian/platform/contract'
import type { Handler } from '@hengjian/platform/http'
import { z } from 'zod'
import { setDays } from '../calendar.ts'
import type { administrationContract } from '../contract.ts'
import { readCsv } from '../csv.ts'

const line = z.object({
  day: isoDay,
  kind: z.enum(['working', 'rest']),
  name: z.string().min(1).max(40),
})

/** Set the days of a notice from CSV. All or nothing. */
export const importCalendar: Handler<typeof administrationContract.importCalendar> = async (ctx, input) => {
  const { noticeNumber } = input
  const days = readCsv(input.csv, line, (row) => row.day).map(({ row }) => ({ ...row, noticeNumber }))
  await setDays(ctx, days)
  const years = [...new Set(days.map(({ day }) => Number(day.slice(0, 4))))].sort()
  await ctx.audit.record({
    action: 'administration.import-calendar',
    object: { kind: 'calendar', id: years.join(',') },
    after: { noticeNumber, days: days.map(({ day, kind }) => `${day} ${kind}`) },
    reason: input.reason,
  })
  return { days: days.length, years }
}
