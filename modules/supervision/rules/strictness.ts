/** Which value of a parameter is the stricter one, and what a unit above leaves to those below. Pure. */
import type { Comparison, Expression, IndicatorDefinition } from '@hengjian/indicators'
import type { ParameterValue } from '../records.ts'
import { liesUnder } from '../unit-paths.ts'
import { parametersOf } from './parameters.ts'

/** `lower`: a lower value lets more be found. */
export type Stricter = 'lower' | 'higher'

/** What of a setting decides here. */
interface Bounding {
  readonly code: string
  readonly unitPath: string
  readonly enabled: boolean | null
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly tightenOnly: readonly string[] | null
}

/** A bound that a unit above set. */
interface Bound {
  readonly value: ParameterValue
  readonly stricter: Stricter
  /** The unit that set it. */
  readonly unitPath: string
}

/** Parameters named by a threshold: itself, or one of several that stand in for each other. */
const namesIn = (threshold: Expression): string[] => {
  if (typeof threshold !== 'object') return []
  if ('param' in threshold) return [threshold.param]
  return 'coalesce' in threshold ? threshold.coalesce.flatMap(namesIn) : []
}

/** What must exceed its threshold is found more often under a lower one. */
export const sideOf = (comparison: Comparison): Stricter => (comparison.startsWith('>') ? 'lower' : 'higher')

/**
 * Parameters that have a stricter side. It follows from the comparison: what must exceed its threshold is found more often
 * under a lower one. Parameters that choose rows (an age, a kind) have none: more rows may raise a rate or lower it.
 */
export function strictnessOf(definition: IndicatorDefinition): ReadonlyMap<string, Stricter> {
  const { threshold, comparison, also } = definition
  const sides = new Map<string, Stricter>()
  for (const name of namesIn(threshold)) sides.set(name, sideOf(comparison))
  for (const name of also ? namesIn(also.threshold) : []) {
    const side = sideOf(also!.comparison)
    // One parameter for two tests of opposite sides has none.
    if ((sides.get(name) ?? side) === side) sides.set(name, side)
    else sides.delete(name)
  }
  if (parametersOf(definition).some(({ name }) => name === 'minimum_sample'))
    sides.set('minimum_sample', 'lower')
  return sides
}

/** Is `value` looser than `bound`? An unset threshold finds nothing, so nothing is looser. */
export function isLooser(value: ParameterValue, bound: ParameterValue, stricter: Stricter): boolean {
  if (typeof bound !== 'number') return false
  if (typeof value !== 'number') return true
  return stricter === 'lower' ? value > bound : value < bound
}

/** Bounds that settings of units above `unitPath` lay on it, by parameter; of several the strictest. */
export function boundsOn(
  definition: IndicatorDefinition,
  unitPath: string,
  settings: readonly Bounding[],
): ReadonlyMap<string, Bound> {
  const sides = strictnessOf(definition)
  const above = settings
    .filter((row) => row.code === definition.code && isAbove(row.unitPath, unitPath))
    .sort((a, b) => a.unitPath.length - b.unitPath.length)
  const defaults = new Map(parametersOf(definition).map((shape) => [shape.name, shape.default]))
  const inForce = new Map<string, ParameterValue>(defaults)
  const bounds = new Map<string, Bound>()
  for (const row of above) {
    for (const [name, value] of Object.entries(row.parameters)) inForce.set(name, value)
    for (const name of row.tightenOnly ?? []) {
      const stricter = sides.get(name)
      const value = inForce.get(name) ?? null
      const known = bounds.get(name)
      if (stricter && (!known || !isLooser(value, known.value, stricter)))
        bounds.set(name, { value, stricter, unitPath: row.unitPath })
    }
  }
  return bounds
}

/**
 * Settings as they hold: a value looser than a unit above allows counts for nothing, nor does switching an indicator off
 * below a unit that allows nothing but tightening. So a bound that is set later binds what was set before.
 */
export function heldSettings<S extends Bounding>(
  definition: IndicatorDefinition,
  settings: readonly S[],
): S[] {
  const held: S[] = []
  const own = settings.filter((row) => row.code === definition.code)
  for (const row of own.sort((a, b) => a.unitPath.length - b.unitPath.length)) {
    const bounds = boundsOn(definition, row.unitPath, held)
    const kept = Object.entries(row.parameters).filter(([name, value]) => {
      const bound = bounds.get(name)
      return !bound || !isLooser(value, bound.value, bound.stricter)
    })
    held.push({
      ...row,
      enabled: row.enabled === false && mayNotSwitchOff(held, row) ? null : row.enabled,
      parameters: Object.fromEntries(kept),
    })
  }
  return held
}

/** Does a unit above that allows nothing but tightening keep the indicator switched on? */
export function mayNotSwitchOff(
  settings: readonly Bounding[],
  { code, unitPath }: Pick<Bounding, 'code' | 'unitPath'>,
): boolean {
  const above = settings.filter((row) => row.code === code && isAbove(row.unitPath, unitPath))
  const said = above
    .filter((row) => row.enabled !== null)
    .sort((a, b) => b.unitPath.length - a.unitPath.length)
  return above.some((row) => (row.tightenOnly ?? []).length > 0) && (said[0]?.enabled ?? true)
}

export const isAbove = (upper: string, lower: string) => upper !== lower && liesUnder(lower, upper)
