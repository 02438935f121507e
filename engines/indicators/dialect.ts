/**
 * What PostgreSQL, DuckDB and Trino write differently. Everything else of a statement is one text that means the same in
 * all three: intervals in the standard's form (`INTERVAL '1' MONTH`); no `greatest` or `least` of a NULL, which Trino
 * answers with NULL and the others with the rest; no FILTER on window functions; no IS TRUE.
 */
import { text } from './sql.ts'

/** Where a statement will run. */
export type Dialect = 'postgres' | 'duckdb' | 'trino'

/** All engines that answer post-hoc statements. */
export const DIALECTS: readonly Dialect[] = ['postgres', 'duckdb', 'trino']

/** First characters of a text. */
export const firstCharacters = (of: string, length: number, dialect: Dialect) =>
  dialect === 'trino' ? `substr(${of}, 1, ${length})` : `left(${of}, ${length})`

/** First two elements of a unit path: the city. */
export function cityOf(path: string, dialect: Dialect): string {
  // One function of one column: DuckDB works it out once for each value of a dictionary, six times as fast.
  if (dialect === 'duckdb') return `regexp_extract(${path} || '//', '^/[^/]*/[^/]*/')`
  // A part that does not exist is empty to PostgreSQL and NULL to Trino: two more slashes make it exist.
  const parts = dialect === 'trino' ? `${path} || '//'` : path
  return `('/' || split_part(${parts}, '/', 2) || '/' || split_part(${parts}, '/', 3) || '/')`
}

const TIME_FORMATS = {
  postgres: { function: 'to_char', month: 'YYYY-MM', day: 'YYYY-MM-DD', second: 'YYYY-MM-DD HH24:MI:SS' },
  duckdb: { function: 'strftime', month: '%Y-%m', day: '%Y-%m-%d', second: '%Y-%m-%d %H:%M:%S' },
  trino: { function: 'date_format', month: '%Y-%m', day: '%Y-%m-%d', second: '%Y-%m-%d %H:%i:%s' },
} as const

/** A day or local timestamp as text: `2026-03`, `2026-03-05`, `2026-03-05 09:30:00`. */
export function timeText(time: string, to: 'month' | 'day' | 'second', dialect: Dialect): string {
  const format = TIME_FORMATS[dialect]
  return `${format.function}(${time}, ${text(format[to])})`
}

/** Seconds from one local timestamp to another, with their fraction (in Trino to the millisecond). */
export const secondsBetween = (from: string, to: string, dialect: Dialect) =>
  dialect === 'trino'
    ? `(date_diff('millisecond', ${from}, ${to}) / 1e3)`
    : `extract(epoch FROM (${to} - ${from}))`

/** Head of a common table expression that is worked out once although several parts read it. Trino has no word for it. */
export const onceAs = (dialect: Dialect) => (dialect === 'trino' ? 'AS' : 'AS MATERIALIZED')
