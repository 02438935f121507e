import { anonymous } from '@hengjian/platform/context'
import { isIntact, sweepGuarded } from '@hengjian/platform/guard'
import { createHttpServer, runAs, SESSION_COOKIE } from '@hengjian/platform/http'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import { eq } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthenticator } from './authenticator.ts'
import { builtInRoles, ensureBuiltInRoles, permissionsOfBuiltIn } from './built-in-roles.ts'
import { type PermissionSource, permissionCatalogue } from './catalogue.ts'
import { ensureUnits, ensureUsers } from './ensure.ts'
import { userNamesOf, usersHolding } from './holders.ts'
import { createIdentityModule, identityPermissionSource } from './module.ts'
import { newTotpSecret, totpCode } from './rules/totp.ts'
import { guardedTables, userRole } from './tables.ts'
import {
  aRole,
  asSystem,
  aUnit,
  aUser,
  callerOf,
  createTestServices,
  signedIn,
  type TestServices,
  testOrigin,
} from './testing.ts'
import { findUnitsByPath, localRegionsOf, type Unit, unitOf } from './units.ts'

const otherModules: PermissionSource[] = [
  {
    name: 'business',
    permissions: { 'business.transaction.find': '查询业务流水', 'business.transaction.accept': '受理业务' },
  },
  {
    name: 'administration',
    permissions: {
      'administration.audit.find': '查询审计日志',
      'administration.parameter.update': '修改参数',
    },
  },
  { name: 'supervision', permissions: { 'supervision.authorisation.grant': '业务审核授权' } },
]

let database: TestDatabase
let services: TestServices
let call: ReturnType<typeof callerOf>
let corps: Unit
let city: Unit
let brigade: Unit
let otherCity: Unit

beforeAll(async () => {
  database = await createTestDatabase()
  services = createTestServices(database)
  call = callerOf(services, createIdentityModule({ otherModules }))
  corps = await aUnit(services, { code: '45', name: '总队', level: 'corps', localRegions: ['45'] })
  city = await aUnit(services, { code: '4503', name: '桂林支队', level: 'detachment', parentCode: '45' })
  otherCity = await aUnit(services, {
    code: '4502',
    name: '柳州支队',
    level: 'detachment',
    parentCode: '45',
    localRegions: ['4502'],
  })
  brigade = await aUnit(services, { code: '450302', name: '秀峰大队', parentCode: '4503' })
})
afterAll(async () => {
  await services.close()
  await database.drop()
})

/** An administrator of the city, who reaches the city and what is below it. */
const administrator = (...permissions: string[]) =>
  signedIn({ unitPath: city.path, unitId: city.id, permissions })
const refusal = (code: string) => expect.objectContaining({ code })

async function behind<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** What each operation needs, with an input that would do; `outside` is the same aimed outside the caller's reach. */
async function attempts() {
  const mine = await aUser(services, { unit: brigade })
  const theirs = await aUser(services, { unit: otherCity })
  const custom = await aRole(services, { permissions: ['business.transaction.find'] })
  const reason = '人员调离'
  return [
    { key: 'findUsers', permission: 'identity.user.find', input: {}, outside: null },
    { key: 'getUser', permission: 'identity.user.find', input: { id: mine.id }, outside: { id: theirs.id } },
    {
      key: 'revealUser',
      permission: 'identity.user.reveal',
      input: { id: mine.id, reason },
      outside: { id: theirs.id, reason },
    },
    {
      key: 'createUser',
      permission: 'identity.user.create',
      input: { userName: 'made-here', name: '张三', unitId: brigade.id },
      outside: { userName: 'made-there', name: '张三', unitId: otherCity.id },
    },
    {
      key: 'updateUser',
      permission: 'identity.user.update',
      input: { id: mine.id, version: 2, name: '张三丰' },
      outside: { id: theirs.id, version: 2, name: '张三丰' },
    },
    {
      key: 'lockUser',
      permission: 'identity.user.lock',
      input: { id: mine.id, reason },
      outside: { id: theirs.id, reason },
    },
    {
      key: 'unlockUser',
      permission: 'identity.user.lock',
      input: { id: mine.id },
      outside: { id: theirs.id },
    },
    {
      key: 'resetPassword',
      permission: 'identity.user.reset',
      input: { id: mine.id },
      outside: { id: theirs.id },
    },
    {
      key: 'resetTotp',
      permission: 'identity.totp.reset',
      input: { id: mine.id },
      outside: { id: theirs.id },
    },
    {
      key: 'assignRoles',
      permission: 'identity.role.assign',
      input: { id: mine.id, roleIds: [custom.id], scope: 'unit' },
      outside: { id: theirs.id, roleIds: [custom.id], scope: 'unit' },
    },
    {
      key: 'createUnit',
      permission: 'identity.unit.create',
      input: { code: '450302A', name: '窗口', level: 'window', parentId: brigade.id },
      outside: { code: '450202A', name: '窗口', level: 'window', parentId: otherCity.id },
    },
    {
      key: 'updateUnit',
      permission: 'identity.unit.update',
      input: { id: brigade.id, name: '秀峰交警大队' },
      outside: { id: otherCity.id, name: '改名' },
    },
    { key: 'findRoles', permission: 'identity.role.find', input: {}, outside: null },
    {
      key: 'createRole',
      permission: 'identity.role.create',
      input: { code: 'made_here', name: '查询员', permissions: ['business.transaction.find'] },
      outside: null,
    },
    {
      key: 'updateRole',
      permission: 'identity.role.update',
      input: { id: custom.id, permissions: [] },
      outside: null,
    },
    { key: 'listPermissions', permission: 'identity.role.find', input: {}, outside: null },
  ]
}

test('PLT-3 PLT-4 each operation: accepted with its permission, refused without, signed out, and outside the reach', async () => {
  for (const { key, permission, input, outside } of await attempts()) {
    await expect(call(key, anonymous, input), key).rejects.toEqual(refusal('platform.sign_in_required'))
    const others = Object.keys(identityPermissionSource.permissions).filter((other) => other !== permission)
    await expect(call(key, administrator(...others), input), key).rejects.toEqual(
      refusal('platform.forbidden'),
    )
    if (outside)
      await expect(call(key, administrator(permission), outside), key).rejects.toSatisfy(
        (error: { code: string }) => ['platform.not_found', 'platform.forbidden'].includes(error.code),
      )
    await expect(call(key, administrator(permission), input), key).resolves.toBeDefined()
  }
})

test.each([
  ['createUser', { userName: '张三', name: '张三', unitId: crypto.randomUUID() }],
  ['createUser', { userName: 'ok-name', name: '', unitId: crypto.randomUUID() }],
  ['createUser', { userName: 'ok-name', name: '张三', unitId: 'x' }],
  ['updateUser', { id: crypto.randomUUID(), version: 1, permittedAddresses: ['10.0.0.0/40'] }],
  [
    'updateUser',
    { id: crypto.randomUUID(), version: 1, permittedHours: { days: [8], from: '09:00', to: '18:00' } },
  ],
  ['lockUser', { id: crypto.randomUUID(), reason: '' }],
  ['revealUser', { id: crypto.randomUUID(), reason: '' }],
  ['assignRoles', { id: crypto.randomUUID(), roleIds: ['x'], scope: 'unit' }],
  ['assignRoles', { id: crypto.randomUUID(), roleIds: [], scope: 'everything' }],
  ['createUnit', { code: 'a/b', name: '窗口', level: 'window', parentId: null }],
  ['updateUnit', { id: crypto.randomUUID(), localRegions: ['桂林'] }],
  ['createRole', { code: 'Bad Code', name: '角色', permissions: [] }],
  ['findUsers', { limit: 0 }],
  ['signIn', { userName: '', password: '' }],
])('%s refuses what its contract does not allow', async (key, input) => {
  const all = Object.keys(identityPermissionSource.permissions)
  await expect(call(key, administrator(...all), input)).rejects.toEqual(refusal('platform.invalid_input'))
})

describe('users', () => {
  const all = Object.keys(identityPermissionSource.permissions)

  test('PLT-2 personal data is stored encrypted, shown masked, found whole, unmasked only on record', async () => {
    const { user } = await call('createUser', administrator(...all), {
      userName: 'LiSi',
      name: '李四光',
      idNumber: '11010519491231002X',
      mobile: '13800138000',
      staffNumber: '450123',
      unitId: brigade.id,
    })
    expect(user).toMatchObject({
      name: '李四光',
      idNumberMasked: '110***********002X',
      mobileMasked: '138****8000',
    })
    const [stored] = await behind<{ text: string }>(
      'SELECT row_to_json(u)::text AS text FROM user_account u WHERE id = $1',
      [user.id],
    )
    const [logged] = await behind<{ text: string }>(
      'SELECT string_agg(row_to_json(e)::text, $2) AS text FROM audit_entry e WHERE object_id = $1',
      [user.id, ' '],
    )
    for (const secret of ['李四光', '11010519491231002X', '13800138000']) {
      expect(stored!.text).not.toContain(secret)
      expect(logged!.text).not.toContain(secret)
    }
    for (const text of ['lis', '4501', '李四光', '11010519491231002x', '+86 13800138000']) {
      const found = await call('findUsers', administrator(...all), { text })
      expect(
        found.items.map((item: { id: string }) => item.id),
        text,
      ).toEqual([user.id])
    }
    expect((await call('findUsers', administrator(...all), { text: '李四' })).items).toEqual([])

    const clear = await call('revealUser', administrator(...all), { id: user.id, reason: '核对身份' })
    expect(clear).toEqual({ idNumber: '11010519491231002X', mobile: '13800138000' })
    const entries = await behind<{ reason: string }>(
      `SELECT reason FROM audit_entry WHERE action = 'identity.reveal-user' AND object_id = $1`,
      [user.id],
    )
    expect(entries).toEqual([{ reason: '核对身份' }])
  })

  test('user names are one whatever their case; an impossible ID number and a stale version are refused', async () => {
    const given = { name: '王五', unitId: brigade.id }
    const { user } = await call('createUser', administrator(...all), { ...given, userName: 'WangWu' })
    await expect(call('createUser', administrator(...all), { ...given, userName: 'wangwu' })).rejects.toEqual(
      refusal('platform.already_exists'),
    )
    await expect(
      call('createUser', administrator(...all), {
        ...given,
        userName: 'wangwu2',
        idNumber: '110105194912310021',
      }),
    ).rejects.toMatchObject({ code: 'platform.invalid_input', issues: [{ path: 'idNumber' }] })
    const update = { id: user.id, version: user.version, staffNumber: '1' }
    await call('updateUser', administrator(...all), update)
    await expect(call('updateUser', administrator(...all), update)).rejects.toEqual(
      refusal('platform.conflict'),
    )
    await expect(
      call('updateUser', administrator(...all), {
        id: user.id,
        version: user.version + 1,
        validFrom: '2026-12-01',
        validUntil: '2026-11-30',
      }),
    ).rejects.toEqual(refusal('identity.validity_reversed'))
  })

  test('PLT-4 a user moved to another unit takes its roles along, and its sessions end', async () => {
    const user = await aUser(services, { unit: brigade, permissions: ['business.transaction.find'] })
    const moved = await call('updateUser', administrator(...all), {
      id: user.id,
      version: 2,
      unitId: city.id,
    })
    expect(moved.unit.path).toBe(city.path)
    const held = await asSystem(services, (ctx) =>
      ctx.db.select().from(userRole).where(eq(userRole.userId, user.id)),
    )
    expect(held).toMatchObject([{ unitPath: city.path }])
    expect(isIntact(services.cipher, userRole, held[0]!)).toBe(true)
  })

  test('a locked user is out at once, and in again when unlocked', async () => {
    const user = await aUser(services, { unit: brigade })
    const module = createIdentityModule({ otherModules })
    const signIn = () => callerOf(services, module)('signIn', anonymous, user)
    await signIn()
    const [row] = await behind<{ n: number }>('SELECT count(*)::int AS n FROM session WHERE user_id = $1', [
      user.id,
    ])
    expect(row!.n).toBe(1)
    expect(await call('lockUser', administrator(...all), { id: user.id, reason: '停职' })).toMatchObject({
      state: 'disabled',
    })
    await expect(signIn()).rejects.toEqual(refusal('identity.sign_in_failed'))
    expect(await behind('SELECT 1 FROM session WHERE user_id = $1', [user.id])).toEqual([])
    await call('unlockUser', administrator(...all), { id: user.id })
    expect((await signIn()).user.id).toBe(user.id)
    await expect(
      call('lockUser', { ...administrator(...all), id: user.id }, { id: user.id, reason: '误操作' }),
    ).rejects.toEqual(refusal('identity.own_account'))
  })

  test('PLT-10 a reset password works once and must be changed', async () => {
    const user = await aUser(services, { unit: brigade })
    const { initialPassword } = await call('resetPassword', administrator(...all), { id: user.id })
    await expect(call('signIn', anonymous, user)).rejects.toEqual(refusal('identity.sign_in_failed'))
    const view = await call('signIn', anonymous, { userName: user.userName, password: initialPassword })
    expect(view.mustChangePassword).toBe(true)
  })

  test('pages go by user name and end', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await call('findUsers', administrator(...all), { limit: 3, ...(cursor ? { cursor } : {}) })
      seen.push(...page.items.map((item: { userName: string }) => item.userName.toLowerCase()))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(seen).toEqual([...new Set(seen)].sort())
    expect(seen).toContain('lisi')
    const below = await call('findUsers', administrator(...all), { under: brigade.path, limit: 200 })
    expect(new Set(below.items.map((item: { unit: { path: string } }) => item.unit.path))).toEqual(
      new Set([brigade.path]),
    )
  })
})

describe('roles', () => {
  const security = () => administrator('identity.role.assign', 'identity.role.create', 'identity.role.update')
  const assign = (id: string, roleIds: string[], scope = 'unit') =>
    call('assignRoles', security(), { id, roleIds, scope })

  test('PLT-5 no account holds two administrators’ roles, nor one beside a business role', async () => {
    const roles = {
      business: await aRole(services, { permissions: ['business.transaction.find'] }),
      system: await aRole(services, { permissions: ['identity.user.create'], roleClass: 'system' }),
      security: await aRole(services, { permissions: ['identity.role.assign'], roleClass: 'security' }),
      audit: await aRole(services, { permissions: ['administration.audit.find'], roleClass: 'audit' }),
    }
    const user = await aUser(services, { unit: brigade })
    const classes = Object.keys(roles) as (keyof typeof roles)[]
    for (const one of classes)
      for (const other of classes) {
        const attempt = assign(user.id, [roles[one].id, roles[other].id])
        if (one === other) expect((await attempt).roleClass).toBe(one)
        else await expect(attempt, `${one}+${other}`).rejects.toEqual(refusal('identity.mixed_role_classes'))
      }
  })

  test('PLT-5 the database refuses what mixes classes, whoever writes it', async () => {
    const business = await aRole(services, { permissions: ['business.transaction.find'] })
    const audit = await aRole(services, { permissions: ['administration.audit.find'], roleClass: 'audit' })
    const user = await aUser(services, { unit: brigade })
    await assign(user.id, [business.id])
    const insert = (roleId: string, roleClass: string) =>
      behind(
        `INSERT INTO user_role VALUES (gen_random_uuid(), $1, $2, $3, '/45/', '\\x00', gen_random_uuid())`,
        [user.id, roleId, roleClass],
      )
    await expect(insert(audit.id, 'audit')).rejects.toThrow(/user_role_user_fk/)
    await expect(insert(audit.id, 'business')).rejects.toThrow(/user_role_role_fk/)
    await expect(
      behind(
        `INSERT INTO role_permission VALUES (gen_random_uuid(), $1, 'business', 'administration.audit.find', '\\x00', gen_random_uuid())`,
        [business.id],
      ),
    ).rejects.toThrow(/role_permission_audit/)
  })

  test('PLT-5 a role takes no permission of another administrator, and none that does not exist', async () => {
    const create = (roleClass: string, permissions: string[]) =>
      call('createRole', security(), { code: 'attempt', name: '角色', roleClass, permissions })
    await expect(create('business', ['administration.audit.find'])).rejects.toEqual(
      refusal('identity.permission_not_for_class'),
    )
    await expect(create('system', ['business.transaction.accept'])).rejects.toEqual(
      refusal('identity.permission_not_for_class'),
    )
    await expect(create('business', ['business.nothing.find'])).rejects.toEqual(
      refusal('identity.unknown_permission'),
    )
  })

  test('PLT-4 nobody grants a wider scope than their own, or roles to themselves', async () => {
    const user = await aUser(services, { unit: brigade })
    await expect(assign(user.id, [], 'all')).rejects.toEqual(refusal('identity.scope_too_wide'))
    expect((await assign(user.id, [], 'own')).scope).toBe('own')
    await expect(
      call('assignRoles', { ...security(), id: user.id }, { id: user.id, roleIds: [], scope: 'own' }),
    ).rejects.toEqual(refusal('identity.own_account'))
    await expect(assign(user.id, [crypto.randomUUID()])).rejects.toEqual(refusal('identity.unknown_role'))
  })

  test('PLT-3 a changed role counts in running sessions at once', async () => {
    const user = await aUser(services, { unit: brigade, permissions: ['business.transaction.find'] })
    const authenticator = createAuthenticator(services)
    const { token } = await sessionOf(user)
    const permissions = async () => [...(await authenticator.authenticate(token, testOrigin()))!.permissions]
    expect(await permissions()).toEqual(['business.transaction.find'])
    const [held] = await asSystem(services, (ctx) =>
      ctx.db.select({ id: userRole.roleId }).from(userRole).where(eq(userRole.userId, user.id)),
    )
    await call('updateRole', security(), {
      id: held!.id,
      name: '受理员',
      permissions: ['business.transaction.accept'],
    })
    expect(await permissions()).toEqual(['business.transaction.accept'])
    await assign(user.id, [])
    expect(await permissions()).toEqual([])
  })

  test('PLT-22 an altered role is found at use and by the sweep, and named', async () => {
    const user = await aUser(services, { unit: brigade, permissions: ['business.transaction.find'] })
    const [held] = await behind<{ id: string; role_id: string }>(
      'SELECT id, role_id FROM role_permission WHERE role_id = (SELECT role_id FROM user_role WHERE user_id = $1)',
      [user.id],
    )
    await behind(`UPDATE role_permission SET permission = 'business.transaction.accept' WHERE id = $1`, [
      held!.id,
    ])
    await expect(call('signIn', anonymous, user)).rejects.toEqual(refusal('platform.integrity'))
    const altered: unknown[] = []
    await asSystem(services, (ctx) => sweepGuarded(ctx, [...guardedTables], (row) => void altered.push(row)))
    expect(altered).toEqual([{ table: 'role_permission', id: held!.id }])
    await behind(`UPDATE role_permission SET permission = 'business.transaction.find' WHERE id = $1`, [
      held!.id,
    ])
    expect((await call('signIn', anonymous, user)).permissions).toEqual(['business.transaction.find'])
  })

  test('PLT-5 built-in roles follow the catalogue, cannot be changed by hand, and keep administrators apart', async () => {
    const catalogue = permissionCatalogue([identityPermissionSource, ...otherModules])
    await asSystem(services, (ctx) => ensureBuiltInRoles(ctx, catalogue.slice(0, 5)))
    await asSystem(services, (ctx) => ensureBuiltInRoles(ctx, catalogue))
    const count = () => behind<{ n: number }>('SELECT count(*)::int AS n FROM audit_entry')
    const before = await count()
    await asSystem(services, (ctx) => ensureBuiltInRoles(ctx, catalogue))
    expect(await count()).toEqual(before)

    const { items } = await call('findRoles', administrator('identity.role.find'))
    for (const definition of builtInRoles) {
      const found = items.find((item: { code: string }) => item.code === definition.code)
      expect(found).toMatchObject({
        name: definition.name,
        roleClass: definition.roleClass,
        builtIn: true,
        permissions: permissionsOfBuiltIn(definition, catalogue),
      })
      await expect(call('updateRole', security(), { id: found.id, permissions: [] })).rejects.toEqual(
        refusal('identity.built_in_role'),
      )
    }
    const holders = (permission: string) =>
      items
        .filter(
          (item: { builtIn: boolean; permissions: string[] }) =>
            item.builtIn && item.permissions.includes(permission),
        )
        .map((item: { code: string }) => item.code)
    expect(holders('administration.audit.find')).toEqual(['audit_administrator'])
    expect(holders('identity.role.assign')).toEqual(['security_administrator'])
    expect(holders('identity.user.create')).toEqual(['system_administrator'])
    expect(holders('supervision.authorisation.grant')).toEqual(['leader'])
    expect(holders('business.transaction.accept')).toEqual(['handler'])
  })
})

/** Sign in below HTTP, keeping the token that would be the cookie. */
async function sessionOf(user: {
  userName: string
  password: string
  id: string
}): Promise<{ token: string }> {
  const app = await createHttpServer({
    services,
    modules: [createIdentityModule({ otherModules })],
    authenticator: createAuthenticator(services),
    ready: async () => ({ ok: true, checks: {} }),
  })
  const { userName, password } = user
  const answer = await app.inject({ method: 'POST', url: '/api/sessions', payload: { userName, password } })
  await app.close()
  return { token: answer.cookies.find(({ name }) => name === SESSION_COOKIE)!.value }
}

describe('units', () => {
  const all = Object.keys(identityPermissionSource.permissions)

  test('PLT-1 units form a tree of codes; a root takes the widest scope', async () => {
    const window = await call('createUnit', administrator(...all), {
      code: '450302W1',
      name: '一号窗口',
      level: 'window',
      parentId: brigade.id,
    })
    expect(window).toMatchObject({ path: '/45/4503/450302/450302W1/', hasChildren: false, state: 'active' })
    const root = { code: '11', name: '另一机关', level: 'corps', parentId: null }
    await expect(call('createUnit', administrator(...all), root)).rejects.toEqual(
      refusal('platform.forbidden'),
    )
    expect((await call('createUnit', { ...administrator(...all), scope: 'all' }, root)).path).toBe('/11/')
    await expect(
      call('createUnit', administrator(...all), { ...root, parentId: brigade.id, code: '450302W1' }),
    ).rejects.toEqual(refusal('platform.already_exists'))

    const children = await call('findUnits', administrator(), { parentId: city.id })
    expect(children.items).toMatchObject([{ code: '450302', hasChildren: true }])
    const roots = await call('findUnits', administrator(), { roots: true })
    expect(roots.items).toMatchObject([{ code: '4503' }])
    const byText = await call('findUnits', administrator(), { text: '支队', limit: 1 })
    expect(byText.items).toMatchObject([{ code: '4502' }])
    const rest = await call('findUnits', administrator(), { text: '支队', cursor: byText.nextCursor })
    expect(rest).toMatchObject({ items: [{ code: '4503' }], nextCursor: null })
  })

  test('a unit in use is not closed; a closed one takes no users and lets nobody in', async () => {
    const close = (id: string) => call('updateUnit', administrator(...all), { id, state: 'closed' })
    await expect(close(brigade.id)).rejects.toEqual(refusal('identity.unit_in_use'))
    const section = await aUnit(services, { code: '450302S', parentCode: '450302', level: 'section' })
    const user = await aUser(services, { unit: section })
    await expect(close(section.id)).rejects.toEqual(refusal('identity.unit_in_use'))
    await call('lockUser', administrator(...all), { id: user.id, reason: '撤并' })
    expect((await close(section.id)).state).toBe('closed')
    await expect(
      call('createUser', administrator(...all), { userName: 'late', name: '迟到', unitId: section.id }),
    ).rejects.toEqual(refusal('identity.unknown_unit'))
    await call('unlockUser', administrator(...all), { id: user.id })
    await expect(call('signIn', anonymous, user)).rejects.toEqual(refusal('identity.sign_in_failed'))
  })

  test('local regions are those of the nearest unit that has any', async () => {
    const regions = (path: string) => asSystem(services, (ctx) => localRegionsOf(ctx, path))
    expect(await regions(brigade.path)).toEqual(['45'])
    expect(await regions(otherCity.path)).toEqual(['4502'])
    expect(await regions('/11/')).toEqual([])
    await call('updateUnit', administrator(...all), { id: city.id, localRegions: ['4503'] })
    expect(await regions(brigade.path)).toEqual(['4503'])
    expect(await regions(corps.path)).toEqual(['45'])
  })

  test('names and places of units are open across scopes', async () => {
    const found = await asSystem(services, (ctx) =>
      findUnitsByPath(ctx, [brigade.path, otherCity.path, '/none/']),
    )
    expect([...found.keys()].sort()).toEqual([otherCity.path, brigade.path])
    expect(await asSystem(services, (ctx) => unitOf(ctx, city.id))).toMatchObject({ path: '/45/4503/' })
    expect((await call('getUnit', signedIn({ unitPath: brigade.path }), { id: otherCity.id })).name).toBe(
      '柳州支队',
    )
  })
})

describe('for other modules', () => {
  test('usersHolding answers holders in the unit and above whose scope reaches it, nearest first', async () => {
    const permission = 'supervision.authorisation.grant'
    const at = (unit: Unit, scope: 'unit' | 'unit_and_below' | 'own', more = {}) =>
      aUser(services, { unit, scope, permissions: [permission], ...more })
    const here = await at(brigade, 'unit')
    const above = await at(city, 'unit_and_below', { name: '上级领导' })
    await at(city, 'unit')
    await at(otherCity, 'unit_and_below')
    const disabled = await at(brigade, 'unit')
    await call('lockUser', administrator('identity.user.lock'), { id: disabled.id, reason: '停职' })
    await aUser(services, { unit: brigade, permissions: ['business.transaction.accept'] })

    const clerk = signedIn({ unitPath: brigade.path, scope: 'own' })
    const [holders, names, scopeAfter] = await runAs(services, clerk, testOrigin(), async (ctx) => [
      await usersHolding(ctx, permission, brigade.path),
      await userNamesOf(ctx, [here.id, above.id]),
      await ctx.tx.client.query(`SELECT current_setting('app.lo') AS lo, current_setting('app.own') AS own`),
    ])
    expect(holders.map(({ id }) => id)).toEqual([here.id, above.id])
    expect(holders[1]!.name).toBe('上级领导')
    expect([...names.keys()]).toEqual([here.id])
    expect(scopeAfter.rows).toEqual([{ lo: brigade.path, own: 'on' }])
  })

  test('ensureUnits and ensureUsers make what is missing and leave the rest', async () => {
    const seeds = [
      { code: '4504', name: '梧州支队', level: 'detachment' as const, parentCode: '45' },
      { code: '450403', name: '万秀大队', level: 'brigade' as const, parentCode: '4504' },
    ]
    const [first, again] = await asSystem(services, async (ctx) => [
      await ensureUnits(ctx, seeds),
      await ensureUnits(
        ctx,
        seeds.map((seed) => ({ ...seed, name: '改名' })),
      ),
    ])
    expect(first.get('450403')).toMatchObject({ path: '/45/4504/450403/', name: '万秀大队' })
    expect(again.get('450403')).toEqual(first.get('450403'))
    await expect(
      asSystem(services, (ctx) => ensureUnits(ctx, [{ ...seeds[1]!, code: 'x', parentCode: 'nowhere' }])),
    ).rejects.toEqual(refusal('identity.unknown_unit'))

    const held = await aRole(services, { permissions: ['business.transaction.find'] })
    const user = {
      userName: 'seeded',
      name: '种子',
      unitCode: '450403',
      roles: [held.code],
      password: 'Seed-pass-1',
      totpSecret: newTotpSecret(),
    }
    const ids = await asSystem(services, (ctx) => ensureUsers(ctx, [user]))
    const same = await asSystem(services, (ctx) => ensureUsers(ctx, [{ ...user, password: 'Other-pass-1' }]))
    expect(same).toEqual(ids)
    expect((await call('signIn', anonymous, user)).mustChangePassword).toBe(true)
    const [open] = await behind<{ id: string }>('SELECT id FROM session WHERE user_id = $1', [
      ids.get('seeded'),
    ])
    const own = { ...signedIn({ unitPath: '/45/4504/450403/', id: ids.get('seeded')! }), sessionId: open!.id }
    const code = totpCode(user.totpSecret, services.clock.now())
    await expect(call('stepUp', own, { code })).resolves.toEqual({
      steppedUpUntil: new Date(services.clock.now().getTime() + 600_000).toISOString(),
    })
  })
})
