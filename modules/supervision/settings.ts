/** Switch and parameters of indicators by unit, inherited from above (PLT-7). */
import type { IndicatorDefinition, ParameterValues } from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import { assertIntact } from '@hengjian/platform/guard'
import { and, asc, isNull, sql } from 'drizzle-orm'
import { indicatorDefinitions } from './indicators/index.ts'
import type { ParameterValue } from './records.ts'
import { parametersOf } from './rules/parameters.ts'
import { heldSettings } from './rules/strictness.ts'
import { indicatorSetting } from './tables.ts'
import { pathsAbove } from './unit-paths.ts'

export type Setting = typeof indicatorSetting.$inferSelect

/** What of a setting decides about the values in force. */
export type EffectiveInput = Pick<Setting, 'code' | 'unitPath' | 'enabled' | 'parameters' | 'tightenOnly'>

/** What is in force for a unit, and which unit said so (null = as shipped). */
interface EffectiveSetting {
  readonly enabled: boolean
  readonly enabledFrom: string | null
  readonly parameters: ReadonlyMap<string, { readonly value: ParameterValue; readonly from: string | null }>
}

/** Current settings of a unit and of those above it, nearest last. An altered row throws `platform.integrity`. */
export async function settingsAbove(
  ctx: RequestContext,
  unitPath: string,
  codes?: readonly string[],
): Promise<Setting[]> {
  const rows = await ctx.db
    .select()
    .from(indicatorSetting)
    .where(
      and(
        isNull(indicatorSetting.supersededAt),
        sql`${indicatorSetting.unitPath} = ANY(${sql.param(pathsAbove(unitPath))})`,
        codes ? sql`${indicatorSetting.code} = ANY(${sql.param([...codes])})` : undefined,
      ),
    )
    .orderBy(asc(indicatorSetting.unitPath))
    .prepare(codes ? 'settings_of_indicators' : 'settings_above')
    .execute()
  for (const row of rows) assertIntact(ctx, indicatorSetting, row)
  return rows
}

/** Join shipped defaults with settings from the top down: the nearest unit that says something decides. */
export function effectiveOf(
  definition: IndicatorDefinition,
  settings: readonly EffectiveInput[],
): EffectiveSetting {
  let enabled = true
  let enabledFrom: string | null = null
  const parameters = new Map<string, { value: ParameterValue; from: string | null }>(
    parametersOf(definition).map((shape) => [shape.name, { value: shape.default, from: null }]),
  )
  for (const row of heldSettings(definition, settings)) {
    if (row.enabled !== null) {
      enabled = row.enabled
      enabledFrom = row.unitPath
    }
    for (const [name, value] of Object.entries(row.parameters))
      if (parameters.has(name)) parameters.set(name, { value, from: row.unitPath })
  }
  return { enabled, enabledFrom, parameters }
}

/** Values in force as the engine takes them. */
export const valuesOf = (setting: EffectiveSetting): ParameterValues =>
  Object.fromEntries([...setting.parameters].map(([name, { value }]) => [name, value]))

/** The rule of residence-permit numbers that L1.7 has in force for a unit; null where none is set. */
export async function permitRuleOf(ctx: RequestContext, unitPath: string): Promise<string | null> {
  const definition = indicatorDefinitions.find(({ code }) => code === 'L1.7')!
  const { parameters } = effectiveOf(definition, await settingsAbove(ctx, unitPath, ['L1.7']))
  const rule = parameters.get('F1_permit_number_pattern')?.value
  return typeof rule === 'string' ? rule : null
}
