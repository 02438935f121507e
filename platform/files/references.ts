/**
 * Who refers to a stored file. A record names a file by the hex of its digest in a column; a module lists those
 * columns, and the sweep removes what none of them names. `holdFile` keeps the two from missing each other.
 */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { and, eq, getTableColumns, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { fileErrors } from './errors.ts'
import { file, type ScanState, type ThumbnailState } from './tables.ts'

/** A column of hex digests that name stored files. Its table has a unit: the sweep must see all of its rows. */
export type FileReference = AnyPgColumn

/**
 * Hold a stored file for the record that the caller's transaction writes: call it before writing. Until the end of the
 * transaction the file cannot be swept; afterwards the record keeps it.
 * @throws Problem `files.file_not_found` when it has gone · `files.file_infected`
 */
export async function holdFile(ctx: RequestContext, digest: string): Promise<void> {
  const [row] = await ctx.db
    .select({ scan: file.scan })
    .from(file)
    .where(and(eq(file.digest, Buffer.from(digest, 'hex')), isNull(file.discardedAt)))
    .for('key share')
  if (!row) throw new Problem(fileErrors.file_not_found)
  if (row.scan === 'infected') throw new Problem(fileErrors.file_infected)
}

/** What is known of stored files by digest, for the records that name them; one that is not stored is left out. */
export async function filesOf(
  ctx: RequestContext,
  digests: readonly string[],
): Promise<Map<string, { readonly scan: ScanState; readonly thumbnail: ThumbnailState }>> {
  const rows = await ctx.db
    .select({ digest: file.digest, scan: file.scan, thumbnail: file.thumbnail })
    .from(file)
    .where(
      inArray(
        file.digest,
        digests.map((digest) => Buffer.from(digest, 'hex')),
      ),
    )
  return new Map(rows.map(({ digest, ...known }) => [digest.toString('hex'), known]))
}

/** Condition on `file` that no record names it. */
export const unreferenced = (references: readonly FileReference[]): SQL =>
  and(...references.map((column) => sql`NOT ${naming(column, sql`encode(${file.digest}, 'hex')`)}`)) ??
  sql`true`

/** Whether a record names the file, by a statement of its own and so as of now. */
export async function isReferredTo(
  ctx: RequestContext,
  references: readonly FileReference[],
  digest: string,
): Promise<boolean> {
  for (const column of references) {
    const { rows } = await ctx.db.execute<{ named: boolean }>(
      sql`SELECT ${naming(column, sql`${digest}`)} AS named`,
    )
    if (rows[0]?.named) return true
  }
  return false
}

const naming = (column: FileReference, digest: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM ${column.table} WHERE ${column} = ${digest})`

/** @throws Error for a table whose rows the sweep would not see, and whose files it would take for lost */
export function assertVisible(references: readonly FileReference[]): void {
  for (const { table, name } of references)
    if (!('unitPath' in getTableColumns(table)))
      throw new Error(`${name} cannot refer to stored files: its table has no unit_path`)
}
