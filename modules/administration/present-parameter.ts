/** Parameters as the console reads them. */
import type { Actor } from '@hengjian/platform/context'
import type { ParameterView } from './contract.ts'
import {
  effectiveOf,
  type ParameterDefinition,
  type ParameterRow,
  permissionToSet,
  valueOfRow,
} from './parameters.ts'
import { mayWrite } from './unit-paths.ts'

/** One parameter for a unit; `rows` are the newest of the unit and those above. */
export function presentParameter(
  actor: Actor,
  definition: ParameterDefinition,
  unitPath: string,
  rows: readonly ParameterRow[],
): ParameterView {
  const own = rows.find((row) => row.code === definition.code && row.unitPath === unitPath)
  const value = own ? valueOfRow(own) : null
  return {
    code: definition.code,
    title: definition.title,
    module: definition.code.split('.')[0]!,
    description: definition.description ?? null,
    type: definition.type,
    measure: definition.measure ?? null,
    min: definition.min ?? null,
    max: definition.max ?? null,
    options: definition.options ? [...definition.options] : null,
    level: definition.level,
    keptBy: definition.keptBy ?? 'system',
    default: definition.default,
    ...effectiveOf(definition, rows),
    own:
      own && value !== null
        ? {
            value,
            reason: own.reason,
            changedById: own.changedById,
            changedByName: own.changedByName,
            changedAt: own.changedAt.toISOString(),
          }
        : null,
    version: own?.version ?? 0,
    editable:
      actor.permissions.has(permissionToSet(definition)) &&
      mayWrite(actor, unitPath) &&
      (definition.level === 'unit' || unitPath === '/'),
  }
}
