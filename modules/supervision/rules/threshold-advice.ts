/**
 * What closed cases say of a threshold (SUP-22): how often it was right, by value, and which threshold would have been
 * better on the same cases. Pure.
 *
 * The rule. Only thresholds that find less are considered, at whole steps (1 for counts, ½ for percent and points), each
 * just beyond a case that turned out wrong. Every false positive that would not have risen counts 1 for it, every right
 * case that would be lost counts 4 against it. The best is suggested when it comes out above nought, spares a fifth of the
 * false positives at least and three of them, and raises the precision; of equals the nearest to the present threshold.
 * There must be 20 decided cases, five right and five wrong ones among them.
 *
 * A threshold that finds more is never suggested: nobody has decided what lies beyond the present one. Where the quarter
 * of the cases nearest to it was right nine times in ten, that is said.
 */
import type { Comparison, Unit } from '@hengjian/indicators'
import { crosses } from './threshold.ts'

/** Decided cases that a suggestion needs, and how many right and wrong ones among them. */
export const MINIMUM = { decided: 20, right: 5, wrong: 5 } as const
/** False positives that one lost right case outweighs. */
const LOSS_WEIGHT = 4
/** Least number and least share of the false positives that a change must spare. */
const LEAST_SPARED = { count: 3, share: 0.2 } as const
/** What lies nearest to the threshold: this share of the cases; right so often, it may be too far out. */
const NEAREST = { share: 0.25, right: 0.9 } as const
const MOST_BANDS = 5
/** Cases that a band holds at least. */
const LEAST_IN_BAND = 4
/** Normal quantile of intervals that hold 95 %. */
const Z = 1.959964

/** One decided case: the value farthest beyond the threshold among its findings, and how it ended. */
export interface DecidedCase {
  readonly value: number
  readonly outcome: 'confirmed' | 'valuable' | 'false_positive'
}

/** How many cases ended how. `precision` is the percent confirmed or valuable, `range` where it lies with 95 %. */
export interface Precision {
  readonly decided: number
  readonly confirmed: number
  readonly valuable: number
  readonly falsePositive: number
  readonly precision: number | null
  readonly range: { readonly from: number; readonly to: number } | null
}

/** Cases with values from `from` to `to`, both included. */
export interface Band extends Precision {
  readonly from: number
  readonly to: number
}

/** A threshold that would have been better: what it spares, what it loses, what would have been left. */
export interface BetterThreshold {
  readonly value: number
  readonly sparedFalse: number
  readonly lostRight: number
  readonly after: Precision
}

/**
 * `too_few`: too few decided cases to say anything. `nothing_right`: enough, and none of them was right: no threshold tells
 * them apart. `better`: see `better`. `barred`: there would be a better one, but a unit above allows stricter ones only.
 * `nearest_right`: the cases nearest to the threshold were right; it may be too far out. `keep`: no change pays.
 */
export type Verdict = 'too_few' | 'nothing_right' | 'better' | 'barred' | 'nearest_right' | 'keep'

/** What is asked. */
export interface ThresholdQuestion {
  readonly comparison: Comparison
  readonly unit: Unit
  /** In force now. */
  readonly threshold: number
  readonly decided: readonly DecidedCase[]
  /** May the unit set this value? Bounds from above, and what the parameter may hold. */
  readonly allowed: (value: number) => boolean
}

/** What the past says. */
export interface ThresholdAdvice {
  readonly verdict: Verdict
  readonly before: Precision
  /** From the threshold outwards. */
  readonly bands: readonly Band[]
  /** Cases left out: the present threshold would not find them. */
  readonly beyond: number
  readonly better: BetterThreshold | null
  /** The cases nearest to the threshold. */
  readonly nearest: Precision | null
}

const isRight = ({ outcome }: DecidedCase) => outcome !== 'false_positive'
const rounded = (value: number) => Math.round(value * 10) / 10

/** Wilson's interval of a share, in percent with one decimal. */
function rangeOf(part: number, whole: number): { from: number; to: number } {
  const share = part / whole
  const middle = (share + Z ** 2 / (2 * whole)) / (1 + Z ** 2 / whole)
  const half = (Z * Math.sqrt((share * (1 - share)) / whole + (Z / (2 * whole)) ** 2)) / (1 + Z ** 2 / whole)
  return {
    from: rounded(100 * Math.max(0, middle - half)),
    to: rounded(100 * Math.min(1, middle + half)),
  }
}

function precisionOf(cases: readonly DecidedCase[]): Precision {
  const count = (outcome: DecidedCase['outcome']) => cases.filter((one) => one.outcome === outcome).length
  const decided = cases.length
  const right = cases.filter(isRight).length
  return {
    decided,
    confirmed: count('confirmed'),
    valuable: count('valuable'),
    falsePositive: count('false_positive'),
    precision: decided === 0 ? null : rounded((100 * right) / decided),
    range: decided === 0 ? null : rangeOf(right, decided),
  }
}

/** Ask what the decided cases say of a threshold. */
export function adviseThreshold(question: ThresholdQuestion): ThresholdAdvice {
  const { comparison, threshold, decided } = question
  const outwards = comparison.startsWith('>') ? 1 : -1
  const found = decided
    .filter(({ value }) => crosses(value, comparison, threshold))
    .sort((a, b) => outwards * (a.value - b.value))
  const nearest = found.slice(0, Math.ceil(found.length * NEAREST.share))
  return {
    ...judge(question, found, nearest),
    before: precisionOf(found),
    bands: bandsOf(found),
    beyond: decided.length - found.length,
    nearest: found.length === 0 ? null : precisionOf(nearest),
  }
}

function judge(
  question: ThresholdQuestion,
  found: readonly DecidedCase[],
  nearest: readonly DecidedCase[],
): Pick<ThresholdAdvice, 'verdict' | 'better'> {
  const right = found.filter(isRight).length
  const none = (verdict: Verdict) => ({ verdict, better: null })
  if (found.length < MINIMUM.decided) return none('too_few')
  if (right === 0) return none('nothing_right')
  if (nearest.filter(isRight).length >= NEAREST.right * nearest.length) return none('nearest_right')
  if (right < MINIMUM.right || found.length - right < MINIMUM.wrong) return none('too_few')
  const candidates = candidatesOf(question, found)
  const allowed = candidates.filter(({ value }) => question.allowed(value))
  if (allowed.length > 0) return { verdict: 'better', better: best(allowed) }
  return none(candidates.length > 0 ? 'barred' : 'keep')
}

const gainOf = ({ sparedFalse, lostRight }: BetterThreshold) => sparedFalse - LOSS_WEIGHT * lostRight

/** The greatest gain; candidates come from the threshold outwards, so the first of equals is the nearest. */
const best = (candidates: readonly BetterThreshold[]) =>
  candidates.reduce((one, other) => (gainOf(other) > gainOf(one) ? other : one))

/** Thresholds that pay, from the present one outwards. */
function candidatesOf(
  { comparison, unit }: ThresholdQuestion,
  found: readonly DecidedCase[],
): BetterThreshold[] {
  const before = precisionOf(found)
  const wrong = found.filter((one) => !isRight(one))
  const values = new Set(wrong.map(({ value }) => justBeyond(value, comparison, unit)))
  return [...values].flatMap((value) => {
    const kept = found.filter((one) => crosses(one.value, comparison, value))
    const after = precisionOf(kept)
    const sparedFalse = before.falsePositive - after.falsePositive
    const lostRight = before.confirmed + before.valuable - after.confirmed - after.valuable
    const candidate = { value, sparedFalse, lostRight, after }
    const pays =
      gainOf(candidate) > 0 &&
      sparedFalse >= Math.max(LEAST_SPARED.count, LEAST_SPARED.share * wrong.length) &&
      (after.precision ?? 0) > before.precision!
    return pays ? [candidate] : []
  })
}

/** The nearest whole step that a value does not cross. */
function justBeyond(value: number, comparison: Comparison, unit: Unit): number {
  const step = unit.startsWith('percent') ? 0.5 : 1
  const steps = Math.round((value / step) * 1e9) / 1e9
  const at = {
    '>': Math.ceil(steps),
    '>=': Math.floor(steps) + 1,
    '<': Math.floor(steps),
    '<=': Math.ceil(steps) - 1,
  }[comparison]
  return at * step
}

/** Bands of about equal numbers; equal values stay together. */
function bandsOf(found: readonly DecidedCase[]): Band[] {
  const wanted = Math.max(1, Math.min(MOST_BANDS, Math.floor(found.length / LEAST_IN_BAND)))
  const bands: Band[] = []
  let start = 0
  for (let band = 1; start < found.length; band += 1) {
    let end = Math.max(start + 1, Math.round((band * found.length) / wanted))
    while (end < found.length && found[end]!.value === found[end - 1]!.value) end += 1
    const cases = found.slice(start, end)
    bands.push({ from: cases[0]!.value, to: cases.at(-1)!.value, ...precisionOf(cases) })
    start = end
  }
  return bands
}
