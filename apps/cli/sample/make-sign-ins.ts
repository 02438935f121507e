/** Sample accounts with passwords of this installation's own; printed by `hengjian start`. */
import { ensureBuiltInRoles, ensureUsers, newTotpSecret, permissionCatalogue } from '@hengjian/identity'
import type { RequestContext } from '@hengjian/platform/context'
import type { Reference } from '@hengjian/sandbox-city'
import { permissionSources } from '@hengjian/server'
import { makePassword, type SignIn } from './sign-ins.ts'

/** Accounts whose work asks for a second factor. */
const STEPS_UP: ReadonlySet<string> = new Set([
  'leader',
  'supervisor',
  'corps',
  'sysadmin',
  'secadmin',
  'auditor',
])

/** Create the accounts that are missing. */
export async function makeSignIns(ctx: RequestContext, reference: Reference): Promise<SignIn[]> {
  await ensureBuiltInRoles(ctx, permissionCatalogue(permissionSources))
  const unitAt = (level: string, under?: string) => {
    const found = reference.units.find((one) => one.level === level && (!under || one.path.startsWith(under)))
    if (!found) throw new Error(`the sample city has no ${level}`)
    return found
  }
  const corps = unitAt('corps')
  const city = unitAt('detachment', corps.path)
  const brigade = unitAt('brigade', city.path)
  const otherCity = reference.units.find((one) => one.level === 'detachment' && one.path !== city.path)!
  const otherBrigade = unitAt('brigade', otherCity.path)
  const accounts = [
    {
      userName: 'handler',
      name: '韦小敏',
      unit: brigade,
      roles: ['handler'],
      scope: 'unit_and_below',
      title: '经办员',
    },
    {
      userName: 'reviewer',
      name: '覃志强',
      unit: brigade,
      roles: ['reviewer'],
      scope: 'unit_and_below',
      title: '复核员',
    },
    {
      userName: 'leader',
      name: '莫建国',
      unit: brigade,
      roles: ['leader'],
      scope: 'unit_and_below',
      title: '业务领导',
    },
    {
      userName: 'supervisor',
      name: '蒋文静',
      unit: city,
      roles: ['supervisor', 'importer'],
      scope: 'unit_and_below',
      title: '监管员',
    },
    {
      userName: 'corps',
      name: '梁海涛',
      unit: corps,
      roles: ['corps_supervisor', 'importer'],
      scope: 'unit_and_below',
      title: '总队监管员',
    },
    {
      userName: 'handler2',
      name: '黄丽君',
      unit: otherBrigade,
      roles: ['handler'],
      scope: 'unit_and_below',
      title: '经办员（另一城市）',
    },
    {
      userName: 'sysadmin',
      name: '系统管理员',
      unit: corps,
      roles: ['system_administrator'],
      scope: 'unit_and_below',
      title: '系统管理员',
    },
    {
      userName: 'secadmin',
      name: '安全管理员',
      unit: corps,
      roles: ['security_administrator'],
      scope: 'unit_and_below',
      title: '安全管理员',
    },
    {
      userName: 'auditor',
      name: '审计管理员',
      unit: corps,
      roles: ['audit_administrator'],
      scope: 'unit_and_below',
      title: '审计管理员',
    },
  ] as const
  const signIns = accounts.map((one) => ({
    ...one,
    password: makePassword(),
    ...(STEPS_UP.has(one.userName) ? { totpSecret: newTotpSecret() } : {}),
  }))
  await ensureUsers(
    ctx,
    signIns.map(({ userName, name, unit, roles, scope, password, totpSecret }) => ({
      userName,
      name,
      unitCode: unit.code,
      roles: [...roles],
      scope,
      password,
      mustChange: false,
      ...(totpSecret ? { totpSecret } : {}),
    })),
  )
  return signIns.map(({ userName, password, totpSecret, title, unit }) => ({
    userName,
    password,
    role: `${title} · ${unit.name}`,
    ...(totpSecret ? { totpSecret } : {}),
  }))
}
