/**
 * A fact row as a CSV line that both PostgreSQL (COPY) and the lake understand: the lake's columns first, then those
 * that never leave PostgreSQL, so that the common part is written once.
 */
import { getTableColumns } from 'drizzle-orm'
import { factCatalogue, factTables } from './facts.ts'

/** A column to load: its property in the row, its name in the database. */
export interface LoadColumn {
  readonly property: string
  readonly name: string
  readonly inLake: boolean
  /** What the database would put where nothing is given. */
  readonly fallback: string | number | boolean | undefined
}

/** Columns of a fact in the order of the line: those of the catalogue first. */
export function columnsToLoad(fact: string): LoadColumn[] {
  const table = factTables[fact]
  const known = factCatalogue[fact]
  if (!table || !known) throw new Error(`"${fact}" is no fact`)
  const all = Object.entries(getTableColumns(table)).map(([property, column]) => ({
    property,
    name: column.name,
    inLake: column.name in known.columns,
    fallback: plainDefault(column.default),
  }))
  const byName = new Map(all.map((column) => [column.name, column]))
  return [
    ...Object.keys(known.columns).map((name) => byName.get(name)!),
    ...all.filter((column) => !column.inLake),
  ]
}

/** Defaults that are values; the only other one, of `recorded_at`, is given by the loader. */
const plainDefault = (value: unknown): LoadColumn['fallback'] =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined

/** One field: NULL is nothing, an empty text is two quotes, instants are UTC, bytes are \x and hex. */
function fieldOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return NEEDS_QUOTES.test(value) ? `"${value.replaceAll('"', '""')}"` : value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${hex(value)}`
  throw new TypeError(`a fact cannot hold a ${typeof value}`)
}

/** Empty text, separators, quotes, line ends; a backslash, for a line that is \. alone ends COPY. */
const NEEDS_QUOTES = /^$|[",\r\n\\]/

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')

/** The line of a row: whole for PostgreSQL, and its first part for the lake. No line feed at the end. */
export function lineOf(
  columns: readonly LoadColumn[],
  row: Readonly<Record<string, unknown>>,
): { whole: string; lake: string } {
  let line = ''
  let lake: string | null = null
  for (const column of columns) {
    if (lake === null && !column.inLake) lake = line
    if (line !== '' || column !== columns[0]) line += ','
    line += fieldOf(row[column.property] ?? column.fallback)
  }
  return { whole: line, lake: lake ?? line }
}
