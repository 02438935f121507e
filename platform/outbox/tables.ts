/** Transactional outbox (PLT-32). Rows are written in the transaction of what happened; followers read by (xid, seq). */

import { instant, xid8 } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import { bigserial, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** A domain event. `payload` holds ids and codes only, no personal data. */
export const outbox = pgTable(
  'outbox',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    eventId: uuid('event_id').notNull(),
    xid: xid8('xid').notNull().default(sql`pg_current_xact_id()`),
    kind: text('kind').notNull(),
    payload: jsonb('payload').notNull(),
    at: instant('at').notNull().default(sql`now()`),
  },
  (t) => [index('outbox_xid').on(t.xid, t.seq)],
)

/** How far a follower (dispatcher, lake) has read. */
export const outboxCursor = pgTable('outbox_cursor', {
  follower: text('follower').primaryKey(),
  xid: xid8('xid').notNull(),
  seq: text('seq').notNull(),
})

/** Which consumer has already handled which event: consumers are idempotent. */
export const consumed = pgTable(
  'consumed',
  {
    eventId: uuid('event_id').notNull(),
    consumer: text('consumer').notNull(),
    at: instant('at').notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.eventId, t.consumer] })],
)
