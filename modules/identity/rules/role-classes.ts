/**
 * Separation of administrators (PLT-5; GB/T 22239-2019 8.1.5.1–8.1.5.3): the system administrator keeps units, users
 * and settings, the security administrator roles and permissions, the audit administrator alone the audit log; none of
 * them does business.
 */
import type { RoleClass } from '../contract.ts'

const EVERYONE: readonly RoleClass[] = ['business', 'system', 'security', 'audit']

/** Classes whose roles may hold a permission. */
export function classesFor(permission: string): readonly RoleClass[] {
  if (permission.startsWith('administration.audit.')) return ['audit']
  if (permission === 'identity.user.find') return EVERYONE
  if (permission === 'identity.role.find') return ['system', 'security', 'audit']
  if (permission.startsWith('identity.role.') || permission.startsWith('identity.totp.')) return ['security']
  if (permission.startsWith('identity.')) return ['system']
  if (permission.startsWith('administration.security.')) return ['security']
  if (permission === 'administration.parameter.find') return ['business', 'system', 'security']
  if (/^(administration|operations)\./.test(permission))
    return permission.endsWith('.find') ? ['business', 'system'] : ['system']
  return ['business']
}

/** Permissions of the list that roles of this class may not hold. */
export const notForClass = (roleClass: RoleClass, permissions: readonly string[]): string[] =>
  permissions.filter((permission) => !classesFor(permission).includes(roleClass))

/**
 * The one class of a set of roles; `business` when there are none; null when they mix, which no account may.
 */
export function singleClass(classes: readonly RoleClass[]): RoleClass | null {
  const distinct = new Set(classes)
  if (distinct.size > 1) return null
  return classes[0] ?? 'business'
}
