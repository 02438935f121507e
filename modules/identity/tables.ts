/**
 * Tables of identity (PLT-1…5, PLT-10, PLT-13).
 *
 * Personal data: `user_account` holds name, ID number and mobile encrypted, with digests for exact search; the TOTP
 * secret is encrypted, the password stretched. Guarded rows (PLT-22): role, role_permission, user_role.
 * Retention: accounts are disabled, never deleted, because records name them; ended sessions are deleted.
 */
import { checkValue, digest, encryptedText, instant, unitPath } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { PermittedHours } from './contract.ts'

/** A node of the agency tree. `code` never changes: the path is made of codes. */
export const unit = pgTable(
  'unit',
  {
    id: uuid('id').primaryKey(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    level: text('level').notNull(),
    parentId: uuid('parent_id'),
    unitPath: unitPath('unit_path').notNull(),
    /** Prefixes of region codes that count as local here; empty = those of the parent. */
    localRegions: text('local_regions').array().notNull().default([]),
    /** active | closed */
    state: text('state').notNull().default('active'),
    validFrom: date('valid_from', { mode: 'string' }),
    validUntil: date('valid_until', { mode: 'string' }),
  },
  (t) => [
    unique('unit_code').on(t.code),
    unique('unit_path_unique').on(t.unitPath),
    index('unit_parent').on(t.parentId),
    foreignKey({ name: 'unit_parent_fk', columns: [t.parentId], foreignColumns: [t.id] }),
  ],
)

/** A person who signs in. */
export const userAccount = pgTable(
  'user_account',
  {
    id: uuid('id').primaryKey(),
    userName: text('user_name').notNull(),
    nameEnc: encryptedText('name_enc').notNull(),
    nameDigest: digest('name_digest').notNull(),
    staffNumber: text('staff_number'),
    idNumberEnc: encryptedText('id_number_enc'),
    idDigest: digest('id_digest'),
    mobileEnc: encryptedText('mobile_enc'),
    mobileDigest: digest('mobile_digest'),
    unitId: uuid('unit_id')
      .notNull()
      .references(() => unit.id),
    unitPath: unitPath('unit_path').notNull(),
    /** Class of all roles the account holds (PLT-5); `user_role` refers to (id, role_class), so they cannot mix. */
    roleClass: text('role_class').notNull().default('business'),
    scope: text('scope').notNull().default('unit'),
    /** active | disabled */
    state: text('state').notNull().default('active'),
    validFrom: date('valid_from', { mode: 'string' }),
    validUntil: date('valid_until', { mode: 'string' }),
    permittedAddresses: text('permitted_addresses').array().notNull().default([]),
    permittedHours: jsonb('permitted_hours').$type<PermittedHours>(),
    oneSessionOnly: boolean('one_session_only').notNull().default(false),
    passwordHash: text('password_hash').notNull(),
    /** Hashes of former passwords, newest first. */
    passwordHistory: text('password_history').array().notNull().default([]),
    passwordChangedAt: instant('password_changed_at').notNull(),
    mustChange: boolean('must_change').notNull().default(true),
    /** Failures since `failed_since`, the first of the running window. */
    failedCount: integer('failed_count').notNull().default(0),
    failedSince: instant('failed_since'),
    lockedUntil: instant('locked_until'),
    totpSecretEnc: encryptedText('totp_secret_enc'),
    /** Secret shown for enrolment and not yet confirmed. */
    totpPendingEnc: encryptedText('totp_pending_enc'),
    /** Last time step whose code was accepted: a code counts once. */
    totpLastStep: bigint('totp_last_step', { mode: 'number' }),
    lastSignedInAt: instant('last_signed_in_at'),
    version: integer('version').notNull().default(1),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('user_account_user_name').on(sql`lower(${t.userName})`),
    unique('user_account_class').on(t.id, t.roleClass),
    index('user_account_unit_path').on(t.unitPath),
    index('user_account_id_digest').on(t.idDigest),
    check('user_account_role_class', sql`${t.roleClass} IN ('business', 'system', 'security', 'audit')`),
    check('user_account_scope', sql`${t.scope} IN ('own', 'unit', 'unit_and_below', 'all')`),
  ],
)

/** A set of permissions. Guarded row. */
export const role = pgTable(
  'role',
  {
    id: uuid('id').primaryKey(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    roleClass: text('role_class').notNull(),
    /** Kept by the program: its permissions follow the catalogue. */
    builtIn: boolean('built_in').notNull(),
    checkValue: checkValue().notNull(),
    lastAuditId: uuid('last_audit_id').notNull(),
  },
  (t) => [
    unique('role_code').on(t.code),
    unique('role_class_unique').on(t.id, t.roleClass),
    check('role_role_class', sql`${t.roleClass} IN ('business', 'system', 'security', 'audit')`),
  ],
)

/** A permission of a role. Guarded row. Only audit administrators may hold permissions on the audit log (PLT-5). */
export const rolePermission = pgTable(
  'role_permission',
  {
    id: uuid('id').primaryKey(),
    roleId: uuid('role_id').notNull(),
    roleClass: text('role_class').notNull(),
    permission: text('permission').notNull(),
    checkValue: checkValue().notNull(),
    lastAuditId: uuid('last_audit_id').notNull(),
  },
  (t) => [
    unique('role_permission_once').on(t.roleId, t.permission),
    index('role_permission_permission').on(t.permission),
    foreignKey({
      name: 'role_permission_role_fk',
      columns: [t.roleId, t.roleClass],
      foreignColumns: [role.id, role.roleClass],
    }),
    check(
      'role_permission_audit',
      sql`${t.permission} NOT LIKE 'administration.audit.%' OR ${t.roleClass} = 'audit'`,
    ),
  ],
)

/**
 * A role held by an account. Guarded row. Both foreign keys carry the class: an account cannot hold roles of two
 * classes, whatever writes the row (PLT-5).
 */
export const userRole = pgTable(
  'user_role',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id').notNull(),
    roleId: uuid('role_id').notNull(),
    roleClass: text('role_class').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    checkValue: checkValue().notNull(),
    lastAuditId: uuid('last_audit_id').notNull(),
  },
  (t) => [
    unique('user_role_once').on(t.userId, t.roleId),
    index('user_role_role').on(t.roleId),
    foreignKey({
      name: 'user_role_user_fk',
      columns: [t.userId, t.roleClass],
      foreignColumns: [userAccount.id, userAccount.roleClass],
    }),
    foreignKey({
      name: 'user_role_role_fk',
      columns: [t.roleId, t.roleClass],
      foreignColumns: [role.id, role.roleClass],
    }),
  ],
)

/** A signed-in session. Only the SM3 of the token is kept: reading the table gives nobody a session. */
export const session = pgTable(
  'session',
  {
    id: uuid('id').primaryKey(),
    tokenHash: digest('token_hash').notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => userAccount.id),
    unitPath: unitPath('unit_path').notNull(),
    clientAddress: text('client_address').notNull(),
    createdAt: instant('created_at').notNull(),
    lastSeenAt: instant('last_seen_at').notNull(),
    steppedUpAt: instant('stepped_up_at'),
  },
  (t) => [unique('session_token').on(t.tokenHash), index('session_user').on(t.userId)],
)

/** Guarded tables of this module, for the sweep. */
export const guardedTables = [role, rolePermission, userRole] as const
