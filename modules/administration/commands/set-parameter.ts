/** Writing a parameter's value, shared by update and reset: a new row, guarded and audited (PLT-7, PLT-20, PLT-22). */
import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { insertGuarded } from '@hengjian/platform/guard'
import { sql } from 'drizzle-orm'
import type { ParameterValue } from '../contract.ts'
import { administrationErrors } from '../errors.ts'
import {
  currentRow,
  forgetParameters,
  type ParameterDefinition,
  permissionToSet,
  valueOfRow,
} from '../parameters.ts'
import type { AdministrationOptions } from '../ports.ts'
import { parameterValue } from '../tables.ts'
import { mayWrite } from '../unit-paths.ts'

export interface ParameterChangeInput {
  readonly unitPath: string
  readonly version: number
  readonly reason: string
}

/** May the caller set this parameter for this unit? Throws what stands against it. */
export async function authoriseChange(
  ctx: RequestContext,
  options: AdministrationOptions,
  definition: ParameterDefinition,
  unitPath: string,
): Promise<void> {
  if (!ctx.actor.permissions.has(permissionToSet(definition))) throw new Problem(platformErrors.forbidden)
  if (!mayWrite(ctx.actor, unitPath)) throw new Problem(platformErrors.forbidden)
  if (definition.level === 'installation' && unitPath !== '/')
    throw new Problem(administrationErrors.parameter_level)
  if (unitPath !== '/' && !(await options.unitNamesOf(ctx, [unitPath])).has(unitPath))
    throw new Problem(administrationErrors.unknown_unit, { detail: unitPath })
}

/** Write the next version; null = reset. Throws `parameter_changed` when `version` is no longer the newest. */
export async function setParameter(
  ctx: RequestContext,
  options: AdministrationOptions,
  definition: ParameterDefinition,
  input: ParameterChangeInput,
  value: ParameterValue | null,
): Promise<void> {
  const { unitPath, reason } = input
  const { code } = definition
  await ctx.db.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended(${`parameter_value ${code} ${unitPath}`}, 0))`,
  )
  const current = await currentRow(ctx, code, unitPath)
  if ((current?.version ?? 0) !== input.version) throw new Problem(administrationErrors.parameter_changed)
  const before = current ? valueOfRow(current) : null
  if (value === null && before === null) throw new Problem(administrationErrors.nothing_to_reset)
  const lastAuditId = await ctx.audit.record({
    action: value === null ? 'administration.reset-parameter' : 'administration.update-parameter',
    object: { kind: 'parameter', id: `${code} ${unitPath}` },
    before: { value: before },
    after: { value },
    reason,
  })
  await insertGuarded(ctx, parameterValue, [
    {
      id: newId(),
      code,
      unitPath,
      version: input.version + 1,
      value: value === null ? null : JSON.stringify(value),
      reason,
      changedById: ctx.actor.id,
      changedByName: ctx.actor.name,
      changedAt: ctx.clock.now(),
      lastAuditId,
    },
  ])
  ctx.tx.afterCommit(() => {
    forgetParameters(ctx.database)
    options.parameterChanged?.(ctx.database)
  })
}
