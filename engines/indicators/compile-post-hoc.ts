/**
 * Post-hoc evaluation: one definition, one period → one statement, one row per judged group. The statement reads its
 * source once; bases come from the small table of cells (group × day or month) that this scan leaves.
 *
 * Comparisons are exact: rates, averages and growth are kept as fractions and compared crosswise, so that a difference
 * of exactly ten points is not more than ten points in either database.
 */
import type { FactCatalogue } from './catalogue.ts'
import { calendarCells, rollingCells } from './cells.ts'
import type { IndicatorDefinition } from './definition.ts'
import { judge } from './judge.ts'
import { overdueStatement } from './overdue.ts'
import { overlapCells } from './overlap.ts'
import { prepareRun, type Run } from './run.ts'
import type { PostHocOptions } from './run-options.ts'

/** A statement ready to run, or the columns without which the indicator has no answer. */
export type PostHocStatement =
  | { readonly status: 'ready'; readonly sql: string; readonly dimensions: readonly string[] }
  | { readonly status: 'cannot_compute'; readonly missing: readonly string[] }

/** One judged group; dimensions appear as further text columns by their names. */
export interface PostHocRow {
  readonly code: string
  /** `2026-03`, `2026-03-05`, or `2026-03-01..2026-03-31` with both days included. */
  readonly period: string
  readonly unit_path: string
  readonly city: string
  readonly measured: number | null
  readonly base: number | null
  /** What is held against the threshold where there is a base: growth in percent, or percentage points. */
  readonly deviation: number | null
  readonly threshold: number | null
  readonly numerator: number
  readonly denominator: number
  readonly base_numerator: number | null
  readonly base_denominator: number | null
  readonly sample: number
  readonly minimum_sample: number
  readonly also_measured: number | null
  readonly also_threshold: number | null
  readonly judged: boolean
  readonly fired: boolean
  readonly unjudged: 'no_base' | 'small_sample' | 'no_threshold' | 'unknown' | null
  readonly [dimension: string]: unknown
}

/** Compile one definition for one run. Throws `DefinitionFault`; `cannot_compute` where `options.missing` bites. */
export function compilePostHoc(
  definition: IndicatorDefinition,
  catalogue: FactCatalogue,
  options: PostHocOptions,
): PostHocStatement {
  const run = prepareRun(definition, catalogue, options)
  const sql = statementOf(run)
  const missing = [...run.needs].filter((name) => {
    const [fact, field] = name.split('.') as [string, string]
    return options.missing?.[fact]?.includes(field)
  })
  if (missing.length > 0) return { status: 'cannot_compute', missing: missing.sort() }
  return { status: 'ready', sql, dimensions: run.dimensions.map((d) => d.name) }
}

/** The whole statement of a run; also tells `run.needs`. */
export function statementOf(run: Run): string {
  const kind = run.definition.measure.kind
  if (kind === 'overdue') return overdueStatement(run)
  const cells =
    kind === 'overlap' ? overlapCells(run) : run.window === 'rolling' ? rollingCells(run) : calendarCells(run)
  return judge(run, cells)
}
