import { defineModule, type ModuleManifest } from '@hengjian/platform/http'
import { markRead } from './commands/mark-read.ts'
import { notificationsContract } from './contract.ts'
import { notificationsPermissions } from './permissions.ts'
import { countUnread } from './queries/count-unread.ts'
import { findNotifications } from './queries/find-notifications.ts'

/** The inbox of every user. */
export const createNotificationsModule = (): ModuleManifest =>
  defineModule({
    name: 'notifications',
    permissions: notificationsPermissions,
    contract: notificationsContract,
    handlers: { findNotifications, markRead, countUnread },
  })
