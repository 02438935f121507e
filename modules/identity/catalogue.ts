/** All permissions of the house, as the modules declare them (PLT-3). */
import { Problem } from '@hengjian/platform/errors'
import type { ModuleManifest } from '@hengjian/platform/http'
import type { RoleClass } from './contract.ts'
import { identityErrors } from './errors.ts'
import { classesFor, notForClass } from './rules/role-classes.ts'

/** A permission with its words, its module, and the classes of role that may hold it. */
export interface CataloguedPermission {
  readonly permission: string
  readonly label: string
  readonly module: string
  readonly roleClasses: RoleClass[]
}

export type PermissionCatalogue = readonly CataloguedPermission[]

/** What the catalogue is made of: of a manifest, only its name and permissions. */
export type PermissionSource = Pick<ModuleManifest, 'name' | 'permissions'>

export const permissionCatalogue = (modules: readonly PermissionSource[]): PermissionCatalogue =>
  modules.flatMap(({ name, permissions }) =>
    Object.entries(permissions).map(([permission, label]) => ({
      permission,
      label,
      module: name,
      roleClasses: [...classesFor(permission)],
    })),
  )

/** Refuse permissions that do not exist or that roles of the class may not hold. */
export function assertGrantable(
  catalogue: PermissionCatalogue,
  roleClass: RoleClass,
  permissions: readonly string[],
): void {
  const known = new Set(catalogue.map(({ permission }) => permission))
  const unknown = permissions.filter((permission) => !known.has(permission))
  if (unknown.length > 0)
    throw new Problem(identityErrors.unknown_permission, { data: { permissions: unknown } })
  const wrong = notForClass(roleClass, permissions)
  if (wrong.length > 0)
    throw new Problem(identityErrors.permission_not_for_class, { data: { permissions: wrong } })
}
