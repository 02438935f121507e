import { newId, scopeOf } from '@hengjian/platform/context'
import { rangeOf } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact, insertGuarded, updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import { pushThreshold } from '../tables.ts'

/** Set the second threshold of an indicator for a unit and those below it (SUP-13); null ends pushing there. */
export const setPushThreshold =
  (book: IndicatorBook): Handler<typeof supervisionContract.setPushThreshold> =>
  async (ctx, { code, unitPath, value, reason }) => {
    const { lo, hi } = rangeOf(scopeOf(ctx.actor))
    if (unitPath < lo || unitPath >= hi) throw new Problem(platformErrors.forbidden)
    if (book.definitionOf(code).mode !== 'post_hoc') throw new Problem(supervisionErrors.not_pushed)
    const [current] = await ctx.db
      .select()
      .from(pushThreshold)
      .where(and(eq(pushThreshold.code, code), eq(pushThreshold.unitPath, unitPath)))
      .for('update')
    if (current) assertIntact(ctx, pushThreshold, current)
    const lastAuditId = await ctx.audit.record({
      action: 'supervision.set-push-threshold',
      object: { kind: 'indicator', id: `${code} ${unitPath}` },
      before: current ? { value: current.value } : null,
      after: { value },
      reason,
    })
    const change = { value, reason, changedByName: ctx.actor.name, changedAt: ctx.clock.now(), lastAuditId }
    if (current) await updateGuarded(ctx, pushThreshold, current, change)
    else await insertGuarded(ctx, pushThreshold, [{ id: newId(), code, unitPath, version: 1, ...change }])
    return { code, unitPath, value }
  }
