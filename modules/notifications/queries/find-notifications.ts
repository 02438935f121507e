import { keysetPage, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, isNull } from 'drizzle-orm'
import type { notificationsContract } from '../contract.ts'
import { notification } from '../tables.ts'

const sortKeys = { at: { by: notification.at, type: 'timestamptz' } } as const satisfies Record<
  string,
  SortKey
>

/** The caller's own messages, newest first. Row-level security keeps others' out; the condition uses the index. */
export const findNotifications: Handler<typeof notificationsContract.findNotifications> = async (
  ctx,
  input,
) => {
  const page = keysetPage(sortKeys, notification.id, '-at', input)
  const found = await ctx.db
    .select({ row: notification, key: page.key })
    .from(notification)
    .where(
      and(
        eq(notification.recipientId, ctx.actor.id),
        input.unread ? isNull(notification.readAt) : undefined,
        page.after,
      ),
    )
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
  return {
    items: rows.map(({ row }) => ({
      id: row.id,
      kind: row.kind,
      title: row.title,
      link: row.link,
      at: row.at.toISOString(),
      readAt: row.readAt?.toISOString() ?? null,
    })),
    nextCursor,
  }
}
