/** Stored files by content (PLT-30). Names, owners and meaning belong to the records that refer to them. */
import { bytea, instant } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import { bigint, pgTable, text } from 'drizzle-orm/pg-core'

/** A stored content. It lies encrypted under a key derived from its digest. */
export const file = pgTable('file', {
  /** SM3 of the content, 32 bytes: the address. */
  digest: bytea('digest').primaryKey(),
  /** Length of the content in bytes. */
  bytes: bigint('bytes', { mode: 'number' }).notNull(),
  mediaType: text('media_type').notNull(),
  storedAt: instant('stored_at').notNull().default(sql`now()`),
})
