/** The list of files in PostgreSQL: what readers may read. */
import { newId, type SqlClient } from '@hengjian/platform/context'
import type { Tx } from '@hengjian/platform/db'
import { LAKE_ZONE, type LakeFact, lakeColumns, literal, quoted, typeInLake } from './catalogue.ts'
import { lakeChange, lakeFile } from './tables.ts'
import type { NewFile, WrittenFile } from './write-batch.ts'

/** A file as readers need it. */
export interface ListedFile {
  readonly id: string
  readonly path: string
  readonly fact: string
  readonly month: string
  readonly rows: number
  readonly columns: string
  readonly maxVersion: number
  readonly digest: Buffer
}

const COLUMNS = `id, path, fact, month, rows, columns, max_version AS "maxVersion", digest`

/** Files that stand for the facts now, by fact and month. */
export async function liveFiles(client: SqlClient, facts: readonly string[]): Promise<ListedFile[]> {
  const { rows } = await client.query<ListedFile>(
    `SELECT ${COLUMNS} FROM lake_file WHERE retired_at IS NULL AND fact = ANY($1) ORDER BY fact, month, path`,
    [facts],
  )
  return rows
}

/** List files that hold the rows of others, in the transaction that retires those. */
export async function listFiles(tx: Tx, files: readonly WrittenFile[]): Promise<void> {
  if (files.length > 0) await tx.db.insert(lakeFile).values([...files])
}

/** List files that bring new rows, in the transaction that wrote these or moved the follower. */
export async function listNewFiles(tx: Tx, files: readonly NewFile[]): Promise<void> {
  if (files.length === 0) return
  await listFiles(
    tx,
    files.map(({ times: _times, ...file }) => file),
  )
  await tx.db
    .insert(lakeChange)
    .values(files.map(({ fact, month, rows, times }) => ({ id: newId(), fact, month, rows, times })))
}

/** Select from files in the fact's present columns plus `day`; a column that a file lacks is NULL. */
export function selectFrom(folder: string, fact: LakeFact, files: readonly ListedFile[]): string {
  const byShape = Map.groupBy(files, (file) => file.columns)
  return [...byShape]
    .map(([shape, group]) => {
      const present = new Set(shape.split(','))
      const columns = lakeColumns(fact).map((column) =>
        present.has(column.name)
          ? quoted(column.name)
          : `NULL::${typeInLake(column)} AS ${quoted(column.name)}`,
      )
      const paths = group.map((file) => literal(`${folder}/${file.path}`))
      return `SELECT ${columns.join(', ')}, day FROM read_parquet([${paths.join(', ')}])`
    })
    .join(' UNION ALL ')
}

/** The same columns with no rows. */
export function selectNothing(fact: LakeFact): string {
  const columns = lakeColumns(fact).map((column) => `NULL::${typeInLake(column)} AS ${quoted(column.name)}`)
  return `SELECT ${columns.join(', ')}, NULL::DATE AS day WHERE false`
}

/** Instant of a local time of the lake's zone that a driver handed over as if it were UTC. */
export function instantOfLocal(local: Date): Date {
  return new Date(
    Temporal.PlainDateTime.from(local.toISOString().slice(0, 23)).toZonedDateTime(LAKE_ZONE)
      .epochMilliseconds,
  )
}
