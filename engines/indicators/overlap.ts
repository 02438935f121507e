/** Most different values at one moment among half-open intervals. */
import type { Cells } from './cells.ts'
import { shiftDays, shiftMonths } from './days.ts'
import { value } from './expression.ts'
import { fault } from './fault.ts'
import { asKey, between, rowsOf } from './rows.ts'
import { cityExpression, keyNames, type Run, startOf } from './run.ts'
import { text } from './sql.ts'

/**
 * Most different values at one moment. Each interval of a value is first cut back to what no earlier one of that value
 * covers; then a running sum over starts and ends counts exactly the different values. Ends come before starts at the
 * same moment (half-open). Intervals that meet no other of their group, most of them, are left out of both: a group that
 * has no others counts one.
 */
export function overlapCells(run: Run): Cells {
  const names = groupOf(run)
  const key = (alias: string) => names.map((name) => `${alias}.${name}`).join(', ')
  const whole = run.options.each ? '' : `, DATE '${run.first}' AS bucket`
  return {
    ctes: `${overlapLevels(run, 'meeting')},
peak AS (SELECT ${key('r')}, max(r.n) AS num FROM level AS r GROUP BY ${key('r')}),
size AS (SELECT ${key('r')}, min(r.u) AS u, count(*) AS sample FROM src AS r GROUP BY ${key('r')}),
cells AS (SELECT s.*, coalesce(p.num, 1) AS num, s.sample AS n_any${whole} FROM size AS s LEFT JOIN peak AS p ON ${names.map((name) => `p.${name} IS NOT DISTINCT FROM s.${name}`).join(' AND ')})`,
  }
}

/** What tells groups apart; with `each` also the day or month. */
const groupOf = (run: Run): string[] => ['city', ...keyNames(run), ...(run.options.each ? ['bucket'] : [])]

/** With `each` an interval stands in every day or month that it touches, begun there at the earliest. */
function apart(run: Run, select: string): string {
  const { each } = run.options
  if (!each) return select
  const steps: string[] = []
  for (let day = run.first; day < run.end; day = each === 'day' ? shiftDays(day, 1) : shiftMonths(day, 1))
    steps.push(`(DATE '${day}')`)
  const names = ['id', 'u', 't', ...keyNames(run), 'v', 'g'].map((name) => `r.${name}`)
  const begin = 'CAST(d.bucket AS TIMESTAMP)'
  return (
    `SELECT ${names.join(', ')}, greatest(r.f, ${begin}) AS f, d.bucket FROM (${select}) AS r ` +
    `JOIN (VALUES ${steps.join(', ')}) AS d(bucket) ON r.f < ${begin} + INTERVAL '1' ${each.toUpperCase()} AND r.g > ${begin}`
  )
}

/** CTEs from intervals (`src`) to the number of different values at each moment (`level`). */
function overlapLevels(run: Run, of: 'src' | 'meeting', only: readonly string[] = []): string {
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
        ['v', asKey(of, scope.dialect)],
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
  const key = (alias: string) =>
    groupOf(run)
      .map((name) => `${alias}.${name}`)
      .join(', ')
  const own = `PARTITION BY ${key('r')}, r.v ORDER BY r.f, r.g, r.id`
  const beside = `PARTITION BY ${key('r')} ORDER BY r.f, r.g, r.id`
  const meeting = `near AS (SELECT r.*, max(r.g) OVER (${beside} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier, lead(r.f) OVER (${beside}) AS following FROM src AS r),
meeting AS (SELECT r.* FROM near AS r WHERE r.earlier > r.f OR r.following < greatest(coalesce(r.earlier, r.g), r.g)),
`
  const kept = ['r.v IS NOT NULL', 'r.f < r.g', ...only].join(' AND ')
  return `src AS (SELECT r.*, ${cityExpression(run, 'r.u')} AS city FROM (${apart(run, rows.select)}) AS r WHERE ${kept}),
${of === 'meeting' ? meeting : ''}reach AS (SELECT r.*, max(r.g) OVER (${own} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM ${of} AS r),
merged AS (SELECT ${key('r')}, greatest(r.f, coalesce(r.before, r.f)) AS f, r.g FROM reach AS r WHERE r.before IS NULL OR r.g > r.before),
edge AS (SELECT ${key('r')}, r.f AS moment, 1 AS step FROM merged AS r UNION ALL SELECT ${key('r')}, r.g, -1 FROM merged AS r),
level AS (SELECT ${key('r')}, r.moment, sum(r.step) OVER (PARTITION BY ${key('r')} ORDER BY r.moment, r.step ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n FROM edge AS r)`
}

/** The facts whose intervals contain the first moment of the greatest overlap of one group. */
export function overlapPeak(run: Run, only: readonly string[]): string {
  const moment = '(SELECT l.moment FROM level AS l ORDER BY l.n DESC, l.moment LIMIT 1)'
  return `SELECT * FROM (WITH ${overlapLevels(run, 'src', only)} SELECT ${text(run.definition.source.fact)} AS fact, r.id, r.t, r.u, 'counted' AS role FROM src AS r WHERE r.f <= ${moment} AND r.g > ${moment}) AS peak`
}
