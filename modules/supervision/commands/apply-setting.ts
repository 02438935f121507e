/** What setting an indicator at once and approving a change of it have in common. */
import type { IndicatorDefinition } from '@hengjian/indicators'
import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { assertIntact, insertGuarded, updateGuarded } from '@hengjian/platform/guard'
import { and, desc, eq, sql } from 'drizzle-orm'
import { supervisionErrors } from '../errors.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import type { ThresholdEvidence } from '../records.ts'
import { parameterFaults } from '../rules/parameters.ts'
import { firstBeyondSecond, heldSecondThreshold } from '../rules/second-threshold.ts'
import {
  boundsOn,
  heldSettings,
  isLooser,
  mayNotSwitchOff,
  sideOf,
  strictnessOf,
} from '../rules/strictness.ts'
import { thresholdParameter } from '../rules/threshold.ts'
import { secondThresholdsAbove } from '../second-thresholds.ts'
import { type EffectiveInput, effectiveOf, type Setting, settingsAbove, valuesOf } from '../settings.ts'
import { indicatorSetting } from '../tables.ts'

/** What a unit is to have. */
export interface NewSetting {
  readonly code: string
  readonly unitPath: string
  readonly enabled: boolean | null
  readonly parameters: Setting['parameters']
  readonly tightenOnly: string[] | null
}

/** Refuse values that do not fit the definition, or that a unit above does not allow, naming field and bound. */
export async function assertSettable(
  ctx: RequestContext,
  ports: SupervisionPorts,
  definition: IndicatorDefinition,
  setting: NewSetting,
): Promise<void> {
  const issues = parameterFaults(definition, setting.parameters)
  const sides = strictnessOf(definition)
  for (const [at, name] of (setting.tightenOnly ?? []).entries())
    if (!sides.has(name))
      issues.push({ path: `tightenOnly.${at}`, message: `参数 ${name} 没有宽严之分，不能规定只可收紧` })
  const above = heldSettings(definition, await settingsAbove(ctx, setting.unitPath, [definition.code]))
  const bounds = boundsOn(definition, setting.unitPath, above)
  const units = await unitNamesFor(
    ctx,
    ports,
    [...bounds.values()].map((bound) => bound.unitPath),
  )
  for (const [name, { value, stricter, unitPath }] of bounds) {
    const given = setting.parameters[name]
    if (given === undefined || !isLooser(given, value, stricter)) continue
    const side = stricter === 'lower' ? '大于' : '小于'
    const unit = units.get(unitPath) ?? unitPath
    issues.push({ path: `parameters.${name}`, message: `不得${side} ${value}：${unit}规定下级只可收紧` })
  }
  if (setting.enabled === false && mayNotSwitchOff(above, setting))
    issues.push({ path: 'enabled', message: '不得停用：上级规定该指标下级只可收紧' })
  issues.push(...(await secondThresholdFaults(ctx, definition, setting, above)))
  if (issues.length > 0) throw new Problem(supervisionErrors.parameter_invalid, { issues })
}

/** A first threshold may not be moved beyond the second one that holds for the unit. */
async function secondThresholdFaults(
  ctx: RequestContext,
  definition: IndicatorDefinition,
  setting: NewSetting,
  above: readonly Setting[],
): Promise<{ path: string; message: string }[]> {
  const name = thresholdParameter(definition)
  if (name === null || definition.mode !== 'post_hoc') return []
  const rows = await secondThresholdsAbove(ctx, definition.code, setting.unitPath)
  const second = heldSecondThreshold(definition.comparison, rows, above)?.value ?? null
  const others = above.filter((row) => row.unitPath !== setting.unitPath)
  const beyond = (settings: readonly EffectiveInput[]) =>
    firstBeyondSecond(definition, valuesOf(effectiveOf(definition, settings)), second)
  const first = beyond([...others, setting])
  // What lay beyond it before this change is no fault of this change.
  if (first === null || first === beyond(above)) return []
  const side = sideOf(definition.comparison) === 'lower' ? '大于' : '小于'
  return [{ path: `parameters.${name}`, message: `不得${side}第二阈值 ${second}（现为 ${first}）` }]
}

/** One change of a unit's setting at a time. */
export const lockSetting = (ctx: RequestContext, { code, unitPath }: Pick<NewSetting, 'code' | 'unitPath'>) =>
  ctx.db.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended(${`indicator_setting ${code} ${unitPath}`}, 0))`,
  )

/** The latest setting of exactly this unit; undefined where it has none. */
export async function currentSetting(
  ctx: RequestContext,
  { code, unitPath }: Pick<NewSetting, 'code' | 'unitPath'>,
): Promise<Setting | undefined> {
  const [current] = await ctx.db
    .select()
    .from(indicatorSetting)
    .where(and(eq(indicatorSetting.code, code), eq(indicatorSetting.unitPath, unitPath)))
    .orderBy(desc(indicatorSetting.revision))
    .limit(1)
  if (current) assertIntact(ctx, indicatorSetting, current)
  return current
}

/** Supersede `current` by the new setting: who set what, when and why stays readable. */
export async function applySetting(
  ctx: RequestContext,
  setting: NewSetting,
  current: Setting | undefined,
  how: {
    reason: string
    evidence: ThresholdEvidence | null
    by: { id: string; name: string }
    approver: { id: string; name: string } | null
  },
): Promise<void> {
  const changedAt = ctx.clock.now()
  const { enabled, parameters, tightenOnly } = setting
  const lastAuditId = await ctx.audit.record({
    action: 'supervision.update-indicator-setting',
    object: { kind: 'indicator', id: `${setting.code} ${setting.unitPath}` },
    before: current
      ? { enabled: current.enabled, parameters: current.parameters, tightenOnly: current.tightenOnly }
      : null,
    after: { enabled, parameters, tightenOnly, ...(how.evidence ? { evidence: how.evidence } : {}) },
    reason: how.reason,
  })
  if (current) await updateGuarded(ctx, indicatorSetting, current, { supersededAt: changedAt, lastAuditId })
  await insertGuarded(ctx, indicatorSetting, [
    {
      id: newId(),
      ...setting,
      revision: (current?.revision ?? 0) + 1,
      reason: how.reason,
      changedBy: how.by.id,
      changedByName: how.by.name,
      changedAt,
      supersededAt: null,
      lastAuditId,
      approvedBy: how.approver?.id ?? null,
      approvedByName: how.approver?.name ?? null,
      evidence: how.evidence,
    },
  ])
}
