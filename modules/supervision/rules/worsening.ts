/**
 * When later data make a closed case worse, so that a person should know: pure. Small movements, and a threshold that
 * was only set lower, are no reason to take up again what was decided.
 */
import { comparedValue, crosses } from './threshold.ts'

/** What of a finding is compared. */
interface Figures {
  readonly measured: number | null
  readonly deviation: number | null
  readonly threshold: number | null
  readonly comparison: string
  readonly smallSample: boolean
}

/** Share of the threshold by which a value must have moved on: one more of three, eight points of eighty percent. */
const MATERIAL_SHARE = 0.1

/**
 * Why `now` is clearly worse than what the case was decided on: it crosses the second threshold, which that did not; or
 * it lies a tenth of the threshold further on its side of it. Null: it is not.
 */
export function worsenedBy(
  decided: Figures,
  now: Figures,
  secondThreshold: number | null,
): 'second_threshold' | 'further' | null {
  const [before, after] = [comparedValue(decided), comparedValue(now)]
  if (after === null || now.smallSample) return null
  const { comparison } = now
  const isOver = (value: number | null) =>
    secondThreshold !== null && value !== null && crosses(value, comparison, secondThreshold)
  if (isOver(after) && !isOver(before)) return 'second_threshold'
  if (before === null) return null
  const further = comparison.startsWith('>') ? after - before : before - after
  return further > 0 && further >= Math.abs(now.threshold ?? 0) * MATERIAL_SHARE ? 'further' : null
}
