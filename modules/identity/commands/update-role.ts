/** Change name and permissions of a role. Built-in roles follow the program and are not changed by hand. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact, removeGuarded, updateGuarded } from '@hengjian/platform/guard'
import { eq } from 'drizzle-orm'
import type { RoleRow } from '../accounts.ts'
import { assertGrantable, type PermissionCatalogue } from '../catalogue.ts'
import type { RoleClass, RoleView } from '../contract.ts'
import { identityErrors } from '../errors.ts'
import { presentRole } from '../present.ts'
import { forgetSessions } from '../session-cache.ts'
import { role, rolePermission } from '../tables.ts'
import { addPermissions } from './create-role.ts'

interface Input {
  id: string
  name?: string | undefined
  permissions?: string[] | undefined
}

export const updateRoleWith =
  (catalogue: PermissionCatalogue) =>
  async (ctx: RequestContext, input: Input): Promise<RoleView> => {
    const [row] = await ctx.db.select().from(role).where(eq(role.id, input.id)).for('update')
    if (!row) throw new Problem(platformErrors.not_found)
    if (row.builtIn) throw new Problem(identityErrors.built_in_role)
    if (input.permissions) assertGrantable(catalogue, row.roleClass as RoleClass, input.permissions)
    return replacePermissions(ctx, row, { name: input.name ?? row.name, permissions: input.permissions })
  }

/** Write name and permissions of a role whose row is locked. Shared with `ensureBuiltInRoles`. */
export async function replacePermissions(
  ctx: RequestContext,
  row: RoleRow,
  change: { name: string; permissions: readonly string[] | undefined },
): Promise<RoleView> {
  const held = await ctx.db.select().from(rolePermission).where(eq(rolePermission.roleId, row.id))
  for (const permission of held) assertIntact(ctx, rolePermission, permission)
  const before = held.map(({ permission }) => permission).sort()
  const after = [...new Set(change.permissions ?? before)].sort()

  const lastAuditId = await ctx.audit.record({
    action: 'identity.update-role',
    object: { kind: 'role', id: row.id },
    before: { name: row.name, permissions: before },
    after: { name: change.name, permissions: after },
  })
  const next = await updateGuarded(ctx, role, row, { name: change.name, lastAuditId })
  const removed = held.filter(({ permission }) => !after.includes(permission))
  await removeGuarded(ctx, rolePermission, removed, lastAuditId)
  const added = after.filter((permission) => !before.includes(permission))
  await addPermissions(ctx, row, added, lastAuditId)
  ctx.tx.afterCommit(() => forgetSessions(ctx.database))
  return presentRole(next, after)
}
