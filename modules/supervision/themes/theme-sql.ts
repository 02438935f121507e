/** A question about a theme as statements of DuckDB over the lake. What callers send stands in parameters only. */
import { endOfSubtree } from '@hengjian/platform/db'
import type { Period } from '../rules/period.ts'
import type { ThemeStep } from '../rules/theme-periods.ts'
import { type ThemeQuestion, valueIn } from './theme-question.ts'
import { type ThemeMeasure, type ThemePart, themeMeasures } from './themes.ts'

export interface ThemeStatement {
  readonly sql: string
  readonly parameters: Readonly<Record<string, string>>
}

/** Shares and averages of fewer facts than this rank behind all others. */
const MINIMUM_SAMPLE = 30

/** Rows of `statementOfGroups`: `span` says of which period, `key` is null for the whole of it. */
export interface ThemeRow {
  readonly span: 'now' | 'before' | 'yearBefore'
  readonly key: string | null
  readonly groups: number
  /** By measure: `n_<measure>` and, for shares and averages, `w_<measure>`. */
  readonly [column: string]: unknown
}

const measuresOf = ({ theme }: ThemeQuestion): (readonly [string, ThemeMeasure])[] =>
  theme.measures.map((key) => [key, themeMeasures[key]])

function aggregate([key, measure]: readonly [string, ThemeMeasure]): string {
  if (measure.kind === 'count') return `count(*) AS n_${key}, NULL::BIGINT AS w_${key}`
  if (measure.kind === 'average')
    return `CAST(sum(${measure.of}) AS DOUBLE) AS n_${key}, count(${measure.of}) AS w_${key}`
  return `count(*) FILTER (WHERE ${measure.whole} AND ${measure.part}) AS n_${key}, count(*) FILTER (WHERE ${measure.whole}) AS w_${key}`
}

/** Names that measures use, of all parts: a part that lacks one has NULL there. */
function inputsOf({ theme }: ThemeQuestion): string[] {
  return [...new Set(theme.parts.flatMap((part) => Object.keys(part.inputs)))]
}

const withinUnit = 'unit_path >= $top AND unit_path < $end'

/** The facts of a period, under one shape. */
function factsOf(question: ThemeQuestion, { from, to }: Period, key: (part: ThemePart) => string): string {
  return question.theme.parts
    .map((part) => {
      const inputs = inputsOf(question).map((name) => `${part.inputs[name] ?? 'NULL'} AS ${name}`)
      const conditions = [
        `day BETWEEN DATE '${from}' AND DATE '${to}'`,
        withinUnit,
        ...(part.where ? [part.where] : []),
        ...question.filters.map(({ dimension }, i) => `${valueIn(part, dimension)} = $f${i}`),
      ]
      return `SELECT ${[`${key(part)} AS key`, ...inputs].join(', ')} FROM ${part.fact} WHERE ${conditions.join(' AND ')}`
    })
    .join(' UNION ALL ')
}

const parametersOf = ({ unitPath, filters }: ThemeQuestion) => ({
  top: unitPath,
  end: endOfSubtree(unitPath),
  ...Object.fromEntries(filters.map(({ value }, i) => [`f${i}`, value])),
})

/** Units directly below the one asked about; what happened in that unit itself stands under its own path. */
const UNIT_BELOW =
  "CASE WHEN unit_path = $top THEN unit_path ELSE $top || split_part(substr(unit_path, length($top) + 1), '/', 1) || '/' END"

/** Groups by a dimension or `unit`, ranked and cut, with their totals, over the period and its two bases. */
export function statementOfGroups(
  question: ThemeQuestion,
  by: string | null,
  spans: Readonly<Record<'now' | 'before' | 'yearBefore', Period>>,
  rank: { measure: string; descending: boolean; limit: number },
): ThemeStatement {
  const key = (part: ThemePart) => (by === 'unit' ? UNIT_BELOW : by === null ? "''" : valueIn(part, by))
  const figures = measuresOf(question).map(aggregate).join(', ')
  const [n, w] = [`n_${rank.measure}`, `w_${rank.measure}`]
  const select = (span: keyof typeof spans, what: string, rest: string) =>
    `SELECT '${span}' AS span, ${what} AS key, 0 AS groups, ${figures} FROM (${factsOf(question, spans[span], key)}) ${rest}`
  const totals = (['now', 'before', 'yearBefore'] as const).map((span) =>
    select(span, 'CAST(NULL AS VARCHAR)', ''),
  )
  const groups = [
    "SELECT 'now' AS span, key, groups, * EXCLUDE (key, groups) FROM shown",
    ...(['before', 'yearBefore'] as const).map((span) =>
      select(span, 'key', 'WHERE key IN (SELECT key FROM shown) GROUP BY ALL'),
    ),
  ]
  const shown = `WITH shown AS MATERIALIZED (
  SELECT key, count(*) OVER () AS groups, * EXCLUDE (key)
  FROM (SELECT key, ${figures} FROM (${factsOf(question, spans.now, key)}) GROUP BY key)
  ORDER BY coalesce(${w} >= ${MINIMUM_SAMPLE}, TRUE) DESC, ${n} / coalesce(nullif(${w}, 0), 1) ${rank.descending ? 'DESC' : 'ASC'} NULLS LAST, key
  LIMIT ${rank.limit})`
  return {
    sql: by === null ? totals.join(' UNION ALL ') : `${shown} ${[...groups, ...totals].join(' UNION ALL ')}`,
    parameters: parametersOf(question),
  }
}

/** Figures of each day, week or month of `period`, `key` its first day; those without facts are not among them. */
export function statementOfSteps(question: ThemeQuestion, step: ThemeStep, period: Period): ThemeStatement {
  const first = step === 'day' ? 'day' : `date_trunc('${step}', day)`
  const figures = measuresOf(question).map(aggregate).join(', ')
  return {
    sql: `SELECT key, ${figures} FROM (${factsOf(question, period, () => `CAST(CAST(${first} AS DATE) AS VARCHAR)`)}) GROUP BY key`,
    parameters: parametersOf(question),
  }
}

/** Months of `period` that hold facts of the theme in the unit, whatever the filters: `month`, `first`, `last`. */
export function statementOfCoverage(question: ThemeQuestion, period: Period): ThemeStatement {
  const all = { ...question, filters: [] }
  return {
    sql: `SELECT strftime(key, '%Y-%m') AS month, CAST(min(key) AS VARCHAR) AS first, CAST(max(key) AS VARCHAR) AS last FROM (${factsOf(all, period, () => 'day')}) GROUP BY 1`,
    parameters: parametersOf(all),
  }
}
