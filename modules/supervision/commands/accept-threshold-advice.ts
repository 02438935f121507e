import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { adviseOn, evidenceOf } from '../queries/find-threshold-advice.ts'
import { currentSetting } from './apply-setting.ts'
import { assertWithinScope, changeSetting } from './change-setting.ts'

/**
 * A person takes up a suggested threshold (SUP-22). It is worked out once more: what is accepted is what the figures say
 * now, and they are kept with the change. Everything else of the unit's setting stays; a second person as for any change.
 */
export const acceptThresholdAdvice =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.acceptThresholdAdvice> =>
  async (ctx, { code, unitPath, from, to, value, reason }) => {
    book.definitionOf(code)
    assertWithinScope(ctx, unitPath)
    const advised = (await adviseOn(ctx, book, { code, unitPath, from, to })).find(
      (each) => each.unitPath === unitPath,
    )
    const evidence = advised ? evidenceOf(advised, { from, to }) : null
    if (!advised || evidence?.value !== value) throw new Problem(supervisionErrors.advice_changed)
    const current = await currentSetting(ctx, { code, unitPath })
    const setting = {
      code,
      unitPath,
      enabled: current?.enabled ?? null,
      parameters: { ...current?.parameters, [advised.parameter]: value },
      tightenOnly: current?.tightenOnly ?? null,
    }
    return changeSetting(ctx, book, ports, { setting, revision: current?.revision ?? 0, reason, evidence })
  }
