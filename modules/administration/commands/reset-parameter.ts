import type { Handler } from '@hengjian/platform/http'
import type { administrationContract } from '../contract.ts'
import { catalogueOf, currentRows, definitionOf } from '../parameters.ts'
import type { AdministrationOptions } from '../ports.ts'
import { presentParameter } from '../present-parameter.ts'
import { pathsAbove } from '../unit-paths.ts'
import { authoriseChange, setParameter } from './set-parameter.ts'

/** Take back a unit's own value: what is set above holds again. */
export function resetParameter(
  options: AdministrationOptions,
): Handler<typeof administrationContract.resetParameter> {
  const catalogue = catalogueOf(options.parameters)
  return async (ctx, input) => {
    const definition = definitionOf(catalogue, input.code)
    await authoriseChange(ctx, options, definition, input.unitPath)
    await setParameter(ctx, options, definition, input, null)
    const rows = await currentRows(ctx.db, [input.code], pathsAbove(input.unitPath))
    return presentParameter(ctx.actor, definition, input.unitPath, rows)
  }
}
