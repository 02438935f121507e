import { newId, scopeOf } from '@hengjian/platform/context'
import { rangeOf } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact, insertGuarded, updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import { presentIndicator } from '../queries/find-indicators.ts'
import { parameterFaults } from '../rules/parameters.ts'
import { settingsAbove } from '../settings.ts'
import { indicatorSetting } from '../tables.ts'

/**
 * Set switch and values of an indicator for one unit (PLT-7). The setting before is superseded, not changed: who set
 * what, when and why stays readable. Acts from the next evaluation on.
 */
export const updateIndicatorSetting =
  (book: IndicatorBook): Handler<typeof supervisionContract.updateIndicatorSetting> =>
  async (ctx, input) => {
    const definition = book.definitionOf(input.code)
    const { lo, hi } = rangeOf(scopeOf(ctx.actor))
    if (input.unitPath < lo || input.unitPath >= hi) throw new Problem(platformErrors.forbidden)
    const issues = parameterFaults(definition, input.parameters)
    if (issues.length > 0) throw new Problem(supervisionErrors.parameter_invalid, { issues })

    await ctx.db.execute(
      sql`SELECT pg_advisory_xact_lock(hashtextextended(${`indicator_setting ${input.code} ${input.unitPath}`}, 0))`,
    )
    const [current] = await ctx.db
      .select()
      .from(indicatorSetting)
      .where(and(eq(indicatorSetting.code, input.code), eq(indicatorSetting.unitPath, input.unitPath)))
      .orderBy(desc(indicatorSetting.revision))
      .limit(1)
    if ((current?.revision ?? 0) !== input.version) throw new Problem(supervisionErrors.setting_changed)
    if (current) assertIntact(ctx, indicatorSetting, current)

    const id = newId()
    const changedAt = ctx.clock.now()
    const next = { enabled: input.enabled, parameters: input.parameters }
    const lastAuditId = await ctx.audit.record({
      action: 'supervision.update-indicator-setting',
      object: { kind: 'indicator', id: `${input.code} ${input.unitPath}` },
      before: current ? { enabled: current.enabled, parameters: current.parameters } : null,
      after: next,
      reason: input.reason,
    })
    if (current) await updateGuarded(ctx, indicatorSetting, current, { supersededAt: changedAt, lastAuditId })
    await insertGuarded(ctx, indicatorSetting, [
      {
        id,
        code: input.code,
        unitPath: input.unitPath,
        revision: input.version + 1,
        ...next,
        reason: input.reason,
        changedBy: ctx.actor.id,
        changedByName: ctx.actor.name,
        changedAt,
        supersededAt: null,
        lastAuditId,
      },
    ])
    return presentIndicator(
      book,
      definition,
      input.unitPath,
      await settingsAbove(ctx, input.unitPath, [input.code]),
    )
  }
