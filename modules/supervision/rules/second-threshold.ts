/** Which second threshold holds for a unit (SUP-13), and how it must lie to the first. Pure. */
import type { Comparison, IndicatorDefinition } from '@hengjian/indicators'
import type { ParameterValue } from '../records.ts'
import { isAbove, isLooser, sideOf } from './strictness.ts'
import { thresholdOf } from './threshold.ts'

/** What a unit set; null: nothing is pushed from here. */
interface SecondThreshold {
  readonly unitPath: string
  readonly value: number | null
}

/** What of a unit's setting decides here. */
interface Tightening {
  readonly unitPath: string
  readonly tightenOnly: readonly string[] | null
}

/** Whether a unit above leaves `unitPath` nothing but stricter values of this indicator. */
const tightenedAbove = (unitPath: string, settings: readonly Tightening[]): boolean =>
  settings.some((row) => (row.tightenOnly ?? []).length > 0 && isAbove(row.unitPath, unitPath))

/**
 * The second threshold in force, given those of the unit and of units above: the nearest decides. Below a unit that allows
 * nothing but tightening a looser one counts for nothing, and so does an end of pushing. Null: no unit said anything.
 */
export function heldSecondThreshold<T extends SecondThreshold>(
  comparison: Comparison,
  rows: readonly T[],
  settings: readonly Tightening[],
): T | null {
  let held: T | null = null
  for (const row of [...rows].sort((a, b) => a.unitPath.length - b.unitPath.length)) {
    const looser = held && isLooser(row.value, held.value, sideOf(comparison))
    if (!looser || !tightenedAbove(row.unitPath, settings)) held = row
  }
  return held
}

/** What a unit above forbids: the value below which, or beyond which, it may not go. Null: nothing. */
export function secondThresholdBound<T extends SecondThreshold>(
  comparison: Comparison,
  { unitPath, value }: SecondThreshold,
  rows: readonly T[],
  settings: readonly Tightening[],
): T | null {
  if (!tightenedAbove(unitPath, settings)) return null
  const above = rows.filter((row) => isAbove(row.unitPath, unitPath))
  const held = heldSecondThreshold(comparison, above, settings)
  return held && isLooser(value, held.value, sideOf(comparison)) ? held : null
}

/** The first threshold, where the second one would ask for less than it; null where it does not. */
export function firstBeyondSecond(
  definition: IndicatorDefinition,
  values: Readonly<Record<string, ParameterValue>>,
  second: number | null,
): number | null {
  const first = thresholdOf(definition, values)
  if (first === null || second === null || first === second) return null
  return isLooser(first, second, sideOf(definition.comparison)) ? first : null
}
