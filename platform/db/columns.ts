/**
 * Column types shared by all modules' tables.
 *
 * Personal data never stands in clear: an `encryptedText` column holds the SM4 ciphertext, a `digest` column beside
 * it the keyed digest (HMAC-SM3 cut to 16 bytes) that exact search and indicators use.
 */
import { sql } from 'drizzle-orm'
import { customType, integer, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** Raw bytes. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({
  dataType: () => 'bytea',
})

/** A transaction id of PostgreSQL, as text. Followers of the outbox and the audit log read in its order. */
export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })

/** Ciphertext of a personal value as written by `platform/crypto`: key id, IV, SM4 ciphertext, check value. */
export const encryptedText = (name: string) => bytea(name)

/** Keyed digest of a normalised identifier, 16 bytes. Equal values of one kind have equal digests in every table. */
export const digest = (name: string) => bytea(name)

/** HMAC-SM3 over the guarded columns of the row (PLT-22), 32 bytes. */
export const checkValue = (name = 'check_value') => bytea(name)

/**
 * Path of immutable unit codes, `/45/4503/450302/`, compared byte-wise: row-level security cuts ranges of it.
 * A table that has a column named `unit_path` is a scoped table; `migrate` gives it its policies.
 */
export const unitPath = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' })

/** An instant. Stored as timestamptz; JavaScript `Date` at the driver's edge. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Columns that every fact has. `id` is a UUIDv7 made by us; (`source`, `source_key`) makes imports idempotent. */
export const factColumns = () => ({
  id: uuid('id').primaryKey(),
  source: text('source').notNull(),
  sourceKey: text('source_key').notNull(),
  occurredAt: instant('occurred_at').notNull(),
  unitId: uuid('unit_id').notNull(),
  unitPath: unitPath('unit_path').notNull(),
  version: integer('version').notNull().default(1),
  recordedAt: instant('recorded_at').notNull().default(sql`now()`),
})
