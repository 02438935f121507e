import type { Handler } from '@hengjian/platform/http'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { notificationsContract } from '../contract.ts'
import { notification } from '../tables.ts'

/** Mark the caller's messages as read: those named, or all. Ids of others' messages mark nothing. */
export const markRead: Handler<typeof notificationsContract.markRead> = async (ctx, input) => {
  const { rowCount } = await ctx.db
    .update(notification)
    .set({ readAt: ctx.clock.now() })
    .where(
      and(
        eq(notification.recipientId, ctx.actor.id),
        isNull(notification.readAt),
        input.ids ? inArray(notification.id, input.ids) : undefined,
      ),
    )
  return { marked: rowCount ?? 0 }
}
