/**
 * Post-hoc evaluation: one definition, one period → one statement, one row per judged group. The statement reads its
 * source once; bases come from the small table of cells (group × day or month) that this scan leaves.
 *
 * Comparisons are exact: rates, averages and growth are kept as fractions and compared crosswise, so that a difference
 * of exactly ten points is not more than ten points in either database.
 */
import type { FactCatalogue } from './catalogue.ts'
import { monthStart, shiftDays, shiftMonths } from './days.ts'
import type { Base, Dimension, Expression, IndicatorDefinition, Measure, Related } from './definition.ts'
import { assertShape } from './definition-shape.ts'
import { aliasOf, column, condition, from, plusMonths, type Scope, type Typed, value } from './expression.ts'
import { fault } from './fault.ts'
import { checkOptions, dimensionsOf, greatestValue, type PostHocOptions, runScope } from './run-options.ts'
import { cityOf, type Dialect, double, identifier, text, under, ZONE } from './sql.ts'

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
  readonly unjudged: 'no_base' | 'small_sample' | 'no_threshold' | null
  readonly [dimension: string]: unknown
}

/** Everything the parts of a statement need to know. */
export interface Run {
  readonly definition: IndicatorDefinition
  readonly catalogue: FactCatalogue
  readonly options: PostHocOptions
  readonly dimensions: readonly Dimension[]
  readonly window: 'day' | 'month' | 'period' | 'rolling'
  /** First day of rows that are judged. */
  readonly first: string
  /** Day after the last. */
  readonly end: string
  readonly needs: Set<string>
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
  const first = window === 'month' ? monthStart(options.period.from) : options.period.from
  return {
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

/** The whole statement of a run; also tells `run.needs`. */
export function statementOf(run: Run): string {
  const kind = run.definition.measure.kind
  if (kind === 'overdue') return overdueStatement(run)
  const cells =
    kind === 'overlap' ? overlapCells(run) : run.window === 'rolling' ? rollingCells(run) : calendarCells(run)
  return judge(run, cells)
}

// ---- rows -----------------------------------------------------------------------------------------------------------

/** A local timestamp constant at the start of a day. */
export const startOf = (day: string) => `TIMESTAMP '${day} 00:00:00'`

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

function asText(typed: Typed, dialect: Dialect): string {
  if (typed.type === 'text') return typed.sql
  if (typed.type === 'digest' && dialect === 'postgres') return `encode(${typed.sql}, 'hex')`
  return `CAST(${typed.sql} AS VARCHAR)`
}

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

/** Group key columns `d_<name>`, as the source stores them. */
const keyNames = (run: Run) => run.dimensions.map((d) => `d_${d.name}`)

/** The source's rows with their flags: id, u (unit), t (local time), d_* (dimensions) and the given extra columns. */
export function rowsOf(
  run: Run,
  extra: (scope: Scope) => Array<readonly [name: string, sql: string]>,
  range: (time: Expression, scope: Scope) => string,
): Rows {
  const { definition, catalogue, options } = run
  const alias = aliasOf(definition.source, catalogue, 'source')
  const unit = `${identifier(alias)}."unit_path"`
  const needs = (name: string) => run.needs.add(name)
  const source = from(definition.source, runScope(definition, catalogue, options, unit, needs), 'source')
  const { scope } = source
  column(`${alias}.unit_path`, scope, 'source')
  const time = definition.time ?? `${alias}.occurred_at`
  const t = value(time, scope, 'time')
  if (t.type !== 'instant') fault('time', `must be instant, is ${t.type}`)
  const columns: Array<readonly [string, string]> = [
    ['id', `${identifier(alias)}."id"`],
    ['u', unit],
    ['t', t.sql],
    ...run.dimensions.map(
      (d, i) => [`d_${d.name}`, asText(value(d.of, scope, `dimensions[${i}].of`), options.dialect)] as const,
    ),
    ...extra(scope),
  ]
  const where = [
    range(time, scope),
    scopeOfRows(run, unit),
    definition.filter ? condition(definition.filter, scope, 'filter') : 'TRUE',
  ].filter((part) => part !== 'TRUE')
  const list = columns.map(([name, sql]) => `${sql} AS ${identifier(name)}`).join(', ')
  const select = `SELECT ${list} FROM ${source.from}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`
  return { select, scope, alias: source.alias }
}

/** Flags of rows that the measure needs: m measured, b base, a also, n numerator, k second count, v value. */
export function flagsOf(run: Run) {
  const { definition } = run
  const { measure, base, also } = definition
  return (scope: Scope): Array<readonly [string, string]> => {
    const columns: Array<readonly [string, string]> = []
    const flag = (name: string, where: Parameters<typeof condition>[0] | undefined, path: string) => {
      if (where) columns.push([name, condition(where, scope, path)])
    }
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
    if (measure.kind === 'sum' || measure.kind === 'max') {
      const of = value(measure.of, scope, 'measure.of')
      if (of.type !== 'number') fault('measure.of', `must be number, is ${of.type}`)
      columns.push(['v', of.sql])
    }
    return columns
  }
}

// ---- cells ----------------------------------------------------------------------------------------------------------

/** CTEs ending in `cells`: city, u, d_*, bucket, num, sample and, where asked, bnum, bsample, anum, asample, n_any. */
interface Cells {
  readonly ctes: string
}

/** Aggregates of one variant of rows (all measured rows, rows of the base, rows of the second test). */
function aggregates(
  measure: Measure,
  flag: string | null,
  prefix: string,
): Array<[string, string, 'sum' | 'max']> {
  const only = (...flags: Array<string | null>) => {
    const present = flags.filter(Boolean)
    return present.length > 0 ? ` FILTER (WHERE ${present.map((f) => `r.${f}`).join(' AND ')})` : ''
  }
  const sample: [string, string, 'sum'] = [`${prefix}sample`, `count(*)${only(flag)}`, 'sum']
  switch (measure.kind) {
    case 'count':
    case 'share':
    case 'related':
      return [sample]
    case 'rate': {
      if (measure.distinct === undefined)
        return [[`${prefix}num`, `count(*)${only(flag, 'n')}`, 'sum'], sample]
      return [
        [`${prefix}num`, `count(DISTINCT r.v)${only(flag, 'n')}`, 'sum'],
        [`${prefix}sample`, `count(DISTINCT r.v)${only(flag)}`, 'sum'],
      ]
    }
    case 'count_distinct':
      return [[`${prefix}num`, `count(DISTINCT r.v)${only(flag)}`, 'sum'], sample]
    case 'sum':
      return [[`${prefix}num`, `coalesce(sum(r.v)${only(flag)}, 0)`, 'sum'], sample]
    case 'max':
      return [[`${prefix}num`, `max(r.v)${only(flag)}`, 'max'], sample]
    case 'least':
      return [
        [`${prefix}num`, `count(*)${only(flag, 'n')}`, 'sum'],
        [`${prefix}num2`, `count(*)${only(flag, 'k')}`, 'sum'],
        sample,
      ]
    default:
      return fault('measure.kind', 'is no measure of the language')
  }
}

function allAggregates(run: Run) {
  const { measure, base, also, measured } = run.definition
  const list = aggregates(measure, measured ? 'm' : null, '')
  if (base?.kind === 'other_rows') list.push(...aggregates(measure, 'b', 'b'))
  if (also) list.push(...aggregates(measure, also.filter ? 'a' : measured ? 'm' : null, 'a'))
  list.push(['n_any', 'count(*)', 'sum'])
  return list
}

/** The city of a group, or the constant that stands for it. */
export function cityExpression(run: Run, unit: string): string {
  if (run.definition.allUnits || run.options.city === 'all') return `'/'`
  return cityOf(unit)
}

function bucketOf(run: Run, time: string): string {
  if (run.window === 'month') return `CAST(date_trunc('month', ${time}) AS DATE)`
  if (run.window === 'day') return `CAST(${time} AS DATE)`
  return `DATE '${run.first}'`
}

const BASE_MONTHS: Partial<Record<Base['kind'], number>> = { previous_month: 1, same_month_last_year: 12 }

/** First day of rows that the base needs. */
function firstForBase(run: Run): string {
  const base = run.definition.base
  if (!base) return run.first
  const months = BASE_MONTHS[base.kind]
  const yearly = base.kind === 'last_year_monthly_average' || base.kind === 'city_last_year_average_per_group'
  if ((months || yearly) && run.window !== 'month') fault('base.kind', `${base.kind} needs a window by month`)
  if (months) return shiftMonths(run.first, -months)
  return yearly ? `${Number(run.first.slice(0, 4)) - 1}-01-01` : run.first
}

/** Fold partial sums by unit into cells by city; skips a level where distinct values must not be added up. */
function cellsFrom(run: Run, rows: string, bucket: string): string {
  const keys = keyNames(run)
  const list = allAggregates(run)
  const additive = !countsDistinct(run.definition.measure)
  const lastUnit = run.definition.allUnits ? '(array_agg(r.u ORDER BY r.t DESC, r.id DESC))[1]' : 'min(r.u)'
  const names = keys.map((key) => `r.${key}`)
  if (!additive || run.definition.allUnits) {
    const city = cityExpression(run, 'r.u')
    const group = [city, bucket, ...names].map((_, i) => i + 1).join(', ')
    return `SELECT ${[`${city} AS city`, `${bucket} AS bucket`, ...names, `${lastUnit} AS u`, ...list.map(([n, sql]) => `${sql} AS ${n}`)].join(', ')} FROM (${rows}) AS r GROUP BY ${group}`
  }
  const parts = `SELECT ${[`r.u`, `${bucket} AS bucket`, ...names, ...list.map(([n, sql]) => `${sql} AS ${n}`)].join(', ')} FROM (${rows}) AS r GROUP BY ${['u', 'b', ...names].map((_, i) => i + 1).join(', ')}`
  const city = cityExpression(run, 'p.u')
  const outer = keys.map((key) => `p.${key}`)
  const folded = list.map(([n, , merge]) => `${merge}(p.${n}) AS ${n}`)
  return `SELECT ${[`${city} AS city`, 'p.bucket', ...outer, 'min(p.u) AS u', ...folded].join(', ')} FROM (${parts}) AS p GROUP BY ${['c', 'b', ...outer].map((_, i) => i + 1).join(', ')}`
}

function calendarCells(run: Run): Cells {
  const rows = rowsOf(run, flagsOf(run), (time, scope) =>
    between(time, scope, 'time', firstForBase(run), run.end),
  )
  return { ctes: `cells AS (${cellsFrom(run, rows.select, bucketOf(run, 'r.t'))})${relatedCte(run)}` }
}

function relatedOf(measure: Measure): { related: Related; path: string } | null {
  if (measure.kind === 'share') return { related: measure.numerator, path: 'measure.numerator' }
  if (measure.kind === 'related') return { related: measure.of, path: 'measure.of' }
  return null
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
  for (const dimension of run.dimensions) {
    const i = related.dimensions.findIndex((d) => d.name === dimension.name)
    if (i < 0) fault(`${path}.dimensions`, `lacks ${dimension.name}`)
    const of = value(related.dimensions[i]!.of, source.scope, `${path}.dimensions[${i}].of`)
    columns.push(`${asText(of, options.dialect)} AS ${identifier(`d_${dimension.name}`)}`)
  }
  if (related.distinct) columns.push(`${value(related.distinct, source.scope, `${path}.distinct`).sql} AS v`)
  const where = [between(time, source.scope, `${path}.time`, first, end), scopeOfRows(run, unit)]
  if (related.filter) where.push(condition(related.filter, source.scope, `${path}.filter`))
  return `SELECT ${columns.join(', ')} FROM ${source.from} WHERE ${where.filter((w) => w !== 'TRUE').join(' AND ')}`
}

function relatedCte(run: Run): string {
  const rows = relatedRows(run, firstForBase(run))
  if (!rows) return ''
  const found = relatedOf(run.definition.measure)!
  const keys = keyNames(run).map((key) => `r.${key}`)
  const head = [`${cityExpression(run, 'r.u')} AS city`, `${bucketOf(run, 'r.t')} AS bucket`, ...keys]
  const count = found.related.distinct ? 'count(DISTINCT r.v)' : 'count(*)'
  return `,\nrel AS (SELECT ${[...head, `${count} AS num`].join(', ')} FROM (${rows}) AS r GROUP BY ${head.map((_, i) => i + 1).join(', ')})`
}

/** Windows ending with each day of the period on which the group has a row; the greatest measure per group is kept. */
function rollingCells(run: Run): Cells {
  const { definition } = run
  if (definition.window.kind !== 'rolling') fault('window.kind', 'must be rolling')
  const { months } = definition.window
  const back = months === undefined ? null : earliestMonth(run, months)
  const rows = rowsOf(
    run,
    (scope) => [
      ...flagsOf(run)(scope),
      ...(months === undefined ? [] : [['w', value(months, scope, 'window.months').sql] as const]),
    ],
    (time, scope) => between(time, scope, 'time', back, run.end),
  )
  const keys = keyNames(run)
  const present = keys.map((key) => `r.${key} IS NOT NULL`)
  const city = cityExpression(run, 'r.u')
  const ends = `SELECT DISTINCT ${[`${city} AS city`, ...keys.map((k) => `r.${k}`), 'CAST(r.t AS DATE) AS bucket'].join(', ')} FROM src AS r WHERE ${[...present, `r.t >= ${startOf(run.first)}`, ...(definition.measured ? ['r.m'] : [])].join(' AND ')}`
  const next = `(e.bucket + INTERVAL '1 day')`
  const joins = [`${city} = e.city`, ...keys.map((key) => `r.${key} = e.${key}`), `r.t < ${next}`]
  if (months !== undefined) joins.push(`r.t >= ${plusMonths(next, '(-r.w)', { localTime: true })}`)
  const heads = ['e.city', 'e.bucket', ...keys.map((key) => `e.${key}`)]
  const sums = allAggregates(run).map(([name, sql]) => `${sql} AS ${name}`)
  const all = `SELECT ${[...heads, 'max(r.u) FILTER (WHERE CAST(r.t AS DATE) = e.bucket) AS u', ...sums].join(', ')} FROM ends AS e JOIN src AS r ON ${joins.join(' AND ')} GROUP BY ${heads.map((_, i) => i + 1).join(', ')}`
  const rank = `row_number() OVER (PARTITION BY ${['w.city', ...keys.map((key) => `w.${key}`)].join(', ')} ORDER BY ${numerator(definition.measure, 'w', '')} DESC, w.bucket DESC) AS place`
  return {
    ctes: `src AS (${rows.select}),\nends AS (${ends}),\nwindows AS (${all}),\ncells AS (SELECT * FROM (SELECT w.*, ${rank} FROM windows AS w) AS ranked WHERE place = 1)`,
  }
}

/** First day any window reaches back to; null when the length is no plain number or parameter. */
function earliestMonth(run: Run, months: Expression): string | null {
  const { definition, options } = run
  const length =
    typeof months === 'number'
      ? months
      : typeof months === 'object' && 'param' in months
        ? greatestValue(definition, options, months.param)
        : null
  return length === null ? null : shiftDays(shiftMonths(run.first, -length), -1)
}

/**
 * Most different values at one moment. Overlapping intervals of one value are first merged, then a running sum over
 * starts and ends counts exactly the different values; ends come before starts at the same moment (half-open).
 */
function overlapCells(run: Run): Cells {
  const keys = keyNames(run)
  const key = (alias: string) => ['city', ...keys].map((name) => `${alias}.${name}`).join(', ')
  return {
    ctes: `${overlapLevels(run)},
peak AS (SELECT ${key('r')}, max(r.n) AS num FROM level AS r GROUP BY ${key('r')}),
size AS (SELECT ${key('r')}, min(r.u) AS u, count(*) AS sample FROM src AS r GROUP BY ${key('r')}),
cells AS (SELECT p.*, s.u, s.sample, s.sample AS n_any, DATE '${run.first}' AS bucket FROM peak AS p JOIN size AS s ON ${['city', ...keys].map((name) => `p.${name} IS NOT DISTINCT FROM s.${name}`).join(' AND ')})`,
  }
}

/** CTEs from intervals (`src`) to the number of different values at each moment (`level`). */
function overlapLevels(run: Run, only: readonly string[] = []): string {
  const { measure } = run.definition
  if (measure.kind !== 'overlap') fault('measure.kind', 'must be overlap')
  if (run.window !== 'period') fault('window.kind', 'overlap is measured over the period of the run')
  const rows = rowsOf(
    run,
    (scope) => {
      const start = value(measure.from, scope, 'measure.from')
      const stop = value(measure.to, scope, 'measure.to')
      if (start.type !== 'instant' || stop.type !== 'instant')
        fault('measure', 'from and to must be instants')
      const of = value(measure.of, scope, 'measure.of')
      return [
        ['v', asText(of, scope.dialect)],
        ['f', `greatest(${start.sql}, ${startOf(run.first)})`],
        ['g', stop.sql],
      ]
    },
    (_time, scope) =>
      [
        between(measure.from, scope, 'measure.from', null, run.end),
        between(measure.to, scope, 'measure.to', run.first, null),
        `${value(measure.from, scope, 'measure.from').sql} < ${value(measure.to, scope, 'measure.to').sql}`,
      ].join(' AND '),
  )
  const keys = keyNames(run)
  const key = (alias: string) => ['city', ...keys].map((name) => `${alias}.${name}`).join(', ')
  const own = `PARTITION BY ${key('r')}, r.v ORDER BY r.f, r.g, r.id`
  const kept = ['r.v IS NOT NULL', 'r.f < r.g', ...only].join(' AND ')
  return `src AS (SELECT r.*, ${cityExpression(run, 'r.u')} AS city FROM (${rows.select}) AS r WHERE ${kept}),
reach AS (SELECT r.*, max(r.g) OVER (${own} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM src AS r),
island AS (SELECT r.*, sum(CASE WHEN r.before IS NULL OR r.f >= r.before THEN 1 ELSE 0 END) OVER (${own} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS nr FROM reach AS r),
merged AS (SELECT ${key('r')}, r.v, r.nr, min(r.f) AS f, max(r.g) AS g FROM island AS r GROUP BY ${key('r')}, r.v, r.nr),
edge AS (SELECT ${key('r')}, r.f AS moment, 1 AS step FROM merged AS r UNION ALL SELECT ${key('r')}, r.g, -1 FROM merged AS r),
level AS (SELECT ${key('r')}, r.moment, sum(r.step) OVER (PARTITION BY ${key('r')} ORDER BY r.moment, r.step ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n FROM edge AS r)`
}

/** The facts whose intervals contain the first moment of the greatest overlap of one group. */
export function overlapPeak(run: Run, only: readonly string[]): string {
  const moment = '(SELECT l.moment FROM level AS l ORDER BY l.n DESC, l.moment LIMIT 1)'
  return `SELECT * FROM (WITH ${overlapLevels(run, only)} SELECT ${text(run.definition.source.fact)} AS fact, r.id, r.t, r.u, 'counted' AS role FROM src AS r WHERE r.f <= ${moment} AND r.g > ${moment}) AS peak`
}

// ---- judging --------------------------------------------------------------------------------------------------------

/** Numerator of the measure in a cell (`prefix` '' measured, 'b' base, 'a' second test). */
function numerator(measure: Measure, alias: string, prefix: string): string {
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
const countsDistinct = (measure: Measure) =>
  measure.kind === 'count_distinct' || (measure.kind === 'rate' && measure.distinct !== undefined)

const isRate = (measure: Measure) => measure.kind === 'rate' || measure.kind === 'share'

/** Base of a cell as SQL: numerator, denominator, sample, and the joins it takes. */
interface BaseParts {
  readonly num: string
  readonly den: string
  readonly sample: string
  readonly joins: string
}

function baseOf(run: Run): BaseParts | null {
  const { base, measure } = run.definition
  if (!base) return null
  const keys = keyNames(run)
  const group = ['c.city', ...keys.map((key) => `c.${key}`)]
  const rate = isRate(measure)
  const den = (alias: string, prefix = '') => (rate ? `${alias}.${prefix}sample` : '1')
  const equal = (other: string) =>
    [`${other}.city = c.city`, ...keys.map((key) => `${other}.${key} = c.${key}`)].join(' AND ')
  const present = keys.map((key) => `c.${key} IS NOT NULL`).join(' AND ') || 'TRUE'
  const over = (keep: readonly string[]) => {
    for (const name of keep)
      if (!keys.includes(`d_${name}`)) fault('base.keep', `${name} is no dimension of this run`)
    return `OVER (PARTITION BY ${['c.city', 'c.bucket', ...keep.map((name) => `c.d_${name}`)].join(', ')})`
  }
  if (relatedOf(measure)) fault('base', 'a measure of related rows has no base yet')
  switch (base.kind) {
    case 'previous_month':
    case 'same_month_last_year': {
      const shift = `CAST(c.bucket - INTERVAL '${BASE_MONTHS[base.kind]} month' AS DATE)`
      return {
        num: numerator(measure, 'p', ''),
        den: den('p'),
        sample: 'p.sample',
        joins: `LEFT JOIN cells AS p ON ${equal('p')} AND p.bucket = ${shift}`,
      }
    }
    case 'last_year_monthly_average': {
      if (rate) fault('base.kind', 'a monthly average is taken of counts, not of rates')
      const years = `SELECT ${group.join(', ')}, extract(year FROM c.bucket) AS y, sum(${numerator(measure, 'c', '')}) AS num, sum(c.sample) AS sample FROM cells AS c GROUP BY ${[...group, 'y'].map((_, i) => i + 1).join(', ')}`
      return {
        num: 'p.num',
        den: '12',
        sample: 'p.sample',
        joins: `LEFT JOIN (${years}) AS p ON ${equal('p')} AND p.y = extract(year FROM c.bucket) - 1`,
      }
    }
    case 'city_last_year_average_per_group': {
      if (rate) fault('base.kind', 'a monthly average is taken of counts, not of rates')
      const groups = `SELECT ${group.join(', ')}, extract(year FROM c.bucket) AS y, sum(${numerator(measure, 'c', '')}) AS num, sum(c.sample) AS sample FROM cells AS c WHERE ${present} GROUP BY ${[...group, 'y'].map((_, i) => i + 1).join(', ')}`
      return {
        num: 'p.num',
        den: '(12 * p.n)',
        sample: 'p.sample',
        joins: `LEFT JOIN (SELECT g.city, g.y, sum(g.num) AS num, sum(g.sample) AS sample, count(*) AS n FROM (${groups}) AS g GROUP BY 1, 2) AS p ON p.city = c.city AND p.y = extract(year FROM c.bucket) - 1`,
      }
    }
    case 'pooled': {
      if (countsDistinct(measure) || measure.kind === 'max')
        fault('base.kind', `${measure.kind} cannot be pooled`)
      const w = over(base.keep)
      const pooledDen = rate ? `sum(c.sample) ${w}` : '1'
      return {
        num: `sum(${numerator(measure, 'c', '')}) ${w}`,
        den: pooledDen,
        sample: `sum(c.sample) ${w}`,
        joins: '',
      }
    }
    case 'others_average': {
      if (rate) fault('base.kind', 'the others’ average is taken of counts, not of rates')
      const w = over(base.keep)
      const own = numerator(measure, 'c', '')
      const only = `FILTER (WHERE ${present})`
      return {
        num: `(sum(${own}) ${only} ${w} - ${own})`,
        den: `(count(*) ${only} ${w} - 1)`,
        sample: `sum(c.sample) ${only} ${w}`,
        joins: '',
      }
    }
    case 'other_rows':
      return { num: numerator(measure, 'c', 'b'), den: den('c', 'b'), sample: 'c.bsample', joins: '' }
    default:
      return fault('base.kind', 'is no base of the language')
  }
}

/** Exact comparison of fractions: measured against threshold, growth, or difference, all multiplied out. */
function fires(run: Run, comparison: string, side: 'measured' | 'also'): string {
  const { unit, measure, base } = run.definition
  const factor = isRate(measure) ? '100 * ' : ''
  if (side === 'also') return `(${factor}v.anum ${comparison} v.also_threshold * v.aden)`
  if (!base) return `(${factor}v.num ${comparison} v.threshold * v.den)`
  const difference = '100 * (v.num * v.bden - v.bnum * v.den)'
  if (unit === 'percent_growth') return `(${difference} ${comparison} v.threshold * v.bnum * v.den)`
  if (unit === 'percentage_points' && isRate(measure))
    return `(${difference} ${comparison} v.threshold * v.den * v.bden)`
  return fault('unit', `${unit} cannot be compared with a base of this measure`)
}

const COMPARISONS = new Set(['>', '>=', '<', '<='])

function comparisonOf(comparison: unknown, path: string): string {
  return COMPARISONS.has(comparison as string)
    ? (comparison as string)
    : fault(path, 'must be >, >=, < or <=')
}

function judge(run: Run, cells: Cells): string {
  const { definition, options, catalogue } = run
  const { measure, also } = definition
  const keys = keyNames(run)
  const scope = runScope(definition, catalogue, options, 'c.u')
  const threshold = numeric(value(definition.threshold, scope, 'threshold'), 'threshold')
  const alsoThreshold = also
    ? numeric(value(also.threshold, scope, 'also.threshold'), 'also.threshold')
    : null
  const minimum = scope.parameter('minimum_sample', 'minimumSample').sql
  const base = baseOf(run)
  const rate = isRate(measure)
  const alsoSample = also ? 'c.asample' : 'NULL'
  const columns = [
    ...['c.city', 'c.bucket', 'c.u', ...keys.map((key) => `c.${key}`)],
    `${double(numerator(measure, 'c', ''))} AS num`,
    `${double(rate ? 'c.sample' : '1')} AS den`,
    `${double('c.sample')} AS sample`,
    `${double(base?.num ?? 'NULL')} AS bnum`,
    `${double(base?.den ?? 'NULL')} AS bden`,
    `${double(base?.sample ?? 'NULL')} AS bsample`,
    `${double(also ? numerator(measure, 'c', 'a') : 'NULL')} AS anum`,
    `${double(also ? (rate ? 'c.asample' : '1') : 'NULL')} AS aden`,
    `${double(alsoSample)} AS asample`,
    `${double(threshold)} AS threshold`,
    `${double(alsoThreshold ?? 'NULL')} AS also_threshold`,
    `${double(minimum)} AS minimum_sample`,
  ]
  const related = relatedOf(measure)
    ? ` LEFT JOIN rel ON rel.city = c.city AND rel.bucket = c.bucket${keys.map((key) => ` AND rel.${key} = c.${key}`).join('')}`
    : ''
  const valued = `SELECT ${columns.join(', ')} FROM cells AS c${related}${base ? ` ${base.joins}` : ''}`
  const kept = [
    ...keys.map((key) => `v.${key} IS NOT NULL`),
    'v.sample > 0',
    `v.bucket >= DATE '${run.first}'`,
    ...(options.scope ? [under('v.u', options.scope)] : []),
  ]
  const hundred = rate ? '100 * ' : ''
  const baseKnown = base
    ? definition.unit === 'percent_growth'
      ? '(v.bden > 0 AND v.bnum > 0)'
      : '(v.bden > 0)'
    : 'TRUE'
  const enough = ['v.sample >= v.minimum_sample']
  if (base && rate) enough.push('coalesce(v.bsample, 0) >= v.minimum_sample')
  if (also && rate) enough.push('v.asample >= v.minimum_sample')
  const main = fires(run, comparisonOf(definition.comparison, 'comparison'), 'measured')
  const second = also ? fires(run, comparisonOf(also.comparison, 'also.comparison'), 'also') : null
  const fired = second ? `(${main} ${also!.how === 'either' ? 'OR' : 'AND'} ${second})` : main
  const thresholds = also
    ? `(v.threshold IS NOT NULL ${also.how === 'either' ? 'OR' : 'AND'} v.also_threshold IS NOT NULL)`
    : '(v.threshold IS NOT NULL)'
  const unjudged = `CASE WHEN NOT ${thresholds} THEN 'no_threshold' WHEN NOT coalesce(${baseKnown}, FALSE) THEN 'no_base' WHEN NOT (${enough.join(' AND ')}) THEN 'small_sample' END`
  const answer = `SELECT v.*, ${unjudged} AS unjudged, coalesce(${fired}, FALSE) AS over FROM valued AS v WHERE ${kept.join(' AND ')}`
  const growth =
    definition.unit === 'percent_growth'
      ? '100 * (a.num * a.bden - a.bnum * a.den) / nullif(a.bnum * a.den, 0)'
      : '100 * (a.num * a.bden - a.bnum * a.den) / nullif(a.den * a.bden, 0)'
  const final = [
    `${text(definition.code)} AS code`,
    `${periodText(run, 'a.bucket')} AS period`,
    'a.u AS unit_path',
    'a.city',
    ...run.dimensions.map((d) => `a.${identifier(`d_${d.name}`)} AS ${identifier(d.name)}`),
    `${hundred}a.num / nullif(a.den, 0) AS measured`,
    `${base ? `${hundred}a.bnum / nullif(a.bden, 0)` : 'a.bnum'} AS base`,
    `${base ? growth : 'a.bnum'} AS deviation`,
    'a.threshold',
    'a.num AS numerator',
    'a.den AS denominator',
    'a.bnum AS base_numerator',
    'a.bden AS base_denominator',
    'a.sample',
    'a.minimum_sample',
    `${also ? `${hundred}a.anum / nullif(a.aden, 0)` : 'a.anum'} AS also_measured`,
    'a.also_threshold',
    '(a.unjudged IS NULL) AS judged',
    '(a.unjudged IS NULL AND a.over) AS fired',
    'a.unjudged',
  ]
  const onlyFired = options.onlyFired ? ' WHERE a.unjudged IS NULL AND a.over' : ''
  return `WITH ${cells.ctes},\nvalued AS (${valued}),\nanswer AS (${answer})\nSELECT ${final.join(', ')}\nFROM answer AS a${onlyFired}\nORDER BY ${['a.bucket', 'a.city', ...keys.map((key) => `a.${key}`)].join(', ')}`
}

function numeric(typed: Typed, path: string): string {
  return typed.type === 'number' ? typed.sql : fault(path, `must be number, is ${typed.type}`)
}

/** The bucket as the row's `period`. */
export function periodText(run: Run, bucket: string): string {
  if (run.window === 'period') return text(`${run.first}..${shiftDays(run.end, -1)}`)
  const format =
    run.options.dialect === 'postgres'
      ? ['to_char', 'YYYY-MM-DD', 'YYYY-MM']
      : ['strftime', '%Y-%m-%d', '%Y-%m']
  return `${format[0]}(${bucket}, '${run.window === 'month' ? format[2] : format[1]}')`
}

// ---- overdue --------------------------------------------------------------------------------------------------------

/**
 * Rows whose limit passes in the period and that ended late or were still open then. One row each, all of them fired.
 * Working days: table `working_day(day, working, ordinal)`, `ordinal` = number of working days up to and including it.
 */
function overdueStatement(run: Run): string {
  const { definition, options } = run
  const { measure, unit } = definition
  if (measure.kind !== 'overdue') fault('measure.kind', 'must be overdue')
  if (definition.comparison !== '>') fault('comparison', 'overdue is judged by >')
  const from = startOf(run.first)
  const to = startOf(run.end)
  const rows = rowsOf(
    run,
    (scope) => {
      const start = value(measure.start, scope, 'measure.start')
      const end = measure.end === undefined ? null : value(measure.end, scope, 'measure.end', false)
      if (start.type !== 'instant' || (end && end.type !== 'instant'))
        fault('measure', 'start and end must be instants')
      return [
        ['s', start.sql],
        ['e', end ? end.sql : 'CAST(NULL AS TIMESTAMP)'],
        ['threshold', numeric(value(definition.threshold, scope, 'threshold'), 'threshold')],
      ]
    },
    (_time, scope) => between(measure.start, scope, 'measure.start', earliestStart(run), run.end),
  )
  const x = `least(coalesce(r.e, ${to}), ${to})`
  const timed = (limit: string, measured: string) =>
    `SELECT r.*, ${measured} AS measured, CAST(${limit} AS DATE) AS bucket FROM src AS r WHERE ${limit} >= ${from} AND ${limit} < ${to} AND (r.e IS NULL OR r.e > ${limit})`
  let late: string
  if (unit === 'minutes') {
    const limit = `(r.s + INTERVAL '1 minute' * CAST(r.threshold AS INTEGER))`
    late = timed(limit, `extract(epoch FROM (${x} - r.s)) / 60`)
  } else if (unit === 'months') {
    const limit = `(r.s + INTERVAL '1 month' * CAST(r.threshold AS INTEGER))`
    // Whole months to the limit, then the rest as a share of the mean month of 2,629,746 s.
    late = timed(limit, `r.threshold + extract(epoch FROM (${x} - ${limit})) / 2629746`)
  } else if (unit === 'working_days') {
    const last = `CAST((${to} - INTERVAL '1 day') AS DATE)`
    const until = `least(coalesce(CAST(r.e AS DATE), ${last}), ${last})`
    late = `SELECT r.*, ${double('x.ordinal - s.ordinal')} AS measured, l."day" AS bucket FROM src AS r
  JOIN "working_day" AS s ON s."day" = CAST(r.s AS DATE)
  JOIN "working_day" AS l ON l."working" AND l."ordinal" = s."ordinal" + CAST(r.threshold AS INTEGER) + 1
  JOIN "working_day" AS x ON x."day" = ${until}
  WHERE l."day" >= DATE '${run.first}' AND l."day" < DATE '${run.end}' AND x."ordinal" - s."ordinal" > r.threshold`
  } else return fault('unit', 'overdue is measured in working_days, months or minutes')
  const keys = keyNames(run)
  const none = 'CAST(NULL AS DOUBLE PRECISION)'
  const day = { ...run, window: 'day' as const }
  const columns = [
    `${text(definition.code)} AS code`,
    `${periodText(day, 'a.bucket')} AS period`,
    'a.u AS unit_path',
    `${cityExpression(run, 'a.u')} AS city`,
    ...run.dimensions.map((d) => `a.${identifier(`d_${d.name}`)} AS ${identifier(d.name)}`),
    `${double('a.measured')} AS measured`,
    `${none} AS base`,
    `${none} AS deviation`,
    'a.threshold',
    `${double('a.measured')} AS numerator`,
    `${double('1')} AS denominator`,
    `${none} AS base_numerator`,
    `${none} AS base_denominator`,
    `${double('1')} AS sample`,
    `${double('0')} AS minimum_sample`,
    `${none} AS also_measured`,
    `${none} AS also_threshold`,
    'TRUE AS judged',
    'TRUE AS fired',
    'CAST(NULL AS VARCHAR) AS unjudged',
  ]
  const kept = keys.map((key) => `a.${key} IS NOT NULL`)
  if (options.scope) kept.push(under('a.u', options.scope))
  return `WITH src AS (${rows.select}),\nlate AS (${late})\nSELECT ${columns.join(', ')}\nFROM late AS a${kept.length > 0 ? ` WHERE ${kept.join(' AND ')}` : ''}\nORDER BY ${['a.bucket', 'a.id'].join(', ')}`
}

/** No start before this day can have its limit in the period; null where the calendar decides. */
function earliestStart(run: Run): string | null {
  const { definition, options } = run
  const { threshold, unit } = definition
  if (typeof threshold !== 'object' || !('param' in threshold)) return null
  const most = greatestValue(definition, options, threshold.param)
  if (unit === 'minutes') return shiftDays(run.first, -Math.ceil(most / 1440) - 1)
  if (unit === 'months') return shiftDays(shiftMonths(run.first, -most), -1)
  return null
}
