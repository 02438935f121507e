/** Create a role of one class with permissions that the class may hold (PLT-3, PLT-5). */
import { newId, type RequestContext } from '@hengjian/platform/context'
import { insertGuarded } from '@hengjian/platform/guard'
import { assertGrantable, type PermissionCatalogue } from '../catalogue.ts'
import type { RoleClass, RoleView } from '../contract.ts'
import { presentRole } from '../present.ts'
import { role, rolePermission } from '../tables.ts'

interface Input {
  code: string
  name: string
  roleClass: RoleClass
  permissions: string[]
}

export const createRoleWith =
  (catalogue: PermissionCatalogue) =>
  async (ctx: RequestContext, input: Input): Promise<RoleView> => {
    assertGrantable(catalogue, input.roleClass, input.permissions)
    return insertRole(ctx, { ...input, builtIn: false })
  }

/** Write a role and its permissions. Shared with `ensureBuiltInRoles`. */
export async function insertRole(
  ctx: RequestContext,
  input: Input & { builtIn: boolean },
): Promise<RoleView> {
  const permissions = [...new Set(input.permissions)].sort()
  const id = newId()
  const lastAuditId = await ctx.audit.record({
    action: 'identity.create-role',
    object: { kind: 'role', id },
    after: { ...input, permissions },
  })
  const row = {
    id,
    code: input.code,
    name: input.name,
    roleClass: input.roleClass,
    builtIn: input.builtIn,
    lastAuditId,
    checkValue: Buffer.alloc(0),
  }
  await insertGuarded(ctx, role, [row])
  await addPermissions(ctx, row, permissions, lastAuditId)
  return presentRole(row, permissions)
}

/** Add permissions to a role. */
export const addPermissions = async (
  ctx: RequestContext,
  { id, roleClass }: { id: string; roleClass: string },
  permissions: readonly string[],
  lastAuditId: string,
): Promise<void> => {
  await insertGuarded(
    ctx,
    rolePermission,
    permissions.map((permission) => ({
      id: newId(),
      roleId: id,
      roleClass,
      permission,
      lastAuditId,
      checkValue: Buffer.alloc(0),
    })),
  )
}
