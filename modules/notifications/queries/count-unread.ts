import type { Handler } from '@hengjian/platform/http'
import { and, count, eq, isNull } from 'drizzle-orm'
import type { notificationsContract } from '../contract.ts'
import { notification } from '../tables.ts'

/** How many messages the caller has not read. */
export const countUnread: Handler<typeof notificationsContract.countUnread> = async (ctx) => {
  const [row] = await ctx.db
    .select({ unread: count() })
    .from(notification)
    .where(and(eq(notification.recipientId, ctx.actor.id), isNull(notification.readAt)))
  return { unread: row!.unread }
}
