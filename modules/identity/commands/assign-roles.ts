/** Give an account its roles and data scope (PLT-3…5). The set given replaces the one before. */
import { newId, type RequestContext } from '@hengjian/platform/context'
import type { DataScope } from '@hengjian/platform/db'
import { Problem } from '@hengjian/platform/errors'
import { assertIntact, insertGuarded, removeGuarded } from '@hengjian/platform/guard'
import { eq, inArray } from 'drizzle-orm'
import { type Account, type RoleRow, requireAccount, rolesOf, scopeOfAccount } from '../accounts.ts'
import type { RoleClass, UserView } from '../contract.ts'
import { identityErrors } from '../errors.ts'
import { presentUser } from '../present.ts'
import { isWithinScope } from '../rules/reach.ts'
import { singleClass } from '../rules/role-classes.ts'
import { forgetSessions } from '../session-cache.ts'
import { role, userAccount, userRole } from '../tables.ts'

interface Input {
  id: string
  roleIds: string[]
  scope: DataScope
}

export async function assignRoles(ctx: RequestContext, input: Input): Promise<UserView> {
  const found = await requireAccount(ctx, input.id, true)
  if (input.id === ctx.actor.id) throw new Problem(identityErrors.own_account)
  const before = await rolesOf(ctx, input.id)
  const after = await requestedRoles(ctx, [...new Set(input.roleIds)])
  // A scope that was wider already may stay, by whoever it was given; it may not be granted anew.
  if (input.scope !== found.account.scope && !isWithinScope(input.scope, ctx.actor.scope))
    throw new Problem(identityErrors.scope_too_wide)
  return presentUser(ctx, await replaceRoles(ctx, found, { before, after, scope: input.scope }), after)
}

async function requestedRoles(ctx: RequestContext, ids: readonly string[]): Promise<RoleRow[]> {
  if (ids.length === 0) return []
  const rows = await ctx.db.select().from(role).where(inArray(role.id, ids)).orderBy(role.code)
  if (rows.length !== ids.length) throw new Problem(identityErrors.unknown_role)
  for (const row of rows) assertIntact(ctx, role, row)
  return rows
}

/** Write the new set. The account's row must be locked. Shared with `ensureUsers`. */
export async function replaceRoles(
  ctx: RequestContext,
  { account, unit }: Account,
  change: { before: readonly RoleRow[]; after: readonly RoleRow[]; scope: DataScope },
): Promise<Account> {
  const { before, after, scope } = change
  const roleClass = singleClass(after.map((held) => held.roleClass as RoleClass))
  if (roleClass === null) throw new Problem(identityErrors.mixed_role_classes)

  const removed = before.filter((held) => !after.some((kept) => kept.id === held.id))
  const added = after.filter((wanted) => !before.some((held) => held.id === wanted.id))
  const lastAuditId = await ctx.audit.record({
    action: 'identity.assign-roles',
    object: { kind: 'user', id: account.id },
    before: { roles: before.map((held) => held.code), scope: scopeOfAccount(account) },
    after: { roles: after.map((held) => held.code), scope },
  })
  const held = await ctx.db.select().from(userRole).where(eq(userRole.userId, account.id))
  const taken = held.filter(({ roleId }) => removed.some(({ id }) => id === roleId))
  await removeGuarded(ctx, userRole, taken, lastAuditId)
  const patch = { roleClass, scope, version: account.version + 1 }
  await ctx.db.update(userAccount).set(patch).where(eq(userAccount.id, account.id))
  await insertGuarded(
    ctx,
    userRole,
    added.map((wanted) => ({
      id: newId(),
      userId: account.id,
      roleId: wanted.id,
      roleClass,
      unitPath: account.unitPath,
      lastAuditId,
      checkValue: Buffer.alloc(0),
    })),
  )
  ctx.tx.afterCommit(() => forgetSessions(ctx.database, account.id))
  return { account: { ...account, ...patch }, unit }
}
