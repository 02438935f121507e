/** Rows folded into cells: one per group and day, month, period or rolling window. */
import { shiftDays, shiftMonths } from './days.ts'
import type { Base, Expression } from './definition.ts'
import { onceAs } from './dialect.ts'
import { plusMonths, value } from './expression.ts'
import { fault } from './fault.ts'
import { allAggregates, countsDistinct, numerator, partColumn, relatedOf } from './measures.ts'
import { between, flagsOf, relatedRows, rowsOf } from './rows.ts'
import { bucketOf, cityExpression, keyNames, type Run, startOf } from './run.ts'
import { greatestValue } from './run-options.ts'
import { identifier } from './sql.ts'

/** CTEs ending in `cells`: city, u, d_*, bucket, num, sample and, where asked, bnum, bsample, anum, asample, n_any. */
export interface Cells {
  readonly ctes: string
}

export const BASE_MONTHS: Partial<Record<Base['kind'], number>> = {
  previous_month: 1,
  same_month_last_year: 12,
}

/** First day of rows that the base needs. */
export function firstForBase(run: Run): string {
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
  const lastUnit = run.definition.allUnits
    ? '(array_agg(r.u ORDER BY r.t DESC, r.id DESC))[1]'
    : keys.length === 0
      ? cityExpression(run, 'min(r.u)')
      : 'min(r.u)'
  const names = keys.map((key) => `r.${key}`)
  if (run.counted) {
    const group = ['r.city', bucket, ...names]
    return `SELECT ${['r.city', `${bucket} AS bucket`, ...names, `${keys.length === 0 ? 'r.city' : 'min(r.u)'} AS u`, ...list.map(([n, sql]) => `${sql} AS ${n}`)].join(', ')} FROM (${rows}) AS r GROUP BY ${group.map((_, i) => i + 1).join(', ')}`
  }
  if (!additive || run.definition.allUnits) {
    const city = cityExpression(run, 'r.u')
    const group = [city, bucket, ...names].map((_, i) => i + 1).join(', ')
    return `SELECT ${[`${city} AS city`, `${bucket} AS bucket`, ...names, `${lastUnit} AS u`, ...list.map(([n, sql]) => `${sql} AS ${n}`)].join(', ')} FROM (${rows}) AS r GROUP BY ${group}`
  }
  const parts = `SELECT ${[`r.u`, `${bucket} AS bucket`, ...names, ...list.map(([n, sql]) => `${sql} AS ${n}`)].join(', ')} FROM (${rows}) AS r GROUP BY ${['u', 'b', ...names].map((_, i) => i + 1).join(', ')}`
  const city = cityExpression(run, 'p.u')
  const outer = keys.map((key) => `p.${key}`)
  // A group without dimensions is the city itself.
  const unit = keys.length === 0 ? cityExpression(run, 'min(p.u)') : 'min(p.u)'
  const folded = list.map(([n, , merge]) => `${merge}(p.${n}) AS ${n}`)
  return `SELECT ${[`${city} AS city`, 'p.bucket', ...outer, `${unit} AS u`, ...folded].join(', ')} FROM (${parts}) AS p GROUP BY ${['c', 'b', ...outer].map((_, i) => i + 1).join(', ')}`
}

export function calendarCells(run: Run): Cells {
  const rows =
    run.counted ??
    rowsOf(run, flagsOf(run), (time, scope) => between(time, scope, 'time', firstForBase(run), run.end))
  return {
    ctes: `cells ${run.definition.base ? onceAs(run.options.dialect) : 'AS'} (${cellsFrom(run, rows.select, bucketOf(run, 'r.t'))})${relatedCte(run)}`,
  }
}

function relatedCte(run: Run): string {
  const rows = relatedRows(run, firstForBase(run))
  if (!rows) return ''
  const found = relatedOf(run.definition.measure)!
  const keys = keyNames(run).map((key) => `r.${key}`)
  const head = [`${cityExpression(run, 'r.u')} AS city`, `${bucketOf(run, 'r.t')} AS bucket`, ...keys]
  const distinct = found.related.distinct ? 'count(DISTINCT r.v)' : 'count(*)'
  const parts = (found.related.parts ?? []).map(({ name }) => {
    const column = identifier(partColumn(name))
    return `${distinct} FILTER (WHERE r.${column}) AS ${column}`
  })
  return `,\nrel AS (SELECT ${[...head, `${distinct} AS num`, ...parts].join(', ')} FROM (${rows}) AS r GROUP BY ${head.map((_, i) => i + 1).join(', ')})`
}

/** Windows ending with each day or month of the period on which the group has a row; the greatest measure per group is kept. */
export function rollingCells(run: Run): Cells {
  const { definition } = run
  if (definition.window.kind !== 'rolling') fault('window.kind', 'must be rolling')
  if (definition.measure.kind === 'average') fault('measure.kind', 'an average has no rolling window')
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
  const ends = `SELECT DISTINCT ${[`${city} AS city`, ...keys.map((k) => `r.${k}`), `${bucketOf(run, 'r.t')} AS bucket`].join(', ')} FROM src AS r WHERE ${[...present, `r.t >= ${startOf(run.first)}`, ...(definition.measured ? ['r.m'] : [])].join(' AND ')}`
  const next = `(e.bucket + INTERVAL '1' ${run.byMonth ? 'MONTH' : 'DAY'})`
  const joins = [`${city} = e.city`, ...keys.map((key) => `r.${key} = e.${key}`), `r.t < ${next}`]
  if (months !== undefined) joins.push(`r.t >= ${plusMonths(next, '(-r.w)', { localTime: true })}`)
  const heads = ['e.city', 'e.bucket', ...keys.map((key) => `e.${key}`)]
  const sums = allAggregates(run).map(([name, sql]) => `${sql} AS ${name}`)
  const all = `SELECT ${[...heads, `max(r.u) FILTER (WHERE ${bucketOf(run, 'r.t')} = e.bucket) AS u`, ...sums].join(', ')} FROM ends AS e JOIN src AS r ON ${joins.join(' AND ')} GROUP BY ${heads.map((_, i) => i + 1).join(', ')}`
  const apart = run.options.each ? ['w.bucket'] : []
  const rank = `row_number() OVER (PARTITION BY ${['w.city', ...keys.map((key) => `w.${key}`), ...apart].join(', ')} ORDER BY ${numerator(definition.measure, 'w', '')} DESC NULLS LAST, w.bucket DESC) AS place`
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
