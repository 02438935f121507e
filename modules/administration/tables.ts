/** Tables of administration. None holds personal data of applicants. */
import { checkValue, instant, unitPath } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import {
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'

/**
 * Values of parameters by unit (PLT-7). Guarded (PLT-22). A change supersedes the row before, so that the table is also
 * the history; rows are never removed.
 */
export const parameterValue = pgTable(
  'parameter_value',
  {
    id: uuid('id').primaryKey(),
    code: text('code').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    version: integer('version').notNull(),
    /** JSON text; null: reset to what is inherited. */
    value: text('value'),
    reason: text('reason').notNull(),
    changedById: uuid('changed_by_id').notNull(),
    changedByName: text('changed_by_name').notNull(),
    changedAt: instant('changed_at').notNull(),
    checkValue: checkValue().notNull(),
    lastAuditId: uuid('last_audit_id').notNull(),
  },
  (t) => [
    unique('parameter_value_version').on(t.code, t.unitPath, t.version),
    index('parameter_value_changed').on(t.code, t.changedAt, t.id),
  ],
)

/** Dictionaries with their current version (PLT-6). */
export const dictionary = pgTable('dictionary', {
  code: text('code').primaryKey(),
  name: text('name').notNull(),
  version: integer('version').notNull(),
  /** built_in | imported */
  source: text('source').notNull(),
  changedById: uuid('changed_by_id'),
  changedByName: text('changed_by_name'),
  changedAt: instant('changed_at').notNull(),
})

/** Entries of every version, so that old records can still be read in words. */
export const dictionaryEntry = pgTable(
  'dictionary_entry',
  {
    dictionaryCode: text('dictionary_code')
      .notNull()
      .references(() => dictionary.code),
    version: integer('version').notNull(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    enabled: boolean('enabled').notNull(),
    parentCode: text('parent_code'),
    /** Order in which they are shown. */
    position: integer('position').notNull(),
  },
  (t) => [primaryKey({ columns: [t.dictionaryCode, t.version, t.code] })],
)

/** Days that differ from the published calendar (BIZ-6). */
export const calendarDay = pgTable('calendar_day', {
  day: date('day', { mode: 'string' }).primaryKey(),
  /** working | rest */
  kind: text('kind').notNull(),
  name: text('name').notNull(),
  /** Number of the notice that orders it. */
  noticeNumber: text('notice_number').notNull(),
  changedById: uuid('changed_by_id').notNull(),
  changedByName: text('changed_by_name').notNull(),
  changedAt: instant('changed_at').notNull(),
})

/** Runs of the verification of audit log and guarded rows. */
export const auditVerification = pgTable(
  'audit_verification',
  {
    id: uuid('id').primaryKey(),
    /** running | intact | faulty | failed */
    state: text('state').notNull(),
    requestedByName: text('requested_by_name').notNull(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
    checked: integer('checked').notNull().default(0),
    rowsChecked: integer('rows_checked').notNull().default(0),
    /** Faults of the chain, the first 100 in its order. */
    faults: jsonb('faults').notNull().default(sql`'[]'::jsonb`),
    /** Guarded rows that are not as written, the first 100. */
    alteredRows: jsonb('altered_rows').notNull().default(sql`'[]'::jsonb`),
  },
  (t) => [index('audit_verification_started').on(t.startedAt, t.id)],
)
