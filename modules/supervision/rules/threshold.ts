/** Comparing what was measured with a threshold, as the engine does. Pure. */
import type { Comparison, IndicatorDefinition } from '@hengjian/indicators'
import type { ParameterValue } from '../records.ts'

const TESTS: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
  '<': (value, threshold) => value < threshold,
  '<=': (value, threshold) => value <= threshold,
}

/** Does a value cross a threshold? */
export const crosses = (value: number, comparison: string, threshold: number): boolean =>
  TESTS[comparison as Comparison](value, threshold)

/** What of a finding the threshold was held against: the distance from the base where there is one. */
export const comparedValue = (finding: {
  deviation: number | null
  measured: number | null
}): number | null => finding.deviation ?? finding.measured

/** Name of the parameter that alone is the threshold; null where it is something else. */
export function thresholdParameter({ threshold }: IndicatorDefinition): string | null {
  return typeof threshold === 'object' && 'param' in threshold ? threshold.param : null
}

/** The threshold as a number under the values in force; null where it is none, or not one alone. */
export function thresholdOf(
  definition: IndicatorDefinition,
  values: Readonly<Record<string, ParameterValue>>,
): number | null {
  if (typeof definition.threshold === 'number') return definition.threshold
  const name = thresholdParameter(definition)
  const value = name === null ? null : values[name]
  return typeof value === 'number' ? value : null
}
