/** Keyset pages: the cursor is the sort time and id of the last row shown; newest first. */
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'

const shape = z.tuple([z.coerce.date(), z.uuid()])

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

/** The column cut to milliseconds, as far as a cursor can tell times apart. */
const milliseconds = (at: PgColumn): SQL => sql`date_trunc('milliseconds', ${at})`

/** Rows that come after the cursor; undefined on the first page. */
export function olderThan(cursor: string | undefined, at: PgColumn, id: PgColumn): SQL | undefined {
  if (cursor === undefined) return undefined
  const last = decodeCursor(cursor)
  const time = last.at.toISOString()
  // the plain comparison uses the index, the exact one decides
  return sql`${at} < ${time}::timestamptz + interval '1 millisecond'
    AND (${milliseconds(at)}, ${id}) < (${time}::timestamptz, ${last.id}::uuid)`
}

/** Order that fits `olderThan`. */
export const newestFirst = (at: PgColumn, id: PgColumn): SQL => sql`${milliseconds(at)} DESC, ${id} DESC`

/** Cut rows fetched with `limit + 1` to a page. */
export function pageOfRows<R extends { id: string }>(
  rows: readonly R[],
  limit: number,
  timeOf: (row: R) => Date,
) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const cursor = (row: R) =>
    Buffer.from(JSON.stringify([timeOf(row).toISOString(), row.id])).toString('base64url')
  return { items, nextCursor: rows.length > limit && last ? cursor(last) : null }
}
