/** What the indicators find of what was planted in a sample city, and what they find besides. */
import type { City, Truth } from '@hengjian/sandbox-city'
import { indicatorDefinitions } from '@hengjian/supervision'
import { judgeMonths, monthsBefore } from './judge-months.ts'
import type { Store } from './open-store.ts'
import { replayTriggers } from './replay-triggers.ts'

/** Verdicts on one indicator. */
export interface Judged {
  readonly code: string
  readonly truths: ReadonlyArray<{
    readonly truth: Truth
    readonly fired: boolean
    /** What was measured, by either of two tests, or as deviation from a base. */
    readonly measured: readonly (number | null)[]
  }>
  /** Groups (post-hoc) or ordinary transactions (in-process) with a judgement. */
  readonly judged: number
  /** Findings that nobody planted, with their values. */
  readonly unplanted: readonly string[]
}

/** One line of the table. */
export interface RecallLine {
  readonly code: string
  readonly planted: number
  readonly found: number
  readonly nearMisses: number
  readonly silent: number
  readonly judged: number
  readonly unplanted: number
  /** Unplanted findings in percent of what was judged. */
  readonly share: number
  /** Plants missed, near misses that fired, values that differ from the planted ones. */
  readonly discrepancies: readonly string[]
  readonly findings: readonly string[]
}

/** Largest share of unplanted findings, percent. */
export const LARGEST_SHARE = 5

/** Is this line as it must be? */
export const isSound = (line: RecallLine) =>
  line.planted > 0 &&
  line.found === line.planted &&
  line.silent === line.nearMisses &&
  line.share <= LARGEST_SHARE

/** Measure every shipped indicator on a loaded city. */
export async function measureRecall(
  store: Store,
  city: City,
  options: { readonly until: string; readonly years: number; readonly onIndicator?: (code: string) => void },
): Promise<RecallLine[]> {
  const truths = await city.groundTruth()
  const months = monthsBefore(options.until, options.years)
  const judged: Judged[] = []
  const inProcess = indicatorDefinitions.filter(({ mode }) => mode === 'in_process')
  const acts = truths.filter(({ mode }) => mode === 'in_process')
  judged.push(...(await replayTriggers(store.adminUrl, city, acts, inProcess)))
  for (const definition of indicatorDefinitions) {
    if (definition.mode !== 'post_hoc') continue
    options.onIndicator?.(definition.code)
    judged.push(await judgeMonths(store, city, truths, definition, months))
  }
  return judged.map(lineOf)
}

function lineOf({ code, truths, judged, unplanted }: Judged): RecallLine {
  const plants = truths.filter(({ truth }) => truth.kind === 'plant')
  const nearMisses = truths.filter(({ truth }) => truth.kind === 'near_miss')
  return {
    code,
    planted: plants.length,
    found: plants.filter(({ fired }) => fired).length,
    nearMisses: nearMisses.length,
    silent: nearMisses.filter(({ fired }) => !fired).length,
    judged,
    unplanted: unplanted.length,
    share: judged === 0 ? 0 : (100 * unplanted.length) / judged,
    discrepancies: truths.flatMap(discrepancyOf),
    findings: unplanted,
  }
}

function discrepancyOf({ truth, fired, measured }: Judged['truths'][number]): string[] {
  const about = `${truth.kind} ${truth.day ?? truth.month} ${JSON.stringify(truth.subject)} ${truth.sentence}`
  const known = measured.filter((value) => value !== null)
  const values = `measured ${known.join(' or ') || 'nothing'}, planted ${truth.measured}`
  if (truth.kind === 'plant' && !fired) return [`missed: ${about}; ${values}`]
  if (truth.kind === 'near_miss' && fired) return [`fired: ${about}; ${values}`]
  const { measured: planted } = truth
  const differs =
    planted !== null && known.length > 0 && !known.some((value) => Math.abs(planted - value) < 1e-6)
  return differs ? [`value: ${about}; ${values}`] : []
}
