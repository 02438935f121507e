/** All roles with their permissions. */
import type { RequestContext } from '@hengjian/platform/context'
import type { RoleView } from '../contract.ts'
import { presentRole } from '../present.ts'
import { role, rolePermission } from '../tables.ts'

export async function findRoles(ctx: RequestContext): Promise<{ items: RoleView[] }> {
  const roles = await ctx.db.select().from(role).orderBy(role.roleClass, role.code)
  const granted = await ctx.db.select().from(rolePermission)
  const byRole = Map.groupBy(granted, (row) => row.roleId)
  return {
    items: roles.map((row) =>
      presentRole(
        row,
        (byRole.get(row.id) ?? []).map(({ permission }) => permission),
      ),
    ),
  }
}
