/**
 * The audit log (PLT-20, PLT-21). The application may insert and read, never update or delete. A command inserts its
 * entry inside its own transaction; the sealer follows and writes sequence and chain hash to `audit_seal`.
 */

import { bytea, checkValue, instant, xid8 } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'

/** Rows by table and id, with the version they had after the act; null: removed by it. */
export type GuardedRows = Record<string, Record<string, number | null>>

/** One recorded act. `before`/`after` never hold personal data in clear. */
export const auditEntry = pgTable(
  'audit_entry',
  {
    id: uuid('id').primaryKey(),
    xid: xid8('xid').notNull().default(sql`pg_current_xact_id()`),
    at: instant('at').notNull(),
    actorKind: text('actor_kind').notNull(),
    actorId: uuid('actor_id'),
    actorName: text('actor_name'),
    unitPathOfActor: text('actor_unit_path'),
    sessionId: text('session_id'),
    clientAddress: text('client_address'),
    requestId: text('request_id'),
    action: text('action').notNull(),
    objectKind: text('object_kind'),
    objectId: text('object_id'),
    before: jsonb('before'),
    after: jsonb('after'),
    result: text('result').notNull(),
    reason: text('reason'),
    /** Guarded rows that the act wrote: table → id → version (0 where the table has none), null for a removed row. */
    guarded: jsonb('guarded').$type<GuardedRows>(),
    checkValue: checkValue().notNull(),
  },
  (t) => [
    index('audit_entry_xid').on(t.xid, t.id),
    index('audit_entry_at').on(t.at, t.id),
    index('audit_entry_object').on(t.objectKind, t.objectId, t.at),
    index('audit_entry_actor').on(t.actorId, t.at),
  ],
)

/** Place of an entry in the chain: hash as `chainHash` makes it. */
export const auditSeal = pgTable(
  'audit_seal',
  {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
    auditId: uuid('audit_id').notNull(),
    xid: xid8('xid').notNull(),
    hash: bytea('hash').notNull(),
    /** The entry's check value fitted when it was sealed. */
    sound: boolean('sound').notNull().default(true),
    sealedAt: instant('sealed_at').notNull().default(sql`now()`),
  },
  (t) => [unique('audit_seal_entry').on(t.auditId)],
)

/** Signed checkpoint of the chain; the same line is appended to a file outside the database. */
export const auditCheckpoint = pgTable('audit_checkpoint', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  hash: bytea('hash').notNull(),
  signature: bytea('signature').notNull(),
  entries: integer('entries').notNull(),
  at: instant('at').notNull(),
})
