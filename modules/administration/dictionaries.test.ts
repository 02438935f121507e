import { asSystem, signedIn } from '@hengjian/identity/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dictionaryNames, ensureDictionaries } from './index.ts'
import { administrator, nobody, openTestHouse, type TestHouse } from './testing.ts'

const FIND = 'administration.dictionary.find'
const IMPORT = 'administration.dictionary.import'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

const admin = () => administrator(house.services, [FIND, IMPORT])
const load = (code: string, csv: string, name?: string) =>
  house.call(admin(), 'importDictionary', { code, csv, reason: '按新标准', ...(name ? { name } : {}) })
const names = (code: string) => asSystem(house.services, (ctx) => dictionaryNames(ctx, code))

test('PLT-6 the standards’ code tables are there from the start', async () => {
  const { items } = await house.call(admin(), 'findDictionaries')
  expect(items.map((item: { code: string }) => item.code)).toEqual([
    'licence_class',
    'plate_kind',
    'use_nature',
    'vehicle_category',
    'vehicle_type',
  ])
  const plates = await house.call(admin(), 'getDictionary', { code: 'plate_kind' })
  expect(plates).toMatchObject({ name: '号牌种类', version: 1, source: 'built_in', changedByName: null })
  expect(plates.items[1]).toEqual({ code: '02', name: '小型汽车', enabled: true, parentCode: null })
  expect(plates.entries).toBe(plates.items.length)
})

test('PLT-6 an import is a new version; the one before stays readable; readers see it at once', async () => {
  const csv = 'code,name,enabled,parent_code\nA,甲,,\nB,乙,0,A\n'
  expect(await load('colour', csv, '颜色')).toMatchObject({
    version: 1,
    entries: 2,
    added: 2,
    source: 'imported',
  })
  expect(await names('colour')).toEqual(
    new Map([
      ['A', '甲'],
      ['B', '乙'],
    ]),
  )
  const second = await load('colour', '\uFEFFcode,name\r\nA,甲级\r\nC,丙\r\n')
  expect(second).toMatchObject({ name: '颜色', version: 2, added: 1, changed: 1, removed: 1 })
  expect(await names('colour')).toEqual(
    new Map([
      ['A', '甲级'],
      ['C', '丙'],
    ]),
  )
  const old = await house.call(admin(), 'getDictionary', { code: 'colour', version: 1 })
  expect(old).toMatchObject({
    version: 1,
    items: [
      { code: 'A', enabled: true },
      { code: 'B', enabled: false, parentCode: 'A' },
    ],
  })
  const [entry] = await house.tamper(
    `SELECT before, after, reason FROM audit_entry WHERE action = 'administration.import-dictionary' AND object_id = 'colour' ORDER BY at DESC, id DESC LIMIT 1`,
  )
  expect(entry).toMatchObject({
    before: { version: 1 },
    after: { version: 2, removed: 1 },
    reason: '按新标准',
  })
})

test.each([
  ['a missing name', 'code,name\nA,甲\nB,\n', 'csv.3'],
  ['a code twice', 'code,name\nA,甲\nB,乙\nA,丙\n', 'csv.4'],
  ['a wrong switch', 'code,name,enabled\nA,甲,maybe\n', 'csv.2'],
  ['a parent that is not there', 'code,name,parent_code\nA,甲,Z\n', 'csv.2'],
  ['a column too many', 'code,name\nA,甲\nB,乙,丙\n', 'csv.3'],
  ['a quote that is not closed', 'code,name\nA,"甲\n', 'csv.'],
  ['no line', 'code,name\n', 'csv.2'],
])('PLT-6 %s is named by its line and changes nothing', async (_what, csv, path) => {
  const before = await house.call(admin(), 'getDictionary', { code: 'use_nature' })
  await expect(load('use_nature', csv)).rejects.toMatchObject({
    code: 'administration.csv_invalid',
    issues: [{ path: expect.stringContaining(path) }],
  })
  expect(await house.call(admin(), 'getDictionary', { code: 'use_nature' })).toEqual(before)
})

test('PLT-6 every fault of a file is told at once', async () => {
  await expect(load('use_nature', 'code,name\n,甲\nB,\n,\n')).rejects.toMatchObject({
    issues: [{ path: 'csv.2' }, { path: 'csv.3' }, { path: 'csv.4' }, { path: 'csv.4' }],
  })
})

test('PLT-6 unknown dictionaries and versions, and a new one without name', async () => {
  for (const input of [{ code: 'nothing' }, { code: 'plate_kind', version: 9 }])
    await expect(house.call(admin(), 'getDictionary', input)).rejects.toMatchObject({
      code: 'administration.unknown_dictionary',
    })
  await expect(load('nameless', 'code,name\nA,甲\n')).rejects.toMatchObject({
    code: 'administration.dictionary_unnamed',
  })
})

test('PLT-6 a start brings built-in dictionaries up to date and leaves imported ones alone', async () => {
  const seed = (name: string) => [
    { code: 'seeded', name: '自带', entries: [{ code: 'x', name }] },
    { code: 'colour', name: '别的', entries: [{ code: 'x', name: '别的' }] },
  ]
  const start = (name: string) => asSystem(house.services, (ctx) => ensureDictionaries(ctx, seed(name)))
  await start('一')
  await start('一')
  expect(await house.call(admin(), 'getDictionary', { code: 'seeded' })).toMatchObject({ version: 1 })
  await start('二')
  expect(await house.call(admin(), 'getDictionary', { code: 'seeded' })).toMatchObject({
    version: 2,
    items: [{ code: 'x', name: '二' }],
  })
  expect(await house.call(admin(), 'getDictionary', { code: 'colour' })).toMatchObject({
    name: '颜色',
    version: 2,
  })
})

test('PLT-3 choices are open to every signed-in user, the rest to those who may', async () => {
  const plain = signedIn({ unitPath: '/45/' })
  const file = { code: 'colour', csv: 'code,name\nA,甲\n', reason: '试试看' }
  for (const [key, input] of [
    ['findDictionaries', {}],
    ['getDictionary', { code: 'colour' }],
    ['importDictionary', file],
  ] as const)
    await expect(house.call(nobody, key, input)).rejects.toMatchObject({ status: 401 })
  expect(await house.call(plain, 'getDictionary', { code: 'colour' })).toMatchObject({ version: 2 })
  await expect(house.call(plain, 'findDictionaries')).rejects.toMatchObject({ code: 'platform.forbidden' })
  const reader = administrator(house.services, [FIND])
  await expect(house.call(reader, 'importDictionary', file)).rejects.toMatchObject({
    code: 'platform.forbidden',
  })
})
