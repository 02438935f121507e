import type { Handler } from '@hengjian/platform/http'
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { notificationsContract } from '../contract.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { notification } from '../tables.ts'

/** The caller's own messages, newest first. Row-level security keeps others' out; the condition uses the index. */
export const findNotifications: Handler<typeof notificationsContract.findNotifications> = async (
  ctx,
  input,
) => {
  const after = input.cursor === undefined ? null : decodeCursor(input.cursor)
  const rows = await ctx.db
    .select()
    .from(notification)
    .where(
      and(
        eq(notification.recipientId, ctx.actor.id),
        input.unread ? isNull(notification.readAt) : undefined,
        after ? sql`(${notification.at}, ${notification.id}) < (${after.at}, ${after.id}::uuid)` : undefined,
      ),
    )
    .orderBy(desc(notification.at), desc(notification.id))
    .limit(input.limit + 1)
  const page = rows.slice(0, input.limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => ({
      id: row.id,
      kind: row.kind,
      title: row.title,
      link: row.link,
      at: row.at.toISOString(),
      readAt: row.readAt?.toISOString() ?? null,
    })),
    nextCursor: rows.length > input.limit && last ? encodeCursor(last.at, last.id) : null,
  }
}
