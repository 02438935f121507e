/** From cells to judged rows. */
import { baseOf } from './bases.ts'
import { type Cells, firstForBase } from './cells.ts'
import { value } from './expression.ts'
import { fault } from './fault.ts'
import { isFraction, isRate, numerator, numeric, partColumn, relatedOf } from './measures.ts'
import { shown } from './rows.ts'
import { keyNames, periodText, type Run } from './run.ts'
import { runScope } from './run-options.ts'
import { double, identifier, number, text, under } from './sql.ts'

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

export function judge(run: Run, cells: Cells): string {
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
  const fraction = isFraction(measure)
  const parts = (relatedOf(measure)?.related.parts ?? []).map(({ name }) => identifier(partColumn(name)))
  const alsoSample = also ? 'c.asample' : 'NULL'
  const columns = [
    ...['c.city', 'c.bucket', 'c.u', ...keys.map((key) => `c.${key}`)],
    `${double(numerator(measure, 'c', ''))} AS num`,
    `${double(fraction ? 'c.sample' : '1')} AS den`,
    `${double('c.sample')} AS sample`,
    `${double(base?.num ?? 'NULL')} AS bnum`,
    `${double(base?.den ?? 'NULL')} AS bden`,
    `${double(base?.sample ?? 'NULL')} AS bsample`,
    `${double(also ? numerator(measure, 'c', 'a') : 'NULL')} AS anum`,
    `${double(also ? (fraction ? 'c.asample' : '1') : 'NULL')} AS aden`,
    `${double(alsoSample)} AS asample`,
    `${double(threshold)} AS threshold`,
    `${double(alsoThreshold ?? 'NULL')} AS also_threshold`,
    `${double(minimum)} AS minimum_sample`,
    ...(definition.judgedWhen ? ['c.unknown'] : []),
    ...parts.map((part) => `coalesce(rel.${part}, 0) AS ${part}`),
  ]
  const related = relatedOf(measure)
    ? ` LEFT JOIN rel ON rel.city = c.city AND rel.bucket = c.bucket${keys.map((key) => ` AND rel.${key} = c.${key}`).join('')}`
    : ''
  const valued = `SELECT ${columns.join(', ')} FROM cells AS c${related}${base ? ` ${base.joins}` : ''}`
  const kept = [
    ...keys.map((key) => `v.${key} IS NOT NULL`),
    definition.judgedWhen ? '(v.sample > 0 OR v.unknown > 0)' : 'v.sample > 0',
    // Only a base brings cells from before the run; elsewhere this would cost a look at every row.
    ...(firstForBase(run) < run.first ? [`v.bucket >= DATE '${run.first}'`] : []),
    ...(options.scope ? [under('v.u', options.scope)] : []),
  ]
  const hundred = isRate(measure) ? '100 * ' : ''
  const baseKnown = base
    ? definition.unit === 'percent_growth'
      ? '(v.bden > 0 AND v.bnum > 0)'
      : '(v.bden > 0)'
    : 'TRUE'
  const enough = ['v.sample >= v.minimum_sample']
  if (base && fraction) enough.push('coalesce(v.bsample, 0) >= v.minimum_sample')
  if (also && fraction) enough.push('v.asample >= v.minimum_sample')
  const main = fires(run, comparisonOf(definition.comparison, 'comparison'), 'measured')
  const second = also ? fires(run, comparisonOf(also.comparison, 'also.comparison'), 'also') : null
  const fired = second ? `(${main} ${also!.how === 'either' ? 'OR' : 'AND'} ${second})` : main
  const thresholds = also
    ? `(v.threshold IS NOT NULL ${also.how === 'either' ? 'OR' : 'AND'} v.also_threshold IS NOT NULL)`
    : '(v.threshold IS NOT NULL)'
  const unjudged = `CASE WHEN NOT ${thresholds} THEN 'no_threshold' WHEN NOT coalesce(${baseKnown}, FALSE) THEN 'no_base' WHEN NOT (${enough.join(' AND ')}) THEN 'small_sample'${definition.judgedWhen ? ` WHEN v.unknown > 0 AND NOT coalesce(${fired}, FALSE) THEN 'unknown'` : ''} END`
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
    ...run.dimensions.map((d) => `${shown('a', d.name)} AS ${identifier(d.name)}`),
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
    ...parts.map((part) => `${double(`a.${part}`)} AS ${part}`),
  ]
  return (
    `WITH ${cells.ctes},\nvalued AS (${valued}),\nanswer AS (${answer})\n` +
    answerOf(run, final, "a.over AND coalesce(a.unjudged, 'small_sample') = 'small_sample'", [
      'a.bucket',
      'a.city',
      ...keys.map((key) => `a.${key}`),
    ])
  )
}

/**
 * The last SELECT, over the CTE `answer` as `a`. Of what is not worth keeping only the number leaves it: there may be a
 * group for every vehicle, and making text of its keys costs more than judging it.
 */
export function answerOf(
  { dimensions, options: { answer, dialect, most = 5_000 } }: Run,
  columns: readonly string[],
  worthKeeping: string,
  order: readonly string[],
): string {
  const select = `SELECT ${columns.join(', ')} FROM answer AS a`
  if (answer !== 'worth_keeping') return `${select}\nORDER BY ${order.join(', ')}`
  const first = ['(a.unjudged IS NULL) DESC', 'a.sample DESC', ...order]
  return `SELECT t.groups_judged, t.groups_not_judged, t.groups_worth_keeping, g.*
FROM (SELECT count(*) AS groups_judged, count(*) FILTER (WHERE a.unjudged IN ('no_base', 'unknown')) AS groups_not_judged, count(*) FILTER (WHERE ${worthKeeping}) AS groups_worth_keeping FROM answer AS a) AS t
LEFT JOIN (${select} WHERE ${worthKeeping} ORDER BY ${first.join(', ')} LIMIT ${number(most)}) AS g ON TRUE${dialect === 'trino' ? orderAfterJoin(dimensions) : ''}`
}

/** The order of the kept rows once more: a distributed join does not keep that of what it joins. */
function orderAfterJoin(dimensions: Run['dimensions']): string {
  const names = dimensions.map(({ name }) => `g.${identifier(name)}`)
  const rest = ['g.period', 'g.city', 'g.unit_path', ...names, 'g.measured']
  return `\nORDER BY g.judged DESC, g.sample DESC, ${rest.join(', ')}`
}
