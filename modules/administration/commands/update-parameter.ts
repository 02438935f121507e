import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import type { administrationContract } from '../contract.ts'
import { administrationErrors } from '../errors.ts'
import { catalogueOf, currentRows, definitionOf } from '../parameters.ts'
import type { AdministrationOptions } from '../ports.ts'
import { presentParameter } from '../present-parameter.ts'
import { parameterFaults } from '../rules/parameter-faults.ts'
import { pathsAbove } from '../unit-paths.ts'
import { authoriseChange, setParameter } from './set-parameter.ts'

/** Set a parameter for one unit; it holds for the units below unless they have their own (PLT-7). */
export function updateParameter(
  options: AdministrationOptions,
): Handler<typeof administrationContract.updateParameter> {
  const catalogue = catalogueOf(options.parameters)
  return async (ctx, input) => {
    const definition = definitionOf(catalogue, input.code)
    await authoriseChange(ctx, options, definition, input.unitPath)
    const issues = parameterFaults(definition, input.value)
    if (issues.length > 0) throw new Problem(administrationErrors.parameter_invalid, { issues })
    await setParameter(ctx, options, definition, input, input.value)
    const rows = await currentRows(ctx.db, [input.code], pathsAbove(input.unitPath))
    return presentParameter(ctx.actor, definition, input.unitPath, rows)
  }
}
