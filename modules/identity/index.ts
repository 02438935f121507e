export { createAuthenticator } from './authenticator.ts'
export { type BuiltInRole, builtInRoles, ensureBuiltInRoles } from './built-in-roles.ts'
export { type PermissionCatalogue, type PermissionSource, permissionCatalogue } from './catalogue.ts'
export { ensureUnits, ensureUsers, type UnitSeed, type UserSeed } from './ensure.ts'
export { type PermissionHolder, userNamesOf, userOf, usersHolding } from './holders.ts'
export { createIdentityModule, identityPermissionSource } from './module.ts'
export { newTotpSecret, totpUri } from './rules/totp.ts'
export { readSecuritySettingsFrom, securityParameters } from './security-settings.ts'
export { forgetSessions } from './session-cache.ts'
export { guardedTables as identityGuardedTables } from './tables.ts'
export {
  findUnitsByPath,
  localRegionsByUnit,
  localRegionsOf,
  rootPaths,
  type Unit,
  unitOf,
  unitsByCode,
} from './units.ts'
