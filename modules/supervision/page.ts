/** Keyset pages: the cursor is the sort key and id of the last row shown. */
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'

const shape = z.tuple([z.coerce.date(), z.uuid()])

const encodeCursor = (at: Date, id: string): string =>
  Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url')

/** Throws `platform.invalid_input` for a cursor that is not ours. */
function decodeCursor(cursor: string): { at: Date; id: string } {
  try {
    const [at, id] = shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    return { at, id }
  } catch (cause) {
    throw new Problem(platformErrors.invalid_input, {
      issues: [{ path: 'cursor', message: '游标无效' }],
      cause,
    })
  }
}

/** Condition of the rows after the cursor, in the direction of the sort; undefined on the first page. */
export function after(
  cursor: string | undefined,
  at: PgColumn,
  id: PgColumn,
  direction: 'asc' | 'desc',
): SQL | undefined {
  if (cursor === undefined) return undefined
  const last = decodeCursor(cursor)
  const key = sql`(${last.at.toISOString()}::timestamptz, ${last.id}::uuid)`
  return direction === 'asc' ? sql`(${at}, ${id}) > ${key}` : sql`(${at}, ${id}) < ${key}`
}

/** Cut rows fetched with `limit + 1` to a page and name the next cursor. */
export function pageOfRows<R extends { id: string }>(
  rows: readonly R[],
  limit: number,
  timeOf: (row: R) => Date,
) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(timeOf(last), last.id) : null }
}
