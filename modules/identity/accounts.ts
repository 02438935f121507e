/** Loading accounts with their unit and what they may do. */
import type { RequestContext } from '@hengjian/platform/context'
import type { DataScope } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import { eq, inArray, type SQL, sql } from 'drizzle-orm'
import { keepThoughRefused } from './across-units.ts'
import type { RoleClass } from './contract.ts'
import type { Entrance } from './rules/entry.ts'
import { afterFailure } from './rules/lockout.ts'
import { mustChangePassword } from './rules/password.ts'
import { reaches } from './rules/reach.ts'
import { secondFactorDue } from './rules/session.ts'
import { type SecuritySettings, settingsOf } from './security-settings.ts'
import { role, rolePermission, session, unit, userAccount, userRole } from './tables.ts'

export type AccountRow = typeof userAccount.$inferSelect
export type UnitRow = typeof unit.$inferSelect
export type RoleRow = typeof role.$inferSelect

/** An account in its unit. */
export interface Account {
  readonly account: AccountRow
  readonly unit: UnitRow
}

/** The account that `where` names, in reach of the caller, or null. `lock` holds its row until the end. */
export async function loadAccount(ctx: RequestContext, where: SQL, lock = false): Promise<Account | null> {
  const query = ctx.db
    .select({ account: userAccount, unit })
    .from(userAccount)
    .innerJoin(unit, eq(unit.id, userAccount.unitId))
    .where(where)
  const [found] = lock ? await query.for('update', { of: userAccount }) : await query
  return found ?? null
}

/** The account with this id. @throws Problem `platform.not_found` where there is none in the caller's reach */
export async function requireAccount(ctx: RequestContext, id: string, lock = false): Promise<Account> {
  const found = await loadAccount(ctx, eq(userAccount.id, id), lock)
  if (!found) throw new Problem(platformErrors.not_found)
  return found
}

export const byUserName = (userName: string): SQL =>
  sql`lower(${userAccount.userName}) = ${userName.toLowerCase()}`

/** Roles of an account. @throws Problem `platform.integrity` where a guarded row was altered */
export async function rolesOf(ctx: RequestContext, userId: string): Promise<RoleRow[]> {
  const rows = await ctx.db
    .select({ held: userRole, role })
    .from(userRole)
    .innerJoin(role, eq(role.id, userRole.roleId))
    .where(eq(userRole.userId, userId))
    .orderBy(role.code)
  for (const row of rows) {
    assertIntact(ctx, userRole, row.held)
    assertIntact(ctx, role, row.role)
  }
  return rows.map((row) => row.role)
}

/** Permissions of an account, sorted. @throws Problem `platform.integrity` where a guarded row was altered */
export async function permissionsOf(ctx: RequestContext, userId: string): Promise<string[]> {
  const roles = await rolesOf(ctx, userId)
  if (roles.length === 0) return []
  const rows = await ctx.db
    .select()
    .from(rolePermission)
    .where(
      inArray(
        rolePermission.roleId,
        roles.map((held) => held.id),
      ),
    )
  for (const row of rows) assertIntact(ctx, rolePermission, row)
  return [...new Set(rows.map((row) => row.permission))].sort()
}

export const entranceOf = ({ account, unit: home }: Account): Entrance => ({
  state: account.state,
  unitState: home.state,
  validFrom: account.validFrom,
  validUntil: account.validUntil,
  permittedAddresses: account.permittedAddresses,
  permittedHours: account.permittedHours,
})

export const scopeOfAccount = (account: AccountRow): DataScope => account.scope as DataScope
export const classOfAccount = (account: AccountRow): RoleClass => account.roleClass as RoleClass

/** What stands between a session and any permission: a due change of password, or a second factor asked for. */
export function dueOf(
  account: AccountRow,
  steppedUpAt: Date | null,
  now: Date,
  settings: SecuritySettings,
): { password: boolean; secondFactor: 'enrol' | 'code' | null } {
  const holder = { roleClass: classOfAccount(account), enrolled: account.totpSecretEnc !== null }
  return {
    password: mustChangePassword(account, now, settings),
    secondFactor: secondFactorDue(holder, steppedUpAt, settings),
  }
}

/** Refuse a caller whose scope does not reach `path`. */
export function requireReach(ctx: RequestContext, path: string): void {
  if (!reaches(ctx.actor, path))
    throw new Problem(platformErrors.forbidden, { detail: '该机构不在您的数据范围内' })
}

/** End every session of a user, except one. Answers how many there were. */
export async function endSessions(ctx: RequestContext, userId: string, except?: string): Promise<number> {
  const where = except
    ? sql`${session.userId} = ${userId} AND ${session.id} <> ${except}`
    : eq(session.userId, userId)
  const ended = await ctx.db.delete(session).where(where).returning({ id: session.id })
  return ended.length
}

/**
 * Count a wrong password or code, record it, and keep both though the call is refused. The account's row must be
 * locked by the caller, who throws right after.
 */
export async function countFailure(
  ctx: RequestContext,
  account: AccountRow,
  action: string,
  reason: string,
): Promise<void> {
  const settings = await settingsOf(ctx, account.unitPath)
  const state = afterFailure(account, ctx.clock.now(), settings)
  await ctx.db.update(userAccount).set(state).where(eq(userAccount.id, account.id))
  await ctx.audit.record({
    action,
    object: { kind: 'user', id: account.id },
    result: 'refused',
    reason,
    after: { failedCount: state.failedCount, lockedUntil: state.lockedUntil },
  })
  await keepThoughRefused(ctx)
}
