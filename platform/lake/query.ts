/**
 * Ask the lake under a scope. DuckDB knows no row-level security: the only way in is this function, whose views carry
 * the caller's scope, are built from the list of files (never a glob) and show each fact in its highest version.
 */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { DuckDBTypeId } from '@duckdb/node-api'
import type { SqlClient } from '@hengjian/platform/context'
import { type Database, OWNER_COLUMNS, rangeOf, type ScopeSetting } from '@hengjian/platform/db'
import { type LakeCatalogue, type LakeFact, literal, quoted } from './catalogue.ts'
import { instantOfLocal, type ListedFile, liveFiles, selectFrom, selectNothing } from './list-files.ts'

/** A row of an answer: instants as Date, days as `2026-11-20`, whole numbers as number. */
export type LakeRow = Record<string, unknown>

/** Condition that keeps a view within the scope; the same meaning as the policies of PostgreSQL. */
function withinScope(fact: LakeFact, scope: ScopeSetting): string {
  // Saves reading a column of every row.
  if (scope.kind === 'all') return 'TRUE'
  const { lo, hi } = rangeOf(scope)
  const range = `unit_path >= ${literal(lo)} AND unit_path < ${literal(hi)}`
  const owner = OWNER_COLUMNS.find((column) => column in fact.columns)
  return scope.kind === 'own' && owner ? `${range} AND ${quoted(owner)} = ${literal(scope.actorId)}` : range
}

/** The view of one fact: its listed files, superseded rows left out, within the scope. */
export function viewOf(
  folder: string,
  fact: LakeFact,
  files: readonly ListedFile[],
  scope: ScopeSetting,
): string {
  if (files.length === 0) return selectNothing(fact)
  const all = selectFrom(folder, fact, files)
  const changed = files.filter((file) => file.maxVersion > 1)
  const scoped = withinScope(fact, scope)
  if (changed.length === 0) return `SELECT * FROM (${all}) WHERE ${scoped}`
  // Few facts ever change: look for the newest version only among files that hold one above 1. Which version is the
  // newest is decided before the scope is applied: a fact that moved out of the scope must not show its former self.
  const newest = `SELECT id, max(version) AS version FROM (${selectFrom(folder, fact, changed)}) WHERE version > 1 GROUP BY id`
  return (
    `SELECT * FROM (SELECT f.* FROM (${all}) f LEFT JOIN (${newest}) n ON n.id = f.id ` +
    `WHERE n.id IS NULL OR f.version = n.version) WHERE ${scoped}`
  )
}

/** Facts that a statement may mean: those whose name occurs in it. */
const mentioned = (catalogue: LakeCatalogue, sql: string): LakeFact[] => {
  const words = new Set(sql.match(/[A-Za-z_][A-Za-z0-9_]*/g))
  return Object.values(catalogue).filter((fact) => fact.scoped && words.has(fact.name))
}

/** Make the views of `facts` on this connection. */
async function createViews(
  connection: DuckDBConnection,
  client: SqlClient,
  options: { folder: string; facts: readonly LakeFact[]; scope: ScopeSetting },
): Promise<void> {
  const names = options.facts.map((fact) => fact.name)
  const files = Map.groupBy(await liveFiles(client, names), (file) => file.fact)
  for (const fact of options.facts)
    await connection.run(
      `CREATE OR REPLACE TEMP VIEW ${quoted(fact.name)} AS ${viewOf(options.folder, fact, files.get(fact.name) ?? [], options.scope)}`,
    )
}

/** A way to put one statement; see `Lake.query`. */
export type AskLake = (
  sql: string,
  parameters?: readonly DuckDBValue[] | Record<string, DuckDBValue>,
  signal?: AbortSignal,
) => Promise<LakeRow[]>

/** Retired files are deleted after an hour: a session lists the files anew before that. */
const LISTED_FOR_MS = 20 * 60_000

/** Ask several statements on one connection: each fact's view is made when it is first mentioned, and stays. */
export function askOn(
  connection: DuckDBConnection,
  options: { folder: string; catalogue: LakeCatalogue; scope: ScopeSetting; database: Database },
): AskLake {
  const { folder, scope } = options
  let made = new Set<string>()
  let listedAt = performance.now()
  return async (sql, parameters, signal) => {
    if (performance.now() - listedAt > LISTED_FOR_MS) {
      made = new Set()
      listedAt = performance.now()
    }
    const facts = mentioned(options.catalogue, sql).filter((fact) => !made.has(fact.name))
    if (facts.length > 0)
      await options.database.transaction(
        scope,
        (tx) => createViews(connection, tx.client, { folder, facts, scope }),
        { readOnly: true },
      )
    for (const fact of facts) made.add(fact.name)
    return readRows(connection, sql, parameters, signal)
  }
}

/** Run one statement and answer its rows in JavaScript's terms. */
export async function readRows(
  connection: DuckDBConnection,
  sql: string,
  parameters?: readonly DuckDBValue[] | Record<string, DuckDBValue>,
  signal?: AbortSignal,
): Promise<LakeRow[]> {
  const values = Array.isArray(parameters) ? [...parameters] : (parameters as Record<string, DuckDBValue>)
  const reader = await interruptible(connection, signal, () => connection.runAndReadAll(sql, values))
  const names = reader.deduplicatedColumnNames()
  const types = names.map((_, i) => reader.columnTypeId(i))
  return reader.getRowObjectsJS().map((row) => {
    const plain: LakeRow = {}
    for (const [i, name] of names.entries()) plain[name] = plainValue(row[name], types[i])
    return plain
  })
}

async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const interrupt = () => connection.interrupt()
  signal?.addEventListener('abort', interrupt)
  try {
    return await work()
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', interrupt)
  }
}

function plainValue(value: unknown, type: DuckDBTypeId | undefined): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date && type === DuckDBTypeId.DATE) return value.toISOString().slice(0, 10)
  if (value instanceof Date && type === DuckDBTypeId.TIMESTAMP) return instantOfLocal(value)
  if (Array.isArray(value)) return value.map((inner) => plainValue(inner, undefined))
  return value
}
