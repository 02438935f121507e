/** Pieces of SQL common to PostgreSQL, DuckDB and Trino. Names are always quoted, values are always literals or parameters. */
import { fault } from './fault.ts'

/** Time zone of calendar days and months. */
export const ZONE = 'Asia/Shanghai'

const NAME = /^[a-z][a-z0-9_]{0,62}$/

/** Is this a name we accept for aliases, dimensions and parameters? (`F1_vehicles` has its own rule.) */
export const isName = (text: unknown): text is string => typeof text === 'string' && NAME.test(text)

/** A quoted identifier. Only names of ours and of the catalogue come here. */
export function identifier(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(name)) fault(JSON.stringify(name), 'is no identifier')
  return `"${name}"`
}

/** A quoted text literal. */
export function text(value: string, path = 'value'): string {
  if (value.includes('\0')) fault(path, 'contains a NUL character')
  // A backslash is an ordinary character in all dialects (standard_conforming_strings).
  return `'${value.replaceAll("'", "''")}'`
}

/** A number literal; always a double so that all dialects compute alike. */
export function number(value: number, path = 'value'): string {
  if (!Number.isFinite(value)) fault(path, 'is no finite number')
  return Number.isSafeInteger(value) ? `${value}` : `CAST('${value}' AS DOUBLE PRECISION)`
}

/** A calendar day `YYYY-MM-DD`. */
export function isDay(day: unknown): day is string {
  if (typeof day !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return false
  const parsed = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === day
}

/** As a double. */
export const double = (sql: string) => `CAST(${sql} AS DOUBLE PRECISION)`

/** `path` lies under `prefix` (which ends in a slash), as a range that an index in "C" collation serves. */
export function under(path: string, prefix: string): string {
  return `(${path} >= ${text(prefix)} AND ${path} < ${text(`${prefix.slice(0, -1)}0`)})`
}

/** Is this a unit path or a prefix of one, `/45/4503/`? */
export const isUnitPath = (path: unknown): path is string =>
  typeof path === 'string' && (path === '/' || /^(\/[0-9A-Za-z_-]+)+\/$/.test(path))
