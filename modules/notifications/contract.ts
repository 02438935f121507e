/** Operations of the personal inbox (PLT-44, in-console part). Schemas only. */
import { isoInstant, operationsOf, pageOf, pageQuery } from '@hengjian/platform/contract'
import { z } from 'zod'
import { notificationsPermissions } from './permissions.ts'

const operation = operationsOf(notificationsPermissions, '消息')

const notificationView = z.object({
  id: z.uuid(),
  kind: z.string().describe('supervision.authorisation_requested, …'),
  title: z.string(),
  link: z.string().nullable().describe('Page of the console'),
  at: isoInstant,
  readAt: isoInstant.nullable(),
})

export const notificationsContract = {
  findNotifications: operation({
    id: 'notifications.find-notifications',
    method: 'GET',
    path: '/notifications',
    permission: 'signed-in',
    summary: '查询我的消息',
    input: pageQuery.extend({ unread: z.boolean().optional().describe('true: unread only') }),
    output: pageOf(notificationView),
  }),
  markRead: operation({
    id: 'notifications.mark-read',
    method: 'POST',
    path: '/notifications/read',
    permission: 'signed-in',
    summary: '标记消息为已读',
    input: z.object({ ids: z.array(z.uuid()).min(1).max(200).optional().describe('Left out: all') }),
    output: z.object({ marked: z.number().int() }),
  }),
  countUnread: operation({
    id: 'notifications.count-unread',
    method: 'GET',
    path: '/notifications/unread-count',
    permission: 'signed-in',
    summary: '未读消息数',
    input: z.object({}),
    output: z.object({ unread: z.number().int() }),
  }),
}
