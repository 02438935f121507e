import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact, updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { type FindingState, nextFinding } from '../lifecycle.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentSuppression, type Suppression } from '../queries/find-suppressions.ts'
import { finding, suppression } from '../tables.ts'
import { under } from '../unit-paths.ts'

/** End a suppression before its last day: what it put aside is open again. */
export const liftSuppression =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.liftSuppression> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(suppression).where(eq(suppression.id, input.id)).for('update')
    if (!row) throw new Problem(platformErrors.not_found)
    assertIntact(ctx, suppression, row)
    if (presentSuppression(row, new Map(), ctx.clock.now()).state !== 'standing')
      throw new Problem(supervisionErrors.suppression_ended)
    const lifted = {
      liftedBy: ctx.actor.id,
      liftedByName: ctx.actor.name,
      liftedAt: ctx.clock.now(),
      liftedReason: input.reason,
    }
    const lastAuditId = await ctx.audit.record({
      action: 'supervision.lift-suppression',
      object: { kind: 'suppression', id: row.id },
      before: { until: row.until, code: row.code, subjectKey: row.subjectKey },
      reason: input.reason,
    })
    const changed = await updateGuarded(ctx, suppression, row, { ...lifted, lastAuditId })
    await reopen(ctx, row, lastAuditId)
    return presentSuppression(changed, await unitNamesFor(ctx, ports, [row.unitPath]), ctx.clock.now())
  }

async function reopen(ctx: RequestContext, row: Suppression, lastAuditId: string): Promise<void> {
  const put = await ctx.db
    .select()
    .from(finding)
    .where(
      and(
        eq(finding.code, row.code),
        eq(finding.subjectKey, row.subjectKey),
        eq(finding.state, 'suppressed'),
        under(finding.unitPath, row.unitPath),
      ),
    )
    .for('update')
  for (const each of put) {
    const state = nextFinding(each.state as FindingState, 'REOPEN')
    if (state) await updateGuarded(ctx, finding, each, { state, lastAuditId })
  }
}
