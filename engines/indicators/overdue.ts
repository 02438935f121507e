/** Rows whose limit passed: in working days, months or minutes. */
import { shiftDays, shiftMonths } from './days.ts'
import { secondsBetween } from './dialect.ts'
import { value } from './expression.ts'
import { fault } from './fault.ts'
import { answerOf } from './judge.ts'
import { numeric } from './measures.ts'
import { between, rowsOf, shown } from './rows.ts'
import { cityExpression, keyNames, periodText, type Run, startOf } from './run.ts'
import { greatestValue } from './run-options.ts'
import { double, identifier, text, under } from './sql.ts'

/**
 * Rows whose limit passes in the period and that ended late or were still open then. One row each, all of them fired.
 * Working days: table `working_day(day, working, ordinal)`, `ordinal` = number of working days up to and including it.
 */
export function overdueStatement(run: Run): string {
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
  // Until when the run looks: to its end, or with `each` to the end of the day on which the limit passes.
  const x = (limit: string) => {
    const last = options.each ? `CAST(CAST(${limit} AS DATE) + INTERVAL '1' DAY AS TIMESTAMP)` : to
    return `least(coalesce(r.e, ${last}), ${last})`
  }
  const timed = (limit: string, measured: string) =>
    `SELECT r.*, ${measured} AS measured, CAST(${limit} AS DATE) AS bucket FROM src AS r WHERE ${limit} >= ${from} AND ${limit} < ${to} AND (r.e IS NULL OR r.e > ${limit})`
  let late: string
  if (unit === 'minutes') {
    const limit = `(r.s + INTERVAL '1' MINUTE * CAST(r.threshold AS INTEGER))`
    late = timed(limit, `${secondsBetween('r.s', x(limit), options.dialect)} / 60`)
  } else if (unit === 'months') {
    const limit = `(r.s + INTERVAL '1' MONTH * CAST(r.threshold AS INTEGER))`
    // Whole months to the limit, then the rest as a share of the mean month of 2,629,746 s.
    late = timed(limit, `r.threshold + ${secondsBetween(limit, x(limit), options.dialect)} / 2629746`)
  } else if (unit === 'working_days') {
    const last = options.each ? 'l."day"' : `CAST((${to} - INTERVAL '1' DAY) AS DATE)`
    const seen = `least(coalesce(CAST(r.e AS DATE), ${last}), ${last})`
    late = `SELECT r.*, ${double('x.ordinal - s.ordinal')} AS measured, l."day" AS bucket FROM src AS r
  JOIN "working_day" AS s ON s."day" = CAST(r.s AS DATE)
  JOIN "working_day" AS l ON l."working" AND l."ordinal" = s."ordinal" + CAST(r.threshold AS INTEGER) + 1
  JOIN "working_day" AS x ON x."day" = ${seen}
  WHERE l."day" >= DATE '${run.first}' AND l."day" < DATE '${run.end}' AND x."ordinal" - s."ordinal" > r.threshold`
  } else return fault('unit', 'overdue is measured in working_days, months or minutes')
  const keys = keyNames(run)
  const none = 'CAST(NULL AS DOUBLE PRECISION)'
  const day = { ...run, window: 'day' as const, byMonth: false }
  const columns = [
    `${text(definition.code)} AS code`,
    `${periodText(day, 'a.bucket')} AS period`,
    'a.u AS unit_path',
    `${cityExpression(run, 'a.u')} AS city`,
    ...run.dimensions.map((d) => `${shown('a', d.name)} AS ${identifier(d.name)}`),
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
    'a.unjudged',
  ]
  const kept = keys.map((key) => `l.${key} IS NOT NULL`)
  if (options.scope) kept.push(under('l.u', options.scope))
  return (
    `WITH src AS (${rows.select}),\nlate AS (${late}),\n` +
    `answer AS (SELECT l.*, 1 AS sample, CAST(NULL AS VARCHAR) AS unjudged FROM late AS l${kept.length > 0 ? ` WHERE ${kept.join(' AND ')}` : ''})\n` +
    answerOf(run, columns, 'TRUE', ['a.bucket', 'a.id'])
  )
}

/** Days around a run that the table `working_day` must hold; no start before them is looked at. */
export const WORKING_DAY_MARGIN = 120

/** No start before this day can have its limit in the period; null where it is not known. */
function earliestStart(run: Run): string | null {
  const { definition, options } = run
  const { threshold, unit } = definition
  if (unit === 'working_days') return shiftDays(run.first, -WORKING_DAY_MARGIN)
  if (typeof threshold !== 'object' || !('param' in threshold)) return null
  const most = greatestValue(definition, options, threshold.param)
  if (unit === 'minutes') return shiftDays(run.first, -Math.ceil(most / 1440) - 1)
  if (unit === 'months') return shiftDays(shiftMonths(run.first, -most), -1)
  return null
}
