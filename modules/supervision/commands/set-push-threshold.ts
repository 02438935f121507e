import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { openChangesOf } from '../queries/find-setting-changes.ts'
import { applyPushThreshold, assertPushable } from './apply-push-threshold.ts'
import { lockSetting } from './apply-setting.ts'
import { assertWithinScope } from './change-setting.ts'
import { needsSecondPerson, proposeChange } from './propose-change.ts'

/**
 * Set the second threshold of an indicator for a unit and those below it (SUP-13); null ends pushing there. Unless the
 * unit's parameter asks for nobody, the change waits for a second person: what is pushed reaches another agency.
 */
export const setPushThreshold =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.setPushThreshold> =>
  async (ctx, { code, unitPath, value, reason }) => {
    assertWithinScope(ctx, unitPath)
    const definition = book.definitionOf(code)
    if (definition.mode !== 'post_hoc') throw new Problem(supervisionErrors.not_pushed)
    const second = { code, unitPath, value }
    await lockSetting(ctx, second)
    const current = await assertPushable(ctx, ports, definition, second)
    if ((await openChangesOf(ctx, unitPath, [code])).length > 0)
      throw new Problem(supervisionErrors.change_pending)
    if (await needsSecondPerson(ctx, ports, unitPath, 1)) {
      const pendingChange = await proposeChange(ctx, ports, definition.titleZh, {
        code,
        unitPath,
        reason,
        revision: current?.version ?? 0,
        enabled: null,
        parameters: {},
        tightenOnly: null,
        evidence: null,
        about: 'push_threshold',
        pushFrom: current?.value ?? null,
        pushTo: value,
      })
      return { code, unitPath, value: current?.value ?? null, pendingChange }
    }
    await applyPushThreshold(ctx, second, current, { reason, byName: ctx.actor.name, approverName: null })
    return { ...second, pendingChange: null }
  }
