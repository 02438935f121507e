/**
 * Roles that every installation has. Their permissions are patterns over the catalogue, so that a module which is
 * switched on later joins them; `ensureBuiltInRoles` brings the database up to them at start.
 */
import type { RequestContext } from '@hengjian/platform/context'
import { eq, sql } from 'drizzle-orm'
import type { PermissionCatalogue } from './catalogue.ts'
import { insertRole } from './commands/create-role.ts'
import { replacePermissions } from './commands/update-role.ts'
import type { RoleClass } from './contract.ts'
import { role, rolePermission } from './tables.ts'

export interface BuiltInRole {
  readonly code: string
  readonly name: string
  readonly roleClass: RoleClass
  /** Permission names; `*` stands for any run of characters. Only what the class may hold is granted. */
  readonly patterns: readonly string[]
}

/** What forms of the desk ask for. */
const DESK = ['administration.dictionary.find', 'administration.calendar.find', 'registry.*.find']
/** What leading and supervising takes beside. */
const LOOK_UP = [...DESK, 'administration.*.find', 'identity.user.find']
const SEE_BUSINESS = ['business.transaction.find', 'business.person.find', 'business.vehicle.find']

export const builtInRoles: readonly BuiltInRole[] = [
  {
    code: 'handler',
    name: '经办员',
    roleClass: 'business',
    patterns: [
      ...DESK,
      ...SEE_BUSINESS,
      'business.transaction.accept',
      'business.transaction.amend',
      'business.transaction.withdraw',
      'business.transaction.issue',
      'business.transaction.archive',
      'business.person.update',
      'registry.agent.create',
      'supervision.warning.*',
      'supervision.authorisation.find',
      'supervision.authorisation.request',
    ],
  },
  {
    code: 'reviewer',
    name: '复核员',
    roleClass: 'business',
    patterns: [
      ...DESK,
      ...SEE_BUSINESS,
      'business.transaction.review',
      'business.transaction.issue',
      'business.transaction.archive',
      'supervision.warning.*',
      'supervision.authorisation.find',
      'supervision.authorisation.request',
    ],
  },
  {
    code: 'leader',
    name: '业务领导',
    roleClass: 'business',
    patterns: [
      ...LOOK_UP,
      ...SEE_BUSINESS,
      'business.transaction.review',
      'business.transaction.amend',
      'business.transaction.withdraw',
      'business.person.unmask',
      'supervision.warning.find',
      'supervision.authorisation.find',
      'supervision.authorisation.grant',
      'supervision.indicator.find',
      'supervision.indicator.approve',
      'supervision.analysis.find',
      'supervision.finding.find',
      'supervision.theme.find',
      'supervision.case.find',
      'supervision.case.investigate',
      'supervision.case.review',
    ],
  },
  {
    code: 'supervisor',
    name: '监管员',
    roleClass: 'business',
    patterns: [
      ...LOOK_UP,
      ...SEE_BUSINESS,
      'business.import.find',
      'business.person.unmask',
      'supervision.warning.find',
      'supervision.authorisation.find',
      'supervision.indicator.find',
      'supervision.indicator.compose',
      'supervision.analysis.*',
      'supervision.finding.*',
      'supervision.theme.find',
      'supervision.case.*',
    ],
  },
  {
    code: 'corps_supervisor',
    name: '总队监管员',
    roleClass: 'business',
    patterns: [
      ...LOOK_UP,
      ...SEE_BUSINESS,
      'business.import.find',
      'business.person.unmask',
      'supervision.warning.find',
      'supervision.authorisation.find',
      'supervision.indicator.*',
      'supervision.analysis.*',
      'supervision.finding.*',
      'supervision.theme.find',
      'supervision.case.*',
    ],
  },
  {
    code: 'importer',
    name: '数据导入员',
    roleClass: 'business',
    patterns: [...DESK, ...SEE_BUSINESS, 'business.import.*', 'registry.*'],
  },
  {
    code: 'system_administrator',
    name: '系统管理员',
    roleClass: 'system',
    patterns: ['identity.*', 'administration.*', 'operations.*'],
  },
  {
    code: 'security_administrator',
    name: '安全管理员',
    roleClass: 'security',
    patterns: ['identity.*', 'administration.parameter.find', 'administration.security.*'],
  },
  {
    code: 'audit_administrator',
    name: '审计管理员',
    roleClass: 'audit',
    patterns: ['administration.audit.*', 'identity.user.find', 'identity.role.find'],
  },
]

/** Permissions of a built-in role among those of the catalogue. */
export function permissionsOfBuiltIn(definition: BuiltInRole, catalogue: PermissionCatalogue): string[] {
  const matchers = definition.patterns.map(
    (pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.+')}$`),
  )
  return catalogue
    .filter(({ roleClasses }) => roleClasses.includes(definition.roleClass))
    .map(({ permission }) => permission)
    .filter((permission) => matchers.some((matcher) => matcher.test(permission)))
    .sort()
}

/** Create the built-in roles and bring their permissions up to the catalogue. Safe to repeat, and from several nodes. */
export async function ensureBuiltInRoles(ctx: RequestContext, catalogue: PermissionCatalogue): Promise<void> {
  await ctx.db.execute(sql`SELECT pg_advisory_xact_lock(hashtext('identity.built-in-roles'))`)
  for (const definition of builtInRoles) {
    const wanted = permissionsOfBuiltIn(definition, catalogue)
    const [row] = await ctx.db.select().from(role).where(eq(role.code, definition.code)).for('update')
    if (!row) {
      const { code, name, roleClass } = definition
      await insertRole(ctx, { code, name, roleClass, permissions: wanted, builtIn: true })
      continue
    }
    const held = await ctx.db
      .select({ permission: rolePermission.permission })
      .from(rolePermission)
      .where(eq(rolePermission.roleId, row.id))
    const same = held.length === wanted.length && held.every(({ permission }) => wanted.includes(permission))
    if (!same || row.name !== definition.name)
      await replacePermissions(ctx, row, { name: definition.name, permissions: wanted })
  }
}
