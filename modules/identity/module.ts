/** Manifest of identity. */
import { defineModule, type ModuleManifest } from '@hengjian/platform/http'
import { type PermissionSource, permissionCatalogue } from './catalogue.ts'
import { assignRoles } from './commands/assign-roles.ts'
import { changePassword } from './commands/change-password.ts'
import { confirmTotp } from './commands/confirm-totp.ts'
import { createRoleWith } from './commands/create-role.ts'
import { createUnit } from './commands/create-unit.ts'
import { createUser } from './commands/create-user.ts'
import { enrolTotp } from './commands/enrol-totp.ts'
import { lockUser } from './commands/lock-user.ts'
import { resetPassword } from './commands/reset-password.ts'
import { resetTotp } from './commands/reset-totp.ts'
import { revealUser } from './commands/reveal-user.ts'
import { signIn } from './commands/sign-in.ts'
import { signOut } from './commands/sign-out.ts'
import { signOutEverywhere } from './commands/sign-out-everywhere.ts'
import { stepUp } from './commands/step-up.ts'
import { unlockUser } from './commands/unlock-user.ts'
import { updateRoleWith } from './commands/update-role.ts'
import { updateUnit } from './commands/update-unit.ts'
import { updateUser } from './commands/update-user.ts'
import { identityContract, identityPermissions } from './contract.ts'
import { identityExports } from './exports.ts'
import { currentSession } from './queries/current-session.ts'
import { findRoles } from './queries/find-roles.ts'
import { findUnits } from './queries/find-units.ts'
import { findUsers } from './queries/find-users.ts'
import { getUnit } from './queries/get-unit.ts'
import { getUser } from './queries/get-user.ts'

/** Name and permissions of this module, for the catalogue. */
export const identityPermissionSource: PermissionSource = {
  name: 'identity',
  permissions: identityPermissions,
}

/**
 * The module. `otherModules` are those whose permissions roles may hold beside identity's own.
 */
export function createIdentityModule(options: { otherModules: readonly PermissionSource[] }): ModuleManifest {
  const catalogue = permissionCatalogue([identityPermissionSource, ...options.otherModules])
  return defineModule({
    ...identityPermissionSource,
    contract: identityContract,
    handlers: {
      signIn,
      currentSession,
      signOut,
      signOutEverywhere,
      stepUp,
      changePassword,
      enrolTotp,
      confirmTotp,
      findUsers,
      getUser,
      revealUser,
      createUser,
      updateUser,
      lockUser,
      unlockUser,
      resetPassword,
      resetTotp,
      assignRoles,
      findUnits,
      getUnit,
      createUnit,
      updateUnit,
      findRoles,
      createRole: createRoleWith(catalogue),
      updateRole: updateRoleWith(catalogue),
      listPermissions: async () => ({ items: [...catalogue] }),
    },
    exports: identityExports,
  })
}
