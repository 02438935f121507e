/** The personal inbox. Personal table: row-level security lets only the recipient read a row; anyone may add one. */
import { instant } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'

/** One message. Titles hold numbers and names of indicators, no personal data of applicants. */
export const notification = pgTable(
  'notification',
  {
    id: uuid('id').primaryKey(),
    recipientId: uuid('recipient_id').notNull(),
    kind: text('kind').notNull(),
    title: text('title').notNull(),
    link: text('link'),
    at: instant('at').notNull(),
    readAt: instant('read_at'),
  },
  (t) => [
    index('notification_recipient').on(t.recipientId, t.at, t.id),
    index('notification_unread').on(t.recipientId).where(sql`read_at IS NULL`),
  ],
)
