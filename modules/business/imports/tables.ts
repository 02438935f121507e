/** Imports (BIZ-9): each run with the position up to which its rows are committed, so that it can go on after a stop. */
import { instant, unitPath } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'

/** One import of one file. `position` and counts move in the transaction of the rows they count. */
export const importRun = pgTable(
  'import_run',
  {
    id: uuid('id').primaryKey(),
    unitId: uuid('unit_id').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    createdBy: uuid('created_by').notNull(),
    /** Scope of the one who started it: own | unit | unit_and_below | all. Rows outside it are rejected. */
    scope: text('scope').notNull(),
    fact: text('fact').notNull(),
    mappingName: text('mapping_name').notNull(),
    /** The mapping as it was when the run began: a run goes on with the mapping it was started with. */
    mapping: jsonb('mapping').notNull(),
    fileName: text('file_name').notNull(),
    /** SM3 of the file in hex: the run goes on only with the same content. */
    fileDigest: text('file_digest').notNull(),
    fileBytes: bigint('file_bytes', { mode: 'number' }).notNull(),
    /** queued | running | done | failed | cancelled */
    state: text('state').notNull(),
    /** Records of the file (rows, not lines) whose facts are committed or rejected. */
    position: bigint('position', { mode: 'number' }).notNull().default(0),
    /** Bytes of the file read up to the position; 0 where the format does not tell. */
    bytesRead: bigint('bytes_read', { mode: 'number' }).notNull().default(0),
    inserted: bigint('inserted', { mode: 'number' }).notNull().default(0),
    skipped: bigint('skipped', { mode: 'number' }).notNull().default(0),
    rejected: bigint('rejected', { mode: 'number' }).notNull().default(0),
    /** Length of the rejects file up to the position; what lies behind it is cut off when the run goes on. */
    rejectBytes: bigint('reject_bytes', { mode: 'number' }).notNull().default(0),
    /** Address of the rejects in the file store once the run has ended, SM3 in hex. */
    rejectFile: text('reject_file'),
    /** Why it failed. */
    message: text('message'),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    startedAt: instant('started_at'),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
    finishedAt: instant('finished_at'),
  },
  (t) => [
    index('import_run_unit').on(t.unitPath, t.createdAt),
    index('import_run_file').on(t.fileDigest, t.fact),
  ],
)
