import { notify } from '@hengjian/notifications'
import { newId, type RequestContext, scopeOf } from '@hengjian/platform/context'
import { rangeOf } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { insertGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import { nearestHolders } from '../nearest-holders.ts'
import { parameterValueOf, type SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentIndicator } from '../queries/find-indicators.ts'
import { openChangesOf } from '../queries/find-setting-changes.ts'
import { settingsAbove } from '../settings.ts'
import { settingChange } from '../tables.ts'
import {
  applySetting,
  assertSettable,
  currentSetting,
  lockSetting,
  type NewSetting,
} from './apply-setting.ts'

/**
 * Set switch and values of an indicator for one unit (PLT-7). Where the unit's parameter asks for a second person, the
 * change only waits for one and the old values hold; otherwise it acts from the next evaluation on.
 */
export const updateIndicatorSetting =
  (
    book: IndicatorBook,
    ports: SupervisionPorts,
  ): Handler<typeof supervisionContract.updateIndicatorSetting> =>
  async (ctx, input) => {
    const definition = book.definitionOf(input.code)
    const { code, unitPath, enabled, parameters, reason } = input
    const { lo, hi } = rangeOf(scopeOf(ctx.actor))
    if (unitPath < lo || unitPath >= hi) throw new Problem(platformErrors.forbidden)
    const setting: NewSetting = { code, unitPath, enabled, parameters, tightenOnly: input.tightenOnly }
    await assertSettable(ctx, ports, definition, setting)
    await lockSetting(ctx, setting)
    const current = await currentSetting(ctx, setting)
    if ((current?.revision ?? 0) !== input.version) throw new Problem(supervisionErrors.setting_changed)
    if ((await openChangesOf(ctx, unitPath, [code])).length > 0)
      throw new Problem(supervisionErrors.change_pending)

    const asked = await parameterValueOf(ctx, ports, 'supervision.four_eyes', unitPath)
    if (asked >= 2 || (asked === 1 && definition.effect === 'authorise'))
      await propose(ctx, ports, definition.titleZh, setting, input.version, reason)
    else await applySetting(ctx, setting, current, { reason, by: ctx.actor, approver: null })
    return presentIndicator(
      book,
      definition,
      unitPath,
      await settingsAbove(ctx, unitPath, [code]),
      await openChangesOf(ctx, unitPath, [code]),
    )
  }

/** Put the change before those who may approve it. */
async function propose(
  ctx: RequestContext,
  ports: SupervisionPorts,
  title: string,
  setting: NewSetting,
  revision: number,
  reason: string,
): Promise<void> {
  const id = newId()
  const { actor } = ctx
  const lastAuditId = await ctx.audit.record({
    action: 'supervision.propose-setting-change',
    object: { kind: 'setting_change', id },
    after: { ...setting, revision },
    reason,
  })
  await insertGuarded(ctx, settingChange, [
    {
      id,
      ...setting,
      revision,
      reason,
      state: 'proposed',
      proposedBy: actor.id,
      proposedByName: actor.name,
      proposedPath: actor.unitPath,
      proposedAt: ctx.clock.now(),
      decidedBy: null,
      decidedByName: null,
      decidedAt: null,
      opinion: null,
      version: 1,
      lastAuditId,
    },
  ])
  const approvers = await nearestHolders(ctx, ports, 'supervision.indicator.approve', actor.unitPath, [
    actor.id,
  ])
  const units = await unitNamesFor(ctx, ports, [setting.unitPath])
  const unit = units.get(setting.unitPath) ?? setting.unitPath
  const link = `/setting-changes?id=${id}`
  const kind = 'supervision.setting_change_proposed'
  await notify(ctx, {
    recipients: approvers,
    kind,
    title: `${actor.name} 提出调整 ${setting.code} ${title}（${unit}），等待您批准`,
    link,
  })
  await notify(ctx, {
    recipients: [actor.id],
    kind,
    title:
      approvers.length > 0
        ? `您提出的 ${setting.code} ${title}（${unit}）调整已提交，批准前原值有效`
        : `您提出的 ${setting.code} ${title}（${unit}）调整已提交，但本级及上级没有可批准的人员`,
    link,
  })
}
