/** The facts that made one row of an analysis (SUP-10). */
import type { FactCatalogue } from './catalogue.ts'
import { shiftDays, shiftMonths } from './days.ts'
import type { Expression, IndicatorDefinition } from './definition.ts'
import { timeText } from './dialect.ts'
import { plusMonths, type Scope, value } from './expression.ts'
import { fault } from './fault.ts'
import { overlapPeak } from './overlap.ts'
import { between, flagsOf, relatedRows, rowsOf, shown } from './rows.ts'
import { cityExpression, prepareRun, type Run, startOf } from './run.ts'
import type { PostHocOptions } from './run-options.ts'
import { isDay, text } from './sql.ts'

/** The row to look behind: its period, city and dimensions as the analysis returned them. */
export interface DrilldownGroup {
  readonly period: string
  readonly city: string
  readonly [dimension: string]: unknown
}

/** A fact behind a row. */
export interface DrilldownRow {
  readonly fact: string
  readonly id: string
  /** Local time `YYYY-MM-DD HH:MM:SS`. */
  readonly at: string
  readonly unit_path: string
  /** `counted`: makes the measured value; `sample`: belongs to the denominator only; `base`: to the group's base. */
  readonly role: 'counted' | 'sample' | 'base'
}

/**
 * Compile the list of facts behind a row, newest first, counted ones before the others. Facts of other groups or months
 * that make a base are not listed: they are the drill-down of those rows.
 */
export function compileDrilldown(
  definition: IndicatorDefinition,
  catalogue: FactCatalogue,
  options: PostHocOptions,
  group: DrilldownGroup,
  limit = 1000,
): { readonly sql: string } {
  if (!Number.isInteger(limit) || limit < 1) fault('limit', 'must be a whole number')
  const run = prepareRun(definition, catalogue, options)
  const { kind } = definition.measure
  const same = (alias: string) =>
    run.dimensions.map((d) => {
      const wanted = group[d.name]
      if (typeof wanted !== 'string') fault(`group.${d.name}`, 'must be a text')
      return `${shown(alias, d.name)} = ${text(wanted, `group.${d.name}`)}`
    })
  if (typeof group.city !== 'string') fault('group.city', 'must be a text')
  const inCity = `${cityExpression(run, 'r.u')} = ${text(group.city, 'group.city')}`
  const parts: string[] = []
  if (kind === 'overlap') parts.push(overlapPeak(run, [...same('r'), inCity]))
  else {
    const flags = kind === 'overdue' ? () => [] : flagsOf(run)
    const rows = rowsOf(run, flags, rangeOf(run, group))
    const where = [...same('r'), inCity]
    if (definition.measured || definition.base?.kind === 'other_rows' || definition.also?.filter)
      where.push(`(${partOf(run)})`)
    parts.push(
      `SELECT ${definition.further ? 'r.f' : text(definition.source.fact)} AS fact, r.id, r.t, r.u, ${roleOf(run)} AS role FROM (${rows.select}) AS r WHERE ${where.join(' AND ')}`,
    )
    const related = relatedRows(run, bounds(run, group).from, bounds(run, group).to)
    const fact =
      definition.measure.kind === 'share'
        ? definition.measure.numerator.fact
        : definition.measure.kind === 'related'
          ? definition.measure.of.fact
          : ''
    if (related)
      parts.push(
        `SELECT ${text(fact)} AS fact, r.id, r.t, r.u, 'counted' AS role FROM (${related}) AS r WHERE ${[...same('r'), inCity].join(' AND ')}`,
      )
  }
  const list = parts.join(' UNION ALL ')
  return {
    sql: `SELECT x.fact, CAST(x.id AS VARCHAR) AS id, ${timeText('x.t', 'second', options.dialect)} AS "at", x.u AS unit_path, x.role\nFROM (${list}) AS x\nORDER BY CASE x.role WHEN 'counted' THEN 0 WHEN 'sample' THEN 1 ELSE 2 END, x.t DESC, x.id DESC\nLIMIT ${limit}`,
  }
}

/** Days of the row's period, `to` exclusive. */
function bounds(run: Run, group: DrilldownGroup): { from: string; to: string } {
  if (run.window === 'period') return { from: run.first, to: run.end }
  if (run.byMonth) {
    const from = `${String(group.period).slice(0, 7)}-01`
    if (!isDay(from)) fault('group.period', 'must be a month YYYY-MM')
    const next = shiftMonths(from, 1)
    return { from, to: [next, run.end].sort()[0]! }
  }
  if (!isDay(group.period)) fault('group.period', 'must be a day YYYY-MM-DD')
  return { from: group.period, to: shiftDays(group.period, 1) }
}

function rangeOf(run: Run, group: DrilldownGroup): (time: Expression, scope: Scope) => string {
  const { measure, window } = run.definition
  // An overdue row is found by its dimensions alone; its start may lie before the period.
  if (measure.kind === 'overdue') return () => 'TRUE'
  const { from, to } = bounds(run, group)
  if (window.kind !== 'rolling' || run.window !== 'rolling')
    return (time, scope) => between(time, scope, 'time', from, to)
  const { months } = window
  return (time, scope) => {
    const before = between(time, scope, 'time', null, to)
    if (months === undefined) return before
    const length = value(months, scope, 'window.months').sql
    return `(${before} AND ${value(time, scope, 'time').sql} >= ${plusMonths(startOf(to), `(-${length})`, { localTime: true })})`
  }
}

/** Rows that take part at all: measured ones, those of the base, those of the second test. */
function partOf(run: Run): string {
  const { measured, base, also } = run.definition
  const flags = [measured ? 'r.m' : 'TRUE']
  if (base?.kind === 'other_rows') flags.push('r.b')
  if (also?.filter) flags.push('r.a')
  return flags.includes('TRUE') ? 'TRUE' : flags.join(' OR ')
}

function roleOf(run: Run): string {
  const { measure, measured, base } = run.definition
  const counted =
    measure.kind === 'rate'
      ? 'r.n'
      : measure.kind === 'least'
        ? '(r.n OR r.k)'
        : measure.kind === 'share' || measure.kind === 'related'
          ? 'FALSE'
          : 'TRUE'
  const own = `CASE WHEN ${counted} THEN 'counted' ELSE 'sample' END`
  if (!measured) return own
  return `CASE WHEN r.m THEN ${own} ELSE '${base?.kind === 'other_rows' ? 'base' : 'sample'}' END`
}
