/** What the database knows of the keys it was written with. */
import { bytea, instant } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'

/** Fingerprints of keys, one for each name of `fingerprintsOf`: nothing of a key follows from them. */
export const keyFingerprint = pgTable('key_fingerprint', {
  name: text('name').primaryKey(),
  fingerprint: bytea('fingerprint').notNull(),
  recordedAt: instant('recorded_at').notNull().default(sql`now()`),
})
