/**
 * Tables of registry (BIZ-30, BIZ-31, BIZ-40, as far as facts need them): outside institutions, people who handle
 * business without signing in here, agents. Personal data: names stand encrypted, with a digest for exact search.
 */
import { digest, encryptedText, unitPath } from '@hengjian/platform/db'
import { index, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'

/** An outside body that handles business under a unit (社会化服务机构). No personal data. */
export const institution = pgTable(
  'institution',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').notNull(),
    code: text('code'),
    name: text('name').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    region: text('region'),
    /** active | suspended | revoked */
    state: text('state').notNull(),
    source: text('source').notNull(),
  },
  (t) => [
    unique('institution_source_name').on(t.source, t.kind, t.name),
    index('institution_unit_path').on(t.unitPath, t.kind),
  ],
)

/** A person of a unit or institution who handles business, with or without an account (经办人员). */
export const staffMember = pgTable(
  'staff_member',
  {
    id: uuid('id').primaryKey(),
    nameEnc: encryptedText('name_enc').notNull(),
    nameDigest: digest('name_digest').notNull(),
    staffNumber: text('staff_number'),
    unitPath: unitPath('unit_path').notNull(),
    institutionId: uuid('institution_id').references(() => institution.id),
    /** Post held, e.g. examiner 考试员, inspector 查验员. */
    post: text('post'),
  },
  (t) => [
    index('staff_member_unit_path').on(t.unitPath),
    index('staff_member_institution').on(t.institutionId),
    index('staff_member_number').on(t.staffNumber),
  ],
)

/** A person who applies for others (代理人), managed by a unit. */
export const agent = pgTable(
  'agent',
  {
    id: uuid('id').primaryKey(),
    nameEnc: encryptedText('name_enc').notNull(),
    nameDigest: digest('name_digest').notNull(),
    company: text('company'),
    unitPath: unitPath('unit_path').notNull(),
    /** active | suspended | revoked */
    state: text('state').notNull(),
  },
  (t) => [index('agent_unit_path').on(t.unitPath), index('agent_name').on(t.nameDigest)],
)
