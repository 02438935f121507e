/** What is measured, as aggregates over rows and as the fraction that a cell holds. */
import type { Measure, Related } from './definition.ts'
import type { Typed } from './expression.ts'
import { fault } from './fault.ts'
import type { Run } from './run.ts'

/** The number of rows; of rows that were counted before, the sum of those counts. */
const rowsFor = (weighted: boolean) => (filter: string) =>
  weighted ? `CAST(coalesce(sum(r.w)${filter}, 0) AS BIGINT)` : `count(*)${filter}`

/** Aggregates of one variant of rows (all measured rows, rows of the base, rows of the second test). */
function aggregates(
  measure: Measure,
  flag: string | null,
  prefix: string,
  rows: (filter: string) => string,
): Array<[string, string, 'sum' | 'max']> {
  const only = (...flags: Array<string | null>) => {
    const present = flags.filter(Boolean)
    return present.length > 0 ? ` FILTER (WHERE ${present.map((f) => `r.${f}`).join(' AND ')})` : ''
  }
  const sample: [string, string, 'sum'] = [`${prefix}sample`, rows(only(flag)), 'sum']
  switch (measure.kind) {
    case 'count':
    case 'share':
    case 'related':
      return [sample]
    case 'rate': {
      if (measure.distinct === undefined) return [[`${prefix}num`, rows(only(flag, 'n')), 'sum'], sample]
      return [
        [`${prefix}num`, `count(DISTINCT r.v)${only(flag, 'n')}`, 'sum'],
        [`${prefix}sample`, `count(DISTINCT r.v)${only(flag)}`, 'sum'],
      ]
    }
    case 'count_distinct':
      return [[`${prefix}num`, `count(DISTINCT r.v)${only(flag)}`, 'sum'], sample]
    case 'sum':
      return [[`${prefix}num`, `coalesce(sum(r.v)${only(flag)}, 0)`, 'sum'], sample]
    case 'average':
      // Rows without the value are no part of the mean.
      return [
        [`${prefix}num`, `coalesce(sum(r.v)${only(flag)}, 0)`, 'sum'],
        [`${prefix}sample`, `count(r.v)${only(flag)}`, 'sum'],
      ]
    case 'max':
      return [[`${prefix}num`, `max(r.v)${only(flag)}`, 'max'], sample]
    case 'least':
      return [
        [`${prefix}num`, rows(only(flag, 'n')), 'sum'],
        [`${prefix}num2`, rows(only(flag, 'k')), 'sum'],
        sample,
      ]
    default:
      return fault('measure.kind', 'is no measure of the language')
  }
}

export function allAggregates(run: Run) {
  const { measure, base, also, measured } = run.definition
  const rows = rowsFor(run.counted !== undefined)
  const list = aggregates(measure, measured ? 'm' : null, '', rows)
  if (base?.kind === 'other_rows') list.push(...aggregates(measure, 'b', 'b', rows))
  if (also) list.push(...aggregates(measure, also.filter ? 'a' : measured ? 'm' : null, 'a', rows))
  if (run.definition.judgedWhen)
    list.push(['unknown', rows(' FILTER (WHERE NOT coalesce(r.j, FALSE))'), 'sum'])
  list.push(['n_any', rows(''), 'sum'])
  return list
}

/** Column of the answer with a part of a related count. */
export const partColumn = (name: string) => `part_${name}`

export function relatedOf(measure: Measure): { related: Related; path: string } | null {
  if (measure.kind === 'share') return { related: measure.numerator, path: 'measure.numerator' }
  if (measure.kind === 'related') return { related: measure.of, path: 'measure.of' }
  return null
}

/** Numerator of the measure in a cell (`prefix` '' measured, 'b' base, 'a' second test). */
export function numerator(measure: Measure, alias: string, prefix: string): string {
  switch (measure.kind) {
    case 'count':
      return `${alias}.${prefix}sample`
    case 'least':
      return `least(${alias}.${prefix}num, ${alias}.${prefix}num2)`
    case 'share':
    case 'related':
      return 'coalesce(rel.num, 0)'
    default:
      return `${alias}.${prefix}num`
  }
}

/** Different values must not be added up over units or groups. */
export const countsDistinct = (measure: Measure) =>
  measure.kind === 'count_distinct' || (measure.kind === 'rate' && measure.distinct !== undefined)

/** Percent of a sample. */
export const isRate = (measure: Measure) => measure.kind === 'rate' || measure.kind === 'share'

/** Held as a sum over its sample: rates, and means. */
export const isFraction = (measure: Measure) => isRate(measure) || measure.kind === 'average'

export function numeric(typed: Typed, path: string): string {
  return typed.type === 'number' ? typed.sql : fault(path, `must be number, is ${typed.type}`)
}
