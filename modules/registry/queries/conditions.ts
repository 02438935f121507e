/** Parts of conditions that the lists of this module share. */
import { endOfSubtree } from '@hengjian/platform/db'
import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** The unit `path` and those below it. */
export const below = (column: PgColumn, path: string): SQL =>
  sql`${column} >= ${path} AND ${column} < ${endOfSubtree(path)}`

/** Text for a LIKE pattern, its own wildcards taken literally. */
export const patternOf = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
