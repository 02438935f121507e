import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact, updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { type FindingState, nextFinding } from '../lifecycle.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentFinding } from '../present-analysis.ts'
import { dayOf } from '../rules/working-days.ts'
import { finding } from '../tables.ts'

/** Put a finding aside until a day, with a reason; new ones about the same subject are born suppressed until then. */
export const suppressFinding =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.suppressFinding> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(finding).where(eq(finding.id, input.id)).for('update')
    if (!row) throw new Problem(platformErrors.not_found)
    assertIntact(ctx, finding, row)
    if (input.until < dayOf(ctx.clock.now()))
      throw new Problem(platformErrors.invalid_input, {
        issues: [{ path: 'until', message: '不能早于今天' }],
      })
    const state = nextFinding(row.state as FindingState, 'SUPPRESS')
    if (!state) throw new Problem(supervisionErrors.finding_not_open)
    const suppression = { state, suppressedUntil: input.until, suppressedReason: input.reason }
    const lastAuditId = await ctx.audit.record({
      action: 'supervision.suppress-finding',
      object: { kind: 'finding', id: row.id },
      before: { state: row.state },
      after: suppression,
      reason: input.reason,
    })
    const changed = await updateGuarded(ctx, finding, row, { ...suppression, lastAuditId })
    return presentFinding(changed, await unitNamesFor(ctx, ports, [row.unitPath]), new Map())
  }
