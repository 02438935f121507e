import { assertIntact } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import type { administrationContract } from '../contract.ts'
import { currentRows } from '../parameters.ts'
import type { AdministrationOptions } from '../ports.ts'
import { presentParameter } from '../present-parameter.ts'
import { parameterValue } from '../tables.ts'
import { assertReadable, pathsAbove } from '../unit-paths.ts'

/** All parameters with what holds for one unit. */
export const findParameters =
  (options: AdministrationOptions): Handler<typeof administrationContract.findParameters> =>
  async (ctx, input) => {
    const unitPath = input.unitPath ?? ctx.actor.unitPath
    assertReadable(ctx.actor, unitPath)
    const rows = await currentRows(ctx.db, undefined, pathsAbove(unitPath))
    for (const row of rows) assertIntact(ctx, parameterValue, row)
    return {
      unitPath,
      items: options.parameters.map((definition) => presentParameter(ctx.actor, definition, unitPath, rows)),
    }
  }
