import { asSystem, signedIn } from '@hengjian/identity/testing'
import { sweepGuarded } from '@hengjian/platform/guard'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { administrationGuardedTables, createParameterReader, officeHoursOf } from './index.ts'
import { forgetParameters } from './parameters.ts'
import { administrator, nobody, openTestHouse, type TestHouse, testParameters } from './testing.ts'

const FIND = 'administration.parameter.find'
const UPDATE = 'administration.parameter.update'
const CITY = '/45/4503/'
const BRIGADE = '/45/4503/450302/'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

const root = () => administrator(house.services, [FIND, UPDATE])
const set = (unitPath: string, code: string, value: unknown, version = 0, actor = root()) =>
  house.call(actor, 'updateParameter', { code, unitPath, value, version, reason: '按通知调整' })
const found = async (unitPath: string, code: string, actor = root()) => {
  const { items } = await house.call(actor, 'findParameters', { unitPath })
  return items.find((item: { code: string }) => item.code === code)
}
const reader = createParameterReader(testParameters)
const inForce = (code: string, unitPath: string) =>
  asSystem(house.services, (ctx) => reader.valueOf(ctx, code, unitPath))

describe('values by unit', () => {
  test('PLT-7 a value set for a unit holds below it unless they override it', async () => {
    expect(await found(BRIGADE, 'test.case_days')).toMatchObject({
      value: 10,
      from: null,
      own: null,
      version: 0,
    })
    await set('/45/', 'test.case_days', 8)
    await set(CITY, 'test.case_days', 6)
    expect(await found(BRIGADE, 'test.case_days')).toMatchObject({ value: 6, from: CITY, own: null })
    expect(await found('/45/4504/', 'test.case_days')).toMatchObject({ value: 8, from: '/45/' })
    expect(await found(CITY, 'test.case_days')).toMatchObject({
      own: { value: 6, reason: '按通知调整', changedByName: '系统管理员' },
      version: 1,
      editable: true,
    })
    expect(await inForce('test.case_days', BRIGADE)).toBe(6)
    expect(await inForce('test.case_days', '/45/4504/450402/')).toBe(8)
    expect(await inForce('test.case_days', '/46/')).toBe(10)
  })

  test('PLT-7 a reset takes up what is inherited, and can be set again', async () => {
    await set(BRIGADE, 'test.case_days', 3)
    expect(await inForce('test.case_days', BRIGADE)).toBe(3)
    const reset = { code: 'test.case_days', unitPath: BRIGADE, version: 1, reason: '恢复统一标准' }
    expect(await house.call(root(), 'resetParameter', reset)).toMatchObject({
      value: 6,
      own: null,
      version: 2,
    })
    expect(await inForce('test.case_days', BRIGADE)).toBe(6)
    await expect(house.call(root(), 'resetParameter', { ...reset, version: 2 })).rejects.toMatchObject({
      code: 'administration.nothing_to_reset',
    })
    expect(await set(BRIGADE, 'test.case_days', 4, 2)).toMatchObject({ value: 4, version: 3 })
  })

  test('PLT-7 who changed what, when and why is kept', async () => {
    const { items, nextCursor } = await house.call(root(), 'findParameterChanges', {
      code: 'test.case_days',
      unitPath: BRIGADE,
      limit: 2,
    })
    const changedAt = house.services.clock.now().toISOString()
    expect(items).toMatchObject([
      { version: 3, before: null, after: 4, reason: '按通知调整', changedByName: '系统管理员', changedAt },
      { version: 2, before: 3, after: null, reason: '恢复统一标准' },
    ])
    const rest = await house.call(root(), 'findParameterChanges', {
      code: 'test.case_days',
      unitPath: BRIGADE,
      limit: 2,
      cursor: nextCursor,
    })
    expect(rest).toMatchObject({ items: [{ version: 1, before: null, after: 3 }], nextCursor: null })
    const audited = await house.tamper(
      `SELECT before, after, reason FROM audit_entry WHERE object_id = $1 ORDER BY id`,
      [`test.case_days ${BRIGADE}`],
    )
    expect(audited).toMatchObject([
      { before: { value: null }, after: { value: 3 }, reason: '按通知调整' },
      { before: { value: 3 }, after: { value: null }, reason: '恢复统一标准' },
      { before: { value: null }, after: { value: 4 } },
    ])
  })

  test('PLT-7 every type comes back as it was set, texts that look like numbers too', async () => {
    await set(CITY, 'test.note', '123')
    await set(CITY, 'test.strict', true)
    await set(CITY, 'business.office_hours', ['09:00-12:00', '13:00-24:00'])
    expect(await inForce('test.note', CITY)).toBe('123')
    expect(await inForce('test.strict', CITY)).toBe(true)
    expect(await asSystem(house.services, (ctx) => officeHoursOf(reader, ctx, BRIGADE))).toEqual([
      [540, 720],
      [780, 1440],
    ])
  })

  test('PLT-7 another process sees a change within five seconds', async () => {
    await set('/45/4504/', 'test.note', '旧')
    expect(await inForce('test.note', '/45/4504/')).toBe('旧')
    await house.tamper(`DELETE FROM parameter_value WHERE code = 'test.note' AND unit_path = '/45/4504/'`)
    await expect
      .poll(() => inForce('test.note', '/45/4504/'), { timeout: 5500, interval: 250 })
      .toBe('请核对')
  })
})

describe('refusals', () => {
  test.each([
    ['a number beyond its bounds', 'test.case_days', 61, '不得大于 60'],
    ['a number below its bounds', 'test.case_days', 0, '不得小于 1'],
    ['another type', 'test.case_days', '8', '应为数字'],
    ['a text that is no option', 'test.mode', 'c', '不在可选范围内'],
    ['a text that is too long', 'test.note', '长'.repeat(21), '不得多于 20 项（字）'],
    ['a list whose item has the wrong form', 'business.office_hours', ['25:00-26:00'], '格式有误'],
  ])('PLT-7 %s', async (_what, code, value, message) => {
    const current = await found('/45/', code)
    await expect(set('/45/', code, value, current.version)).rejects.toMatchObject({
      code: 'administration.parameter_invalid',
      issues: [{ message }],
    })
  })

  test('PLT-7 a value that someone else has changed meanwhile', async () => {
    await set('/45/', 'test.mode', 'b')
    await expect(set('/45/', 'test.mode', 'a', 0)).rejects.toMatchObject({
      code: 'administration.parameter_changed',
    })
  })

  test('PLT-7 two changes at once: one stands', async () => {
    const results = await Promise.allSettled([
      set('/45/4504/', 'test.mode', 'a'),
      set('/45/4504/', 'test.mode', 'b'),
    ])
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('PLT-7 unknown parameters, unknown units, and a level that does not fit', async () => {
    await expect(set('/45/', 'test.nothing', 1)).rejects.toMatchObject({
      code: 'administration.unknown_parameter',
    })
    await expect(set('/45/9999/', 'test.case_days', 1)).rejects.toMatchObject({
      code: 'administration.unknown_unit',
    })
    await expect(set('/45/', 'test.installation_days', 60)).rejects.toMatchObject({
      code: 'administration.parameter_level',
    })
    expect(await set('/', 'test.installation_days', 60)).toMatchObject({ value: 60, from: '/' })
  })

  test('PLT-3 callers who are not signed in or lack the permission', async () => {
    const reads = [
      ['findParameters', {}],
      ['findParameterChanges', { code: 'test.mode' }],
    ] as const
    const change = { code: 'test.mode', unitPath: '/45/', version: 1, reason: '试试看' }
    const writes = [
      ['updateParameter', { ...change, value: 'a' }],
      ['resetParameter', change],
    ] as const
    const reader = administrator(house.services, [FIND])
    const writer = administrator(house.services, [UPDATE])
    for (const [key, input] of [...reads, ...writes])
      await expect(house.call(nobody, key, input)).rejects.toMatchObject({ status: 401 })
    for (const [key, input] of reads)
      await expect(house.call(writer, key, input)).rejects.toMatchObject({ code: 'platform.forbidden' })
    for (const [key, input] of writes)
      await expect(house.call(reader, key, input)).rejects.toMatchObject({ code: 'platform.forbidden' })
  })

  test('PLT-13 changes need a fresh second factor', async () => {
    const stale = administrator(house.services, [FIND, UPDATE], { steppedUpAt: null })
    const change = { code: 'test.mode', unitPath: '/45/', version: 1, reason: '试试看' }
    for (const [key, input] of [
      ['updateParameter', { ...change, value: 'a' }],
      ['resetParameter', change],
    ] as const)
      await expect(house.call(stale, key, input)).rejects.toMatchObject({ code: 'platform.step_up_required' })
  })

  test('PLT-4 an administrator of a city sets neither the corps nor another city, and sees neither’s below', async () => {
    const city = signedIn({
      unitPath: CITY,
      permissions: [FIND, UPDATE],
      steppedUpAt: house.services.clock.now(),
    })
    for (const unitPath of ['/', '/45/', '/45/4504/']) {
      await expect(set(unitPath, 'test.strict', true, 0, city)).rejects.toMatchObject({
        code: 'platform.forbidden',
      })
      const reset = { code: 'test.strict', unitPath, version: 1, reason: '试试看' }
      await expect(house.call(city, 'resetParameter', reset)).rejects.toMatchObject({
        code: 'platform.forbidden',
      })
    }
    expect(await set(BRIGADE, 'test.strict', false, 0, city)).toMatchObject({ value: false, from: BRIGADE })
    await expect(house.call(city, 'findParameters', { unitPath: '/45/4504/' })).rejects.toMatchObject({
      code: 'platform.forbidden',
    })
    expect(await found('/45/', 'test.strict', city)).toMatchObject({ editable: false })
    const { items } = await house.call(city, 'findParameterChanges', { code: 'test.mode' })
    expect(items.map((item: { unitPath: string }) => item.unitPath)).toEqual(['/45/'])
    await expect(
      house.call(city, 'findParameterChanges', { code: 'test.mode', unitPath: '/45/4504/' }),
    ).rejects.toMatchObject({ code: 'platform.forbidden' })
  })
})

test('PLT-22 a parameter altered in the database is named by the sweep and refused at reading', async () => {
  await set(CITY, 'test.mode', 'b')
  const [row] = await house.tamper(
    `UPDATE parameter_value SET value = '"a"' WHERE code = 'test.mode' AND unit_path = $1 RETURNING id`,
    [CITY],
  )
  forgetParameters(house.services.database)
  await expect(inForce('test.mode', BRIGADE)).rejects.toMatchObject({ code: 'platform.integrity' })
  expect(await inForce('test.mode', '/45/')).toBe('b')
  await expect(house.call(root(), 'findParameters', { unitPath: CITY })).rejects.toMatchObject({
    code: 'platform.integrity',
  })
  await expect(set(CITY, 'test.mode', 'b', 1)).rejects.toMatchObject({ code: 'platform.integrity' })
  const altered: unknown[] = []
  await sweepGuarded(
    house.services,
    administrationGuardedTables,
    (one, what) => void altered.push({ ...one, what }),
  )
  expect(altered).toEqual([{ table: 'parameter_value', id: row.id, what: 'row-altered' }])
})
