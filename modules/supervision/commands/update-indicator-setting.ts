import type { Handler } from '@hengjian/platform/http'
import type { supervisionContract } from '../contract.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { assertWithinScope, changeSetting } from './change-setting.ts'

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
    book.definitionOf(input.code)
    const { code, unitPath, enabled, parameters, tightenOnly, version, reason } = input
    assertWithinScope(ctx, unitPath)
    const setting = { code, unitPath, enabled, parameters, tightenOnly }
    return changeSetting(ctx, book, ports, { setting, revision: version, reason, evidence: null })
  }
