/**
 * What a definition reads, and how far from a row the judgments lie that it takes part in: so that somebody who knows
 * which rows came late can tell what must be judged anew.
 */
import type { FactCatalogue } from './catalogue.ts'
import type { Base, Expression, IndicatorDefinition, Source } from './definition.ts'
import { aliasOf } from './expression.ts'
import { relatedOf } from './measures.ts'
import { greatestValue, type PostHocOptions } from './run-options.ts'

/**
 * Judgments that read a row, as months from the day that places it; for judgments by day, days that many months off.
 * `next_year`: every month of the calendar year after the row's.
 */
export type Reach =
  | {
      readonly kind: 'months'
      readonly from: number /** null = all that follow. */
      readonly to: number | null
    }
  | { readonly kind: 'next_year' }

/** One way in which a definition reads a fact. */
export interface FactRead {
  readonly fact: string
  /**
   * Columns of type instant, one of which places the row in the window. None: the row is joined, looked up or asked
   * for, and stands somewhere around the rows that are placed.
   */
  readonly times: readonly string[]
  readonly reaches: readonly Reach[]
}

/** Facts that belong together (a transaction and its steps, checks, changes) lie within so many months. */
const AROUND_MONTHS = 1

/**
 * All that a post-hoc definition reads of the lake. A joined or looked-up fact is taken to reach back `AROUND_MONTHS`, or
 * as far as the definition itself reckons in months, and forward without end: it may be the state in which a later row
 * found things.
 * @param parameters as in `compilePostHoc`: the longest window of any unit counts
 */
export function readsOf(
  definition: IndicatorDefinition,
  catalogue: FactCatalogue,
  parameters: PostHocOptions['parameters'] = {},
): FactRead[] {
  const greatest = (of: Expression): number | null => {
    if (typeof of === 'number') return of
    return typeof of === 'object' && 'param' in of
      ? greatestValue(definition, { parameters }, of.param)
      : null
  }
  const reaches = [
    { kind: 'months', from: 0, to: forwardOf(definition, greatest) } as const,
    ...reachesOf(definition.base),
  ]
  const placed = placedRows(definition, catalogue).map((row): FactRead => ({ ...row, reaches }))
  const back = Math.max(AROUND_MONTHS, ...spansIn(definition).map((of) => greatest(of) ?? AROUND_MONTHS))
  const around: FactRead[] = [...factsIn(definition)].flatMap(([fact, times]) => {
    const places = placed.filter((read) => read.fact === fact).length
    return times > places
      ? [{ fact, times: [], reaches: [{ kind: 'months', from: -back, to: null } as const] }]
      : []
  })
  return [...placed, ...around].filter(({ fact }) => catalogue[fact]?.scoped)
}

/** Months after a row in which its window, or the limit that runs from it, may end; null = without end. */
function forwardOf(
  { window, measure, unit, threshold }: IndicatorDefinition,
  greatest: (of: Expression) => number | null,
): number | null {
  if (window.kind === 'rolling') return window.months === undefined ? null : greatest(window.months)
  if (measure.kind !== 'overdue') return 0
  const limit = greatest(threshold)
  if (limit === null) return null
  if (unit === 'months') return Math.ceil(limit)
  // Fifteen working days lie in a month, however the holidays fall.
  return unit === 'working_days' ? 1 + Math.ceil(limit / 15) : 1 + Math.ceil(limit / (28 * 1440))
}

function reachesOf(base: Base | undefined): Reach[] {
  switch (base?.kind) {
    case 'previous_month':
      return [{ kind: 'months', from: 1, to: 1 }]
    case 'same_month_last_year':
      return [{ kind: 'months', from: 12, to: 12 }]
    case 'last_year_monthly_average':
    case 'city_last_year_average_per_group':
      return [{ kind: 'next_year' }]
    default:
      return []
  }
}

/** Facts whose columns place rows in the window: of the source, of further and of related rows. */
function placedRows(definition: IndicatorDefinition, catalogue: FactCatalogue) {
  const { source, measure } = definition
  const own: Expression[] =
    measure.kind === 'overdue'
      ? [measure.start]
      : measure.kind === 'overlap'
        ? [measure.from, measure.to]
        : definition.time === undefined
          ? []
          : [definition.time]
  const related = relatedOf(measure)?.related
  return [
    ...placedIn(source, own, catalogue),
    ...[...(definition.further ?? []), ...(related ? [related] : [])].flatMap((rows) =>
      placedIn(rows, rows.time === undefined ? [] : [rows.time], catalogue),
    ),
  ]
}

function placedIn(source: Source, times: readonly Expression[], catalogue: FactCatalogue) {
  const facts = new Map(
    [source, ...(source.joins ?? [])].map((each) => [aliasOf(each, catalogue, 'source'), each.fact]),
  )
  const columns = times.flatMap((time) => columnsIn(time))
  if (columns.length === 0) return [{ fact: source.fact, times: ['occurred_at'] }]
  const byAlias = Map.groupBy(columns, ([alias]) => alias)
  return [...byAlias].flatMap(([alias, own]) => {
    const fact = facts.get(alias)
    return fact === undefined ? [] : [{ fact, times: own.map(([, column]) => column) }]
  })
}

/** Columns that a value is made of, as alias and column. */
function columnsIn(value: unknown): (readonly [alias: string, column: string])[] {
  if (typeof value === 'string') {
    const [alias, column] = value.split('.')
    return alias && column ? [[alias, column]] : []
  }
  if (typeof value !== 'object' || value === null || 'value' in value || 'lookup' in value) return []
  return Object.values(value).flatMap((inner) => (Array.isArray(inner) ? inner : [inner]).flatMap(columnsIn))
}

/** How often each fact occurs in a definition, as source, join, lookup or question. */
function factsIn(value: unknown, found = new Map<string, number>()): Map<string, number> {
  if (typeof value !== 'object' || value === null) return found
  if ('fact' in value && typeof value.fact === 'string')
    found.set(value.fact, (found.get(value.fact) ?? 0) + 1)
  for (const inner of Object.values(value)) factsIn(inner, found)
  return found
}

/** The numbers of months by which a definition moves instants. */
function spansIn(value: unknown): Expression[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'addMonths' in value && Array.isArray(value.addMonths) ? [value.addMonths[1] as Expression] : []
  return [...own, ...Object.values(value).flatMap(spansIn)]
}
