import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact, insertGuarded, updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { type FindingState, nextFinding } from '../lifecycle.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentFinding } from '../present-analysis.ts'
import { isStanding } from '../queries/find-suppressions.ts'
import { dayOf } from '../rules/working-days.ts'
import { finding, suppression } from '../tables.ts'

/** Longest suppression: whoever wants it longer decides again. */
const MOST_MONTHS = 12

/** Put a finding aside until a day, with a reason; new ones about the same subject are born suppressed until then. */
export const suppressFinding =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.suppressFinding> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(finding).where(eq(finding.id, input.id)).for('update')
    if (!row) throw new Problem(platformErrors.not_found)
    assertIntact(ctx, finding, row)
    checkUntil(ctx, input.until)
    const state = nextFinding(row.state as FindingState, 'SUPPRESS')
    if (!state) throw new Problem(supervisionErrors.finding_not_open)
    const put = { state, suppressedUntil: input.until, suppressedReason: input.reason }
    const lastAuditId = await ctx.audit.record({
      action: 'supervision.suppress-finding',
      object: { kind: 'finding', id: row.id },
      before: { state: row.state },
      after: { ...put, code: row.code, subjectKey: row.subjectKey, unitPath: row.unitPath },
      reason: input.reason,
    })
    const changed = await updateGuarded(ctx, finding, row, { ...put, lastAuditId })
    await suppressSubject(ctx, row, input, lastAuditId)
    return presentFinding(changed, await unitNamesFor(ctx, ports, [row.unitPath]), new Map())
  }

function checkUntil(ctx: RequestContext, until: string): void {
  const today = dayOf(ctx.clock.now())
  const last = Temporal.PlainDate.from(today).add({ months: MOST_MONTHS }).toString()
  const message =
    until < today ? '不能早于今天' : until > last ? `最长 ${MOST_MONTHS} 个月，到期可再次屏蔽` : null
  if (message) throw new Problem(platformErrors.invalid_input, { issues: [{ path: 'until', message }] })
}

/** The subject's suppression: what stands already is given the new end and reason. */
async function suppressSubject(
  ctx: RequestContext,
  row: typeof finding.$inferSelect,
  { until, reason }: { until: string; reason: string },
  lastAuditId: string,
): Promise<void> {
  const given = {
    title: row.title,
    findingId: row.id,
    until,
    reason,
    suppressedBy: ctx.actor.id,
    suppressedByName: ctx.actor.name,
    suppressedAt: ctx.clock.now(),
    lastAuditId,
  }
  const [standing] = await ctx.db
    .select()
    .from(suppression)
    .where(
      and(
        eq(suppression.code, row.code),
        eq(suppression.subjectKey, row.subjectKey),
        eq(suppression.unitPath, row.unitPath),
        isStanding(ctx),
      ),
    )
    .limit(1)
    .for('update')
  if (standing) {
    await updateGuarded(ctx, suppression, standing, given)
    return
  }
  const { unitPath, code, subjectKind, subjectKey, subjectLabel } = row
  const nobody = { liftedBy: null, liftedByName: null, liftedAt: null, liftedReason: null }
  await insertGuarded(ctx, suppression, [
    { id: newId(), unitPath, code, subjectKind, subjectKey, subjectLabel, ...given, ...nobody, version: 1 },
  ])
}
