/** One run of one definition: what is fixed before any SQL is written. */
import type { FactCatalogue } from './catalogue.ts'
import { monthStart, shiftDays } from './days.ts'
import type { Dimension, IndicatorDefinition } from './definition.ts'
import { assertShape } from './definition-shape.ts'
import { cityOf, timeText } from './dialect.ts'
import { fault } from './fault.ts'
import type { RowParts } from './rows.ts'
import { checkOptions, dimensionsOf, type PostHocOptions } from './run-options.ts'
import { text } from './sql.ts'

/**
 * Rows of a run that stand counted in a temporary table (see `compileTogether`): `select` answers the columns of
 * `rowsOf` but `id`, with the day or month as `t`, beside them the city and the number `w` of rows that each stands for.
 */
export interface CountedRows {
  readonly select: string
}

/** Everything the parts of a statement need to know. */
export interface Run {
  readonly definition: IndicatorDefinition
  readonly catalogue: FactCatalogue
  readonly options: PostHocOptions
  readonly dimensions: readonly Dimension[]
  readonly window: 'day' | 'month' | 'period' | 'rolling'
  /** Rows of the answer are about calendar months. */
  readonly byMonth: boolean
  /** First day of rows that are judged. */
  readonly first: string
  /** Day after the last. */
  readonly end: string
  readonly needs: Set<string>
  /** Where its rows have been counted already. */
  readonly counted?: CountedRows
  /** Told of the definition's own rows. */
  readonly observe?: (parts: RowParts) => void
}

/** Check the options and settle window, dimensions and first day. */
export function prepareRun(
  definition: IndicatorDefinition,
  catalogue: FactCatalogue,
  options: PostHocOptions,
): Run {
  checkOptions(options)
  const dimensions = dimensionsOf(definition, options)
  assertShape(definition)
  const own = definition.window.kind
  if (own === 'at_hand') fault('window.kind', 'at_hand has no meaning in an analysis')
  const window = own === 'rolling' ? own : (options.window ?? own)
  const byMonth =
    window === 'month' || (definition.window.kind === 'rolling' && definition.window.ends === 'month')
  const first = byMonth || options.each === 'month' ? monthStart(options.period.from) : options.period.from
  return {
    byMonth,
    definition,
    catalogue,
    options,
    dimensions,
    window,
    first,
    end: options.period.to,
    needs: new Set(),
  }
}

/** A local timestamp constant at the start of a day. */
export const startOf = (day: string) => `TIMESTAMP '${day} 00:00:00'`

/** Group key columns `d_<name>`, as the source stores them. */
export const keyNames = (run: Run) => run.dimensions.map((d) => `d_${d.name}`)

/** The city of a group, or the constant that stands for it. */
export function cityExpression(run: Run, unit: string): string {
  if (run.definition.allUnits || run.options.city === 'all') return `'/'`
  return cityOf(unit, run.options.dialect)
}

export function bucketOf(run: Run, time: string): string {
  if (run.byMonth) return `CAST(date_trunc('month', ${time}) AS DATE)`
  if (run.window === 'day' || run.window === 'rolling') return `CAST(${time} AS DATE)`
  if (run.options.each) return `CAST(date_trunc('${run.options.each}', ${time}) AS DATE)`
  return `DATE '${run.first}'`
}

/** The bucket as the row's `period`. */
export function periodText(run: Run, bucket: string): string {
  if (run.window === 'period') {
    const { each, dialect } = run.options
    if (!each) return text(`${run.first}..${shiftDays(run.end, -1)}`)
    const last = `CAST(${bucket} + INTERVAL '1' ${each.toUpperCase()} - INTERVAL '1' DAY AS DATE)`
    return `(${timeText(bucket, 'day', dialect)} || '..' || ${timeText(last, 'day', dialect)})`
  }
  return timeText(bucket, run.byMonth ? 'month' : 'day', run.options.dialect)
}
