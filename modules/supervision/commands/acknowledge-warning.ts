import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { nextWarning, type WarningState } from '../lifecycle.ts'
import type { SupervisionPorts } from '../ports.ts'
import { pathsIn, presentWarning, unitNamesFor } from '../present.ts'
import { warning } from '../tables.ts'

/** The handler has read a prompt and goes on: recorded with their name and time. */
export const acknowledgeWarning =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.acknowledgeWarning> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(warning).where(eq(warning.id, input.id)).for('update')
    if (!row) throw new Problem(platformErrors.not_found)
    if (row.handlerId !== ctx.actor.id) throw new Problem(supervisionErrors.not_your_warning)
    const state = row.effect === 'prompt' ? nextWarning(row.state as WarningState, 'ACKNOWLEDGE') : null
    if (!state)
      throw new Problem(supervisionErrors.not_allowed_in_state, {
        data: { state: row.state, effect: row.effect },
      })
    const acknowledgedAt = ctx.clock.now()
    await ctx.audit.record({
      action: 'supervision.acknowledge-warning',
      object: { kind: 'warning', id: row.id },
      before: { state: row.state },
      after: { state, code: row.code, transactionId: row.transactionId },
    })
    await ctx.db.update(warning).set({ state, acknowledgedAt }).where(eq(warning.id, row.id))
    await ctx.emit('warning.acknowledged', {
      warningId: row.id,
      transactionId: row.transactionId,
      code: row.code,
    })
    const units = await unitNamesFor(ctx, ports, [row.unitPath, ...pathsIn([row.explanation])])
    return presentWarning({ ...row, state, acknowledgedAt }, ctx.actor, units)
  }
