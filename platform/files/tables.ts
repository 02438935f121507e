/** Stored files by content (PLT-30). Names, owners and meaning belong to the records that refer to them. */
import { bytea, instant } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, text } from 'drizzle-orm/pg-core'

/** What the virus scanner said. `off`: none was configured · `own`: made by this program. */
export const scanStates = ['off', 'own', 'clean', 'unscanned', 'infected'] as const
export type ScanState = (typeof scanStates)[number]

/** `none`: no image · `waiting`: the job has not come to it · `refused`: no picture could be made of it. */
export type ThumbnailState = 'none' | 'waiting' | 'made' | 'refused'

/** A stored content. It lies encrypted under a key derived from its digest. */
export const file = pgTable(
  'file',
  {
    /** SM3 of the content, 32 bytes: the address. */
    digest: bytea('digest').primaryKey(),
    /** Length of the content in bytes. */
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    mediaType: text('media_type').notNull(),
    /** When the content was last handed in. */
    storedAt: instant('stored_at').notNull().default(sql`now()`),
    /** The sweep has decided on it: no record can take it any more, and it will be gone. */
    discardedAt: instant('discarded_at'),
    scan: text('scan').$type<ScanState>().notNull().default('off'),
    scannedAt: instant('scanned_at'),
    /** Name of what the scanner found. */
    threat: text('threat'),
    thumbnail: text('thumbnail').$type<ThumbnailState>().notNull().default('none'),
    /** SM3 of the thumbnail, against which it is verified when read. */
    thumbnailDigest: bytea('thumbnail_digest'),
    /** Why it was refused, in words for the user. */
    thumbnailFault: text('thumbnail_fault'),
  },
  (t) => [index('file_stored').on(t.storedAt), index('file_scan').on(t.scan).where(sql`scan = 'unscanned'`)],
)
