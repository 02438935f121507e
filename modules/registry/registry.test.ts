import type { Unit } from '@hengjian/identity'
import {
  asSystem,
  aUnit,
  aUser,
  callerOf,
  createTestServices,
  signedIn,
  type TestServices,
  testOrigin,
} from '@hengjian/identity/testing'
import { anonymous } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  agentIdOf,
  ensureAgents,
  ensureInstitutions,
  ensureStaff,
  institutionIdOf,
  namesOf,
  registryModule,
  staffIdOf,
} from './index.ts'

let database: TestDatabase
let services: TestServices
let call: ReturnType<typeof callerOf>
let city: Unit
let brigade: Unit
let otherCity: Unit

beforeAll(async () => {
  database = await createTestDatabase()
  services = createTestServices(database)
  call = callerOf(services, registryModule)
  city = await aUnit(services, { code: '4503', level: 'detachment' })
  brigade = await aUnit(services, { code: '450302', parentCode: '4503' })
  otherCity = await aUnit(services, { code: '4502', level: 'detachment' })
  await asSystem(services, async (ctx) => {
    const [station] = await ensureInstitutions(ctx, [
      {
        source: 'sample',
        kind: 'inspection_station',
        name: '漓江检测站',
        unitPath: brigade.path,
        code: 'J001',
      },
      { source: 'sample', kind: 'exam_site', name: '龙城考场', unitPath: otherCity.path, region: '450202' },
    ])
    await ensureStaff(ctx, [
      {
        source: 'sample',
        key: '1',
        name: '赵查验',
        unitPath: brigade.path,
        staffNumber: 'G007',
        institutionId: station!,
        post: 'inspector',
      },
      { source: 'sample', key: '2', name: '钱考官', unitPath: otherCity.path, staffNumber: 'G008' },
    ])
    await ensureAgents(ctx, [
      { source: 'sample', key: '1', name: '孙代办', unitPath: brigade.path, company: '顺达代理' },
      { source: 'sample', key: '2', name: '李代办', unitPath: otherCity.path },
    ])
  })
})
afterAll(async () => {
  await services.close()
  await database.drop()
})

const clerk = (...permissions: string[]) => signedIn({ unitPath: city.path, unitId: city.id, permissions })
const refusal = (code: string) => expect.objectContaining({ code })
const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id)

async function behind<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

test.each([
  ['findInstitutions', 'registry.institution.find', {}, { kind: 'castle' }],
  [
    'getInstitution',
    'registry.institution.find',
    { id: institutionIdOf('sample', 'inspection_station', '漓江检测站') },
    { id: '1' },
  ],
  ['findStaff', 'registry.staff.find', {}, { under: 'x' }],
  ['findAgents', 'registry.agent.find', {}, { cursor: 'x' }],
  ['createAgent', 'registry.agent.create', { name: '周代办' }, { name: '' }],
])(
  'BIZ-30 BIZ-31 BIZ-40 %s: accepted, invalid, signed out, without permission',
  async (key, permission, input, invalid) => {
    await expect(call(key, clerk(permission), input)).resolves.toBeDefined()
    await expect(call(key, clerk(permission), invalid)).rejects.toEqual(refusal('platform.invalid_input'))
    await expect(call(key, anonymous, input)).rejects.toEqual(refusal('platform.sign_in_required'))
    await expect(call(key, clerk('registry.other.find'), input)).rejects.toEqual(
      refusal('platform.forbidden'),
    )
  },
)

test('PLT-4 institutions are known everywhere, staff and agents in their own units only', async () => {
  const actor = clerk('registry.institution.find', 'registry.staff.find', 'registry.agent.find')
  expect((await call('findInstitutions', actor)).items).toHaveLength(2)
  expect(idsOf(await call('findInstitutions', actor, { under: city.path }))).toEqual([
    institutionIdOf('sample', 'inspection_station', '漓江检测站'),
  ])
  expect(idsOf(await call('findStaff', actor))).toEqual([staffIdOf('sample', '1')])
  const agents = idsOf(await call('findAgents', actor))
  expect(agents).toContain(agentIdOf('sample', '1'))
  expect(agents).not.toContain(agentIdOf('sample', '2'))
  await expect(
    call('createAgent', clerk('registry.agent.create'), { name: '越界', unitId: otherCity.id }),
  ).rejects.toEqual(refusal('platform.forbidden'))
  await expect(
    call('createAgent', clerk('registry.agent.create'), { name: '无此机构', unitId: crypto.randomUUID() }),
  ).rejects.toEqual(refusal('registry.unknown_unit'))
  await expect(call('getInstitution', actor, { id: crypto.randomUUID() })).rejects.toEqual(
    refusal('platform.not_found'),
  )
})

test('people are found by number or whole name; agents are masked and stored encrypted', async () => {
  const actor = clerk('registry.staff.find', 'registry.agent.find')
  expect((await call('findStaff', actor, { text: 'g00' })).items).toMatchObject([{ name: '赵查验' }])
  expect((await call('findStaff', actor, { text: '赵查验' })).items).toHaveLength(1)
  expect((await call('findStaff', actor, { text: '赵' })).items).toEqual([])
  expect((await call('findAgents', actor, { text: '孙代办' })).items).toMatchObject([{ nameMasked: '孙**' }])
  expect((await call('findAgents', actor, { text: '顺达' })).items).toHaveLength(1)
  const [stored] = await behind<{ text: string }>(
    `SELECT (SELECT string_agg(row_to_json(a)::text, '') FROM agent a) ||
            (SELECT string_agg(row_to_json(s)::text, '') FROM staff_member s) ||
            (SELECT string_agg(row_to_json(e)::text, '') FROM audit_entry e) AS text`,
  )
  for (const name of ['孙代办', '赵查验', '周代办']) expect(stored!.text).not.toContain(name)
})

test('loading again changes nothing, whatever the spelling of blanks and widths', async () => {
  const seed = { source: 'file', kind: 'dealer' as const, name: '桂林4S店(一)', unitPath: brigade.path }
  const [first, wide] = await asSystem(services, async (ctx) => [
    await ensureInstitutions(ctx, [seed, seed]),
    await ensureInstitutions(ctx, [{ ...seed, name: ' 桂林４Ｓ店（一） ', state: 'revoked' }]),
  ])
  expect(first[0]).toBe(first[1])
  expect(wide[0]).toBe(first[0])
  const rows = await behind<{ name: string; state: string }>(
    `SELECT name, state FROM institution WHERE source = 'file'`,
  )
  expect(rows).toEqual([{ name: '桂林4S店(一)', state: 'active' }])
})

test('derived ids are valid, fixed for ever, and differ by every part', () => {
  expect(institutionIdOf('uk-dvsa', 'exam_site', 'Aberdeen North')).toBe(
    institutionIdOf('uk-dvsa', 'exam_site', 'Aberdeen North '),
  )
  const ids = [
    institutionIdOf('a', 'exam_site', 'b'),
    institutionIdOf('a', 'dealer', 'b'),
    institutionIdOf('ab', 'exam_site', ''),
    staffIdOf('a', 'b'),
    agentIdOf('a', 'b'),
  ]
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('names are answered for ids of every kind within reach', async () => {
  const user = await aUser(services, { unit: brigade, name: '吴经办' })
  const ids = {
    site: institutionIdOf('sample', 'exam_site', '龙城考场'),
    staff: staffIdOf('sample', '1'),
    foreignStaff: staffIdOf('sample', '2'),
    agent: agentIdOf('sample', '1'),
    user: user.id,
    nobody: crypto.randomUUID(),
  }
  const names = await runAs(services, clerk(), testOrigin(), (ctx) => namesOf(ctx, Object.values(ids)))
  expect(Object.fromEntries(names)).toEqual({
    [ids.site]: '龙城考场',
    [ids.staff]: '赵查验',
    [ids.agent]: '孙**',
    [ids.user]: '吴经办',
  })
})

test('a list goes page by page', async () => {
  const actor = clerk('registry.institution.find')
  const first = await call('findInstitutions', actor, { limit: 1 })
  const second = await call('findInstitutions', actor, { limit: 200, cursor: first.nextCursor })
  expect([...idsOf(first), ...idsOf(second)]).toEqual(idsOf(await call('findInstitutions', actor)))
  expect(second.nextCursor).toBeNull()
})
