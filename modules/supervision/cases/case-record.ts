/** The record of a suspect case: loading, changing, its timeline and number. */
import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact, updateGuarded } from '@hengjian/platform/guard'
import { eq, sql } from 'drizzle-orm'
import { supervisionErrors } from '../errors.ts'
import { type CaseEvent, type CaseState, nextCase } from '../lifecycle.ts'
import type { CaseAction, CaseEntry } from '../records.ts'
import { dayOf } from '../rules/working-days.ts'
import { suspectCase } from '../tables.ts'

export type SuspectCase = typeof suspectCase.$inferSelect

/** The case as the caller may see it, locked for this command; checked against alteration. */
export async function loadCase(ctx: RequestContext, id: string): Promise<SuspectCase> {
  const [row] = await ctx.db.select().from(suspectCase).where(eq(suspectCase.id, id)).for('update')
  if (!row) throw new Problem(platformErrors.not_found)
  assertIntact(ctx, suspectCase, row)
  return row
}

/** A line of the timeline, as the caller's. */
export const entryOf = (ctx: RequestContext, action: CaseAction, text: string | null): CaseEntry => ({
  id: newId(),
  at: ctx.clock.now().toISOString(),
  actorId: ctx.actor.id,
  actorName: ctx.actor.name,
  action,
  text,
})

/** State after `event`; throws 409 when the lifecycle does not allow it. */
export function stateAfter(row: SuspectCase, event: CaseEvent): CaseState {
  const state = nextCase(row.state as CaseState, event)
  if (!state) throw new Problem(supervisionErrors.not_allowed_in_state, { data: { state: row.state } })
  return state
}

/** What a command changes of a case. */
interface CaseChange {
  readonly action: CaseAction
  /** Stable name of the act in the audit log. */
  readonly audit: string
  readonly text: string | null
  readonly patch: Partial<SuspectCase>
}

/** Write a change with its audit entry, its line in the timeline and an event for followers. */
export async function changeCase(
  ctx: RequestContext,
  row: SuspectCase,
  change: CaseChange,
): Promise<SuspectCase> {
  const lastAuditId = await ctx.audit.record({
    action: change.audit,
    object: { kind: 'suspect_case', id: row.id },
    before: { state: row.state, assignedPath: row.assignedPath, assigneeId: row.assigneeId },
    after: change.patch,
    ...(change.text === null ? {} : { reason: change.text }),
  })
  const changed = await updateGuarded(ctx, suspectCase, row, {
    ...change.patch,
    timeline: [...row.timeline, entryOf(ctx, change.action, change.text)],
    lastAuditId,
  })
  await ctx.emit(`case.${change.action}`, { caseId: row.id, number: row.number })
  return changed
}

/** The next number, `S26112000000123`: kind, local date, running number (gaps allowed). */
export async function nextCaseNumber(ctx: RequestContext): Promise<string> {
  const { rows } = await ctx.db.execute<{ n: string }>(sql`SELECT nextval('suspect_case_serial') AS n`)
  const day = dayOf(ctx.clock.now()).replaceAll('-', '').slice(2)
  return `S${day}${rows[0]!.n.padStart(8, '0')}`
}
