/**
 * The list of the lake's files. What is not listed here does not exist for readers (kernel: exactly once), so that a
 * file half written or left behind by a killed process is never read; the sweep removes it.
 */
import { bytea, instant, xid8 } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'

/** One Parquet file: rows of one fact whose `occurred_at` lies in one month (Asia/Shanghai), or of a standing fact. */
export const lakeFile = pgTable(
  'lake_file',
  {
    id: uuid('id').primaryKey(),
    /** Relative to the lake's folder: `<fact>/<month>/<id>.parquet`. */
    path: text('path').notNull(),
    fact: text('fact').notNull(),
    /** `2026-11`; `all` for standing facts. */
    month: text('month').notNull(),
    rows: integer('rows').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    /** SM3 of the file. */
    digest: bytea('digest').notNull(),
    /** Columns of the file, comma-separated: files written before a column was added lack it. */
    columns: text('columns').notNull(),
    minAt: instant('min_at').notNull(),
    maxAt: instant('max_at').notNull(),
    /** Highest version in it: readers look for superseded rows only where some file holds a version above 1. */
    maxVersion: integer('max_version').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    /** Set when compaction replaced it; the file itself is deleted an hour later. */
    retiredAt: instant('retired_at'),
  },
  (t) => [unique('lake_file_path').on(t.path), index('lake_file_fact').on(t.fact, t.month)],
)

/** First and last day (Asia/Shanghai) of the values of a fact's columns of type instant. */
export type LakeTimes = Readonly<Record<string, readonly [first: string, last: string]>>

/**
 * What came into the lake: a row for each file that brought new rows or new versions of rows. Files that compaction and
 * rebuilding wrote are no change. Read in the order of transactions (see `changes.ts`).
 */
export const lakeChange = pgTable(
  'lake_change',
  {
    id: uuid('id').primaryKey(),
    fact: text('fact').notNull(),
    /** `2026-11`; `all` for standing facts. */
    month: text('month').notNull(),
    rows: integer('rows').notNull(),
    /** Of standing facts: of rows that came new, not of later versions. A column without values is left out. */
    times: jsonb('times').$type<LakeTimes>().notNull(),
    xid: xid8('xid').notNull().default(sql`pg_current_xact_id()`),
    recordedAt: instant('recorded_at').notNull().default(sql`now()`),
  },
  (t) => [index('lake_change_xid').on(t.xid)],
)
