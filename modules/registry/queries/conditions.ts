/** Parts of conditions that the lists of this module share. */
import { endOfSubtree } from '@hengjian/platform/db'
import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** The unit `path` and those below it. */
export const below = (column: PgColumn, path: string): SQL =>
  sql`${column} >= ${path} AND ${column} < ${endOfSubtree(path)}`

/** Text for a LIKE pattern, its own wildcards taken literally. */
export const patternOf = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/** A page out of one row more than it holds; the cursor is the last id. */
export const pageBy = <R extends { id: string }, V>(
  rows: readonly R[],
  limit: number,
  present: (row: R) => V,
): { items: V[]; nextCursor: string | null } => {
  const page = rows.slice(0, limit)
  return { items: page.map(present), nextCursor: rows.length > limit ? page.at(-1)!.id : null }
}
