/** The working calendar of the installation: what is set here, else what is published, else weekdays (BIZ-6, PLT-6). */
import { type RequestContext, type Services, scopeOf, systemActor } from '@hengjian/platform/context'
import type { Database, Db } from '@hengjian/platform/db'
import { between } from 'drizzle-orm'
import type { CalendarDayView, CalendarYear } from './contract.ts'
import { isPublished, publishedDay } from './rules/published-calendar.ts'
import { calendarDay } from './tables.ts'

export type CalendarDayRow = typeof calendarDay.$inferSelect

/** Working days of the agency; satisfies the ports of business and supervision. */
export interface WorkingCalendar {
  isWorkingDay(day: Temporal.PlainDate): boolean
}

const FRESH_MS = 5_000
const cached = new WeakMap<Database, { readonly calendar: WorkingCalendar; readonly since: number }>()

/** A day was set in this process: read again. */
export const forgetCalendar = (database: Database): void => {
  cached.delete(database)
}

/**
 * The calendar in force, at most 5 s old. Asks in the caller's transaction where there is one: taking another connection
 * while holding one would let as many callers as there are connections wait for each other.
 */
export async function calendarOf(
  services: Pick<Services, 'database'> & { readonly db?: Db },
): Promise<WorkingCalendar> {
  const { database, db } = services
  const known = cached.get(database)
  if (known && performance.now() - known.since <= FRESH_MS) return known.calendar
  const rows = await (db
    ? db.select().from(calendarDay)
    : database.transaction(scopeOf(systemActor('calendar')), (tx) => tx.db.select().from(calendarDay), {
        readOnly: true,
      }))
  const set = new Map(rows.map((row) => [row.day, row.kind === 'working']))
  const calendar: WorkingCalendar = {
    isWorkingDay: (day) => set.get(day.toString()) ?? publishedDay(day).working,
  }
  cached.set(database, { calendar, since: performance.now() })
  return calendar
}

/** A day as the console reads it; `row` where it is set here. */
export function presentDay(day: Temporal.PlainDate, row: CalendarDayRow | undefined): CalendarDayView {
  if (row)
    return {
      day: row.day,
      kind: row.kind as CalendarDayView['kind'],
      name: row.name,
      source: 'set',
      noticeNumber: row.noticeNumber,
    }
  const { working, name, source } = publishedDay(day)
  return { day: day.toString(), kind: working ? 'working' : 'rest', name, source, noticeNumber: null }
}

/** All days of a year. */
export async function yearOf(db: Db, year: number): Promise<CalendarYear> {
  const rows = await db
    .select()
    .from(calendarDay)
    .where(between(calendarDay.day, `${year}-01-01`, `${year}-12-31`))
  const set = new Map(rows.map((row) => [row.day, row]))
  const days: CalendarDayView[] = []
  const first = new Temporal.PlainDate(year, 1, 1)
  for (let day = first; day.year === year; day = day.add({ days: 1 }))
    days.push(presentDay(day, set.get(day.toString())))
  return {
    year,
    // A notice imported here speaks of 1 October, as every notice does.
    provisional: !isPublished(year) && !set.has(`${year}-10-01`),
    days,
    workingDays: days.filter((day) => day.kind === 'working').length,
  }
}

/** Write days that differ from the published calendar; a day set before is replaced. */
export async function setDays(
  ctx: RequestContext,
  days: readonly Pick<CalendarDayRow, 'day' | 'kind' | 'name' | 'noticeNumber'>[],
): Promise<void> {
  const mark = { changedById: ctx.actor.id, changedByName: ctx.actor.name, changedAt: ctx.clock.now() }
  for (const day of days) {
    const set = { kind: day.kind, name: day.name, noticeNumber: day.noticeNumber, ...mark }
    await ctx.db
      .insert(calendarDay)
      .values({ day: day.day, ...set })
      .onConflictDoUpdate({ target: calendarDay.day, set })
  }
  ctx.tx.afterCommit(() => forgetCalendar(ctx.database))
}
