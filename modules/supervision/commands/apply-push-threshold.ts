/** What setting a second threshold at once and approving a change of one have in common (SUP-13). */
import type { IndicatorDefinition } from '@hengjian/indicators'
import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { insertGuarded, updateGuarded } from '@hengjian/platform/guard'
import { supervisionErrors } from '../errors.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { firstBeyondSecond, secondThresholdBound } from '../rules/second-threshold.ts'
import { sideOf } from '../rules/strictness.ts'
import { type PushThreshold, secondThresholdsAbove } from '../second-thresholds.ts'
import { effectiveOf, settingsAbove, valuesOf } from '../settings.ts'
import { pushThreshold } from '../tables.ts'

/** What a unit is to have; null: nothing is pushed from here. */
export interface NewSecondThreshold {
  readonly code: string
  readonly unitPath: string
  readonly value: number | null
}

/**
 * Refuse a second threshold that asks for less than the first one, or that a unit above does not allow. Answers the row of
 * exactly this unit.
 */
export async function assertPushable(
  ctx: RequestContext,
  ports: SupervisionPorts,
  definition: IndicatorDefinition,
  second: NewSecondThreshold,
): Promise<PushThreshold | undefined> {
  const { code, unitPath, value } = second
  const { comparison } = definition
  const rows = await secondThresholdsAbove(ctx, code, unitPath)
  const settings = await settingsAbove(ctx, unitPath, [code])
  const first = firstBeyondSecond(definition, valuesOf(effectiveOf(definition, settings)), value)
  const higher = sideOf(comparison) === 'lower'
  const issues: { path: string; message: string }[] = []
  if (first !== null)
    issues.push({ path: 'value', message: `不得${higher ? '小于' : '大于'}第一阈值 ${first}` })
  const bound = secondThresholdBound(comparison, second, rows, settings)
  if (bound) {
    const unit = (await unitNamesFor(ctx, ports, [bound.unitPath])).get(bound.unitPath) ?? bound.unitPath
    const fault = value === null ? '不得停止推送' : `不得${higher ? '大于' : '小于'} ${bound.value}`
    issues.push({ path: 'value', message: `${fault}：${unit}设定了第二阈值，上级规定下级只可收紧` })
  }
  if (issues.length > 0) throw new Problem(supervisionErrors.parameter_invalid, { issues })
  return rows.find((row) => row.unitPath === unitPath)
}

/** Write it, over `current` where the unit had one. */
export async function applyPushThreshold(
  ctx: RequestContext,
  { code, unitPath, value }: NewSecondThreshold,
  current: PushThreshold | undefined,
  how: { reason: string; byName: string; approverName: string | null },
): Promise<void> {
  const lastAuditId = await ctx.audit.record({
    action: 'supervision.set-push-threshold',
    object: { kind: 'indicator', id: `${code} ${unitPath}` },
    before: current ? { value: current.value } : null,
    after: { value },
    reason: how.reason,
  })
  const change = {
    value,
    reason: how.reason,
    changedByName: how.byName,
    changedAt: ctx.clock.now(),
    lastAuditId,
    approvedByName: how.approverName,
  }
  if (current) await updateGuarded(ctx, pushThreshold, current, change)
  else await insertGuarded(ctx, pushThreshold, [{ id: newId(), code, unitPath, version: 1, ...change }])
}
