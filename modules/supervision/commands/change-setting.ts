/** Changing a unit's setting, at once or through a second person: from the form, or from an accepted suggestion. */
import { type RequestContext, scopeOf } from '@hengjian/platform/context'
import { rangeOf } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { IndicatorView } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { presentIndicator } from '../queries/find-indicators.ts'
import { openChangesOf } from '../queries/find-setting-changes.ts'
import type { ThresholdEvidence } from '../records.ts'
import { settingsAbove } from '../settings.ts'
import {
  applySetting,
  assertSettable,
  currentSetting,
  lockSetting,
  type NewSetting,
} from './apply-setting.ts'
import { needsSecondPerson, proposeChange } from './propose-change.ts'

/** Refuse a unit outside the caller's scope. */
export function assertWithinScope(ctx: RequestContext, unitPath: string): void {
  const { lo, hi } = rangeOf(scopeOf(ctx.actor))
  if (unitPath < lo || unitPath >= hi) throw new Problem(platformErrors.forbidden)
}

/** What is to hold, on which revision it stands (0 = none), why, and the figures it rests on. */
interface Change {
  readonly setting: NewSetting
  readonly revision: number
  readonly reason: string
  readonly evidence: ThresholdEvidence | null
}

/** Change it; answers the indicator as it stands for the unit. Where a second person is needed the old values hold. */
export async function changeSetting(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  { setting, revision, reason, evidence }: Change,
): Promise<IndicatorView> {
  const { code, unitPath } = setting
  const definition = book.definitionOf(code)
  await assertSettable(ctx, ports, definition, setting)
  await lockSetting(ctx, setting)
  const current = await currentSetting(ctx, setting)
  if ((current?.revision ?? 0) !== revision) throw new Problem(supervisionErrors.setting_changed)
  if ((await openChangesOf(ctx, unitPath, [code])).length > 0)
    throw new Problem(supervisionErrors.change_pending)

  if (await needsSecondPerson(ctx, ports, unitPath, definition.effect === 'authorise' ? 1 : 2))
    await proposeChange(ctx, ports, definition.titleZh, {
      ...setting,
      revision,
      reason,
      evidence,
      about: null,
      pushFrom: null,
      pushTo: null,
    })
  else await applySetting(ctx, setting, current, { reason, evidence, by: ctx.actor, approver: null })
  return presentIndicator(
    book,
    definition,
    unitPath,
    await settingsAbove(ctx, unitPath, [code]),
    await openChangesOf(ctx, unitPath, [code]),
  )
}
