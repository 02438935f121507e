/** The rows that a statement reads: from which facts, which of them, with which flags. */
import type { Base, Condition, Dimension, Expression, FurtherRows, Source } from './definition.ts'
import type { Dialect } from './dialect.ts'
import { aliasOf, column, condition, from, type Scope, type Typed, value } from './expression.ts'
import { fault } from './fault.ts'
import { partColumn, relatedOf } from './measures.ts'
import { type Run, startOf } from './run.ts'
import { runScope } from './run-options.ts'
import { identifier, text, under, ZONE } from './sql.ts'

/** `from <= time < to`; on a plain column of PostgreSQL the constants are converted instead of the column. */
export function between(
  expression: Expression,
  scope: Scope,
  path: string,
  from: string | null,
  to: string | null,
): string {
  const plain = typeof expression === 'string' ? column(expression, scope, path) : null
  const convert = plain?.type === 'instant' && scope.dialect === 'postgres'
  const sql = convert ? plain.raw : value(expression, scope, path).sql
  const constant = (day: string) => (convert ? `(${startOf(day)} AT TIME ZONE '${ZONE}')` : startOf(day))
  const parts = [from && `${sql} >= ${constant(from)}`, to && `${sql} < ${constant(to)}`].filter(Boolean)
  return parts.length > 0 ? `(${parts.join(' AND ')})` : 'TRUE'
}

/**
 * A dimension as rows are grouped by it: in its own type, which is far cheaper to compare than its text. Digests are
 * bytes in one database and text in the other, and are text here.
 */
export function asKey(typed: Typed, dialect: Dialect): string {
  return typed.type === 'digest' && dialect === 'postgres' ? `encode(${typed.sql}, 'hex')` : typed.sql
}

/** A dimension as the answer shows it. */
export const shown = (alias: string, name: string) => `CAST(${alias}.${identifier(`d_${name}`)} AS VARCHAR)`

interface Rows {
  /** SELECT list and FROM … WHERE of the source's rows. */
  readonly select: string
  readonly scope: Scope
  readonly alias: string
}

/** Does the base compare with other groups of the city, so that rows outside the scope are needed? */
const needsCity = (base: Base | undefined) =>
  base?.kind === 'pooled' ||
  base?.kind === 'others_average' ||
  base?.kind === 'city_last_year_average_per_group'

/** Rows outside the scope that need not be read. */
function scopeOfRows(run: Run, unit: string): string {
  const { definition, options } = run
  if (!options.scope || definition.allUnits) return 'TRUE'
  if (!needsCity(definition.base)) return under(unit, options.scope)
  if (options.city === 'all') return 'TRUE'
  const city = /^(\/[^/]+\/[^/]+\/)/.exec(options.scope)?.[1]
  return under(unit, city ?? options.scope)
}

/** What of a definition, or of its further rows, says which rows to read. */
interface RowSource {
  readonly source: Source
  readonly filter: Condition | undefined
  readonly time: Expression | undefined
  readonly dimensions: readonly Dimension[]
  /** Where it stands in the definition: `` or `further[0].`. */
  readonly at: string
}

/** The source's rows, and further ones, with their flags: id, u (unit), t (local time), d_* (dimensions) and the given extra columns. */
export function rowsOf(run: Run, extra: Extra, range: Range): Rows {
  const { definition, dimensions } = run
  const { source, filter, time, further } = definition
  const own = selectRows(run, { source, filter, time, dimensions, at: '' }, extra, range)
  if (!further) return own
  if (
    definition.measure.kind !== 'count' ||
    definition.measured ||
    definition.also?.filter ||
    definition.base
  )
    fault('further', 'can only be counted, all of them and without a base')
  const selects = further.map((rows, i) => {
    const at = `further[${i}].`
    const named = alikeDimensions(run, own.scope, rows, at)
    return selectRows(
      run,
      { ...rows, source: rows, filter: rows.filter, time: rows.time, dimensions: named, at },
      extra,
      range,
    )
  })
  return { ...own, select: [own, ...selects].map((rows) => rows.select).join(' UNION ALL ') }
}

/** Rows of one source, taken apart: what several definitions share is told by comparing the parts. */
export interface RowParts {
  /** FROM clause. */
  readonly from: string
  /** `id`, `u` (unit), `t` (local time), `d_*` (dimensions), then the extra ones: name and SQL. */
  readonly columns: ReadonlyArray<readonly [name: string, sql: string]>
  /** Which times; `TRUE` for all. */
  readonly range: string
  /** Which units may be left out; `TRUE` for none. */
  readonly within: string
  /** The definition's own filter: all of these conditions. */
  readonly filters: readonly string[]
  readonly scope: Scope
  readonly alias: string
}

type Extra = (scope: Scope) => Array<readonly [name: string, sql: string]>
type Range = (time: Expression, scope: Scope) => string

function partsOfSource(
  run: Run,
  { source: wanted, filter, time: moment, dimensions, at }: RowSource,
  extra: Extra,
  range: Range,
): RowParts {
  const { definition, catalogue, options } = run
  const path = at === '' ? 'source' : at.slice(0, -1)
  const alias = aliasOf(wanted, catalogue, path)
  const unit = `${identifier(alias)}."unit_path"`
  const needs = (name: string) => run.needs.add(name)
  const source = from(wanted, runScope(definition, catalogue, options, unit, needs), path)
  const { scope } = source
  column(`${alias}.unit_path`, scope, path)
  const time = moment ?? `${alias}.occurred_at`
  const t = value(time, scope, `${at}time`)
  if (t.type !== 'instant') fault(`${at}time`, `must be instant, is ${t.type}`)
  return {
    from: source.from,
    columns: [
      ['id', `${identifier(alias)}."id"`],
      ['u', unit],
      ['t', t.sql],
      ...(definition.further ? [['f', text(wanted.fact)] as const] : []),
      ...dimensions.map(
        (d, i) =>
          [`d_${d.name}`, asKey(value(d.of, scope, `${at}dimensions[${i}].of`), options.dialect)] as const,
      ),
      ...extra(scope),
    ],
    range: range(time, scope),
    within: scopeOfRows(run, unit),
    filters: filter ? conditionsOf(filter, scope, `${at}filter`) : [],
    scope,
    alias: source.alias,
  }
}

/** The conditions that must all hold, each by itself. */
function conditionsOf(filter: Condition, scope: Scope, path: string): string[] {
  const keys = typeof filter === 'object' && filter !== null ? Object.keys(filter) : []
  const parts = keys.length === 1 && keys[0] === 'and' ? (filter as { and: unknown }).and : null
  if (!Array.isArray(parts) || parts.length === 0) return [condition(filter, scope, path)]
  return parts.flatMap((part: Condition, i) => conditionsOf(part, scope, `${path}.and[${i}]`))
}

function selectRows(run: Run, source: RowSource, extra: Extra, range: Range): Rows {
  const parts = partsOfSource(run, source, extra, range)
  if (source.at === '') run.observe?.(parts)
  const where = [parts.range, parts.within, ...parts.filters].filter((part) => part !== 'TRUE')
  const list = parts.columns.map(([name, sql]) => `${sql} AS ${identifier(name)}`).join(', ')
  const select = `SELECT ${list} FROM ${parts.from}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`
  return { select, scope: parts.scope, alias: parts.alias }
}

/** The definition's dimensions as other rows name them, of the same types. */
function alikeDimensions(run: Run, own: Scope, rows: FurtherRows, at: string): Dimension[] {
  const { scope } = from(rows, { ...own, tables: new Map(), needs: undefined }, at.slice(0, -1))
  return run.dimensions.map((dimension, n) => {
    const i = rows.dimensions.findIndex((d) => d.name === dimension.name)
    if (i < 0) fault(`${at}dimensions`, `lacks ${dimension.name}`)
    const found = rows.dimensions[i]!
    const { type } = value(dimension.of, own, `dimensions[${n}].of`, false)
    const of = value(found.of, scope, `${at}dimensions[${i}].of`, false)
    if (of.type !== type) fault(`${at}dimensions[${i}].of`, `must be ${type}, is ${of.type}`)
    return found
  })
}

/** Flags of rows that the measure needs: j judged, m measured, b base, a also, n numerator, k second count, v value. */
export function flagsOf(run: Run) {
  const { definition } = run
  const { measure, base, also } = definition
  return (scope: Scope): Array<readonly [string, string]> => {
    const columns: Array<readonly [string, string]> = []
    const flag = (name: string, where: Parameters<typeof condition>[0] | undefined, path: string) => {
      if (where) columns.push([name, condition(where, scope, path)])
    }
    flag('j', definition.judgedWhen, 'judgedWhen')
    flag('m', definition.measured, 'measured')
    if (base?.kind === 'other_rows') flag('b', base.filter, 'base.filter')
    flag('a', also?.filter, 'also.filter')
    if (measure.kind === 'rate') flag('n', measure.numerator, 'measure.numerator')
    if (measure.kind === 'least') {
      flag('n', measure.of[0], 'measure.of[0]')
      flag('k', measure.of[1], 'measure.of[1]')
    }
    if (measure.kind === 'count_distinct') columns.push(['v', value(measure.of, scope, 'measure.of').sql])
    if (measure.kind === 'rate' && measure.distinct !== undefined) {
      columns.push(['v', value(measure.distinct, scope, 'measure.distinct').sql])
    }
    if (measure.kind === 'sum' || measure.kind === 'max' || measure.kind === 'average') {
      const of = value(measure.of, scope, 'measure.of')
      if (of.type !== 'number') fault('measure.of', `must be number, is ${of.type}`)
      columns.push(['v', of.sql])
    }
    return columns
  }
}

/** Rows of another fact counted into the same groups. */
export function relatedRows(run: Run, first: string, end = run.end): string | null {
  const found = relatedOf(run.definition.measure)
  if (!found) return null
  const { related, path } = found
  const { definition, catalogue, options } = run
  const alias = aliasOf(related, catalogue, path)
  const unitColumn = related.unit ?? `${alias}.unit_path`
  if (typeof unitColumn !== 'string') fault(`${path}.unit`, 'must be a column')
  const [unitAlias, unitField] = unitColumn.split('.') as [string, string]
  const unit = `${identifier(unitAlias)}.${identifier(unitField)}`
  const source = from(
    related,
    runScope(definition, catalogue, options, unit, (name) => run.needs.add(name)),
    path,
  )
  column(unitColumn, source.scope, `${path}.unit`)
  const time = related.time ?? `${alias}.occurred_at`
  const columns = [
    `${identifier(alias)}."id" AS id`,
    `${unit} AS u`,
    `${value(time, source.scope, `${path}.time`).sql} AS t`,
  ]
  const own = from(definition.source, runScope(definition, catalogue, options, unit), 'source').scope
  for (const [i, dimension] of alikeDimensions(run, own, related, `${path}.`).entries()) {
    const of = value(dimension.of, source.scope, `${path}.dimensions[${i}].of`)
    columns.push(`${asKey(of, options.dialect)} AS ${identifier(`d_${dimension.name}`)}`)
  }
  for (const [i, { name, where }] of (related.parts ?? []).entries())
    columns.push(
      `${condition(where, source.scope, `${path}.parts[${i}].where`)} AS ${identifier(partColumn(name))}`,
    )
  if (related.distinct) columns.push(`${value(related.distinct, source.scope, `${path}.distinct`).sql} AS v`)
  const where = [between(time, source.scope, `${path}.time`, first, end), scopeOfRows(run, unit)]
  if (related.filter) where.push(condition(related.filter, source.scope, `${path}.filter`))
  return `SELECT ${columns.join(', ')} FROM ${source.from} WHERE ${where.filter((w) => w !== 'TRUE').join(' AND ')}`
}
