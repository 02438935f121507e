/** Settings between units and between people: bounds from above, and the second person. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
beforeAll(async () => {
  fixture = await createSupervisionFixture()
})
afterAll(() => fixture.close())

/** 012103 asks for a leader's authorisation; 012003 prompts; V8.7 is judged afterwards. */
const set = (code: string, unitPath: string, values: object = {}, actor = fixture.user(unitPath)) =>
  fixture.call(actor, 'updateIndicatorSetting', {
    code,
    unitPath,
    enabled: null,
    parameters: {},
    version: 0,
    reason: '按本地情况调整',
    ...values,
  })
const get = (code: string, unitPath: string) =>
  fixture.call(fixture.user(units.corps), 'getIndicator', { code, unitPath })
const inForce = async (code: string, unitPath: string, name: string) =>
  (await get(code, unitPath)).parameters.find((each: { name: string }) => each.name === name)
const inbox = async (recipient: string): Promise<string[]> =>
  (
    await fixture.admin.query('SELECT title FROM notification WHERE recipient_id = $1 ORDER BY at, id', [
      recipient,
    ])
  ).rows.map((row) => row.title)

test('SUP-3 a corps leaves its detachments nothing but stricter values, and says which field and bound', async () => {
  await set('V8.7', units.corps, { parameters: { X8_rate_percent: 75 }, tightenOnly: ['X8_rate_percent'] })
  await expect(
    set('V8.7', units.city, { parameters: { X8_rate_percent: 78 }, enabled: false }),
  ).rejects.toMatchObject({
    code: 'supervision.parameter_invalid',
    issues: [
      { path: 'parameters.X8_rate_percent', message: '不得大于 75：总队规定下级只可收紧' },
      { path: 'enabled', message: '不得停用：上级规定该指标下级只可收紧' },
    ],
  })
  await set('V8.7', units.city, { parameters: { X8_rate_percent: 70 } })
  expect(await inForce('V8.7', units.brigade, 'X8_rate_percent')).toMatchObject({
    value: 70,
    from: units.city,
    stricter: 'lower',
    bound: units.corps,
    boundValue: 75,
    tightenOnly: false,
  })
  expect(await inForce('V8.7', units.corps, 'X8_rate_percent')).toMatchObject({
    tightenOnly: true,
    bound: null,
  })
  // Tightened further above: what the city had is too loose now and the corps' value holds there.
  await set('V8.7', units.corps, {
    parameters: { X8_rate_percent: 65 },
    tightenOnly: ['X8_rate_percent'],
    version: 1,
  })
  expect(await inForce('V8.7', units.brigade, 'X8_rate_percent')).toMatchObject({
    value: 65,
    from: units.corps,
  })
  await expect(set('V8.7', units.otherCity, { tightenOnly: ['F1_age_years'] })).rejects.toMatchObject({
    issues: [{ path: 'tightenOnly.0', message: '参数 F1_age_years 没有宽严之分，不能规定只可收紧' }],
  })
})

test('SUP-3 history tells who changed what from what to what, with the reason, for the units below too', async () => {
  const { items } = await fixture.call(fixture.user(units.corps), 'findSettingHistory', { code: 'V8.7' })
  expect(items.map((row: { unitPath: string; version: number }) => [row.unitPath, row.version])).toEqual(
    expect.arrayContaining([
      [units.corps, 1],
      [units.corps, 2],
      [units.city, 1],
    ]),
  )
  const second = items.find(
    (row: { unitPath: string; version: number }) => row.unitPath === units.corps && row.version === 2,
  )
  expect(second).toMatchObject({
    changedByName: '测试人员',
    approvedByName: null,
    reason: '按本地情况调整',
    supersededAt: null,
  })
  expect(second.changes).toMatchObject([{ name: 'X8_rate_percent', from: '75', to: '65' }])
  const below = await fixture.call(fixture.user(units.corps), 'findSettingHistory', {
    code: 'V8.7',
    unitPath: units.city,
  })
  expect(below.items).toHaveLength(1)
})

test('SUP-3 what asks for a leader changes only when a second person agrees; until then the old value holds', async () => {
  const name = (await get('012103', units.city)).parameters[0].name
  const before = (await inForce('012103', units.city, name)).value
  const proposer = fixture.user(units.city, { name: '甲' })
  const leader = fixture.user(units.city, { name: '乙' })
  const proposed = await set('012103', units.city, { parameters: { [name]: 7 } }, proposer)
  expect(proposed.pendingChange).toMatchObject({ proposedByName: '甲' })
  expect((await inForce('012103', units.city, name)).value).toBe(before)
  expect(await inbox(leader.id)).toEqual([expect.stringContaining('等待您批准')])
  expect(await inbox(proposer.id)).toEqual([expect.stringContaining('批准前原值有效')])
  const { waiting } = await fixture.call(leader, 'getWorkbench', {})
  expect(waiting).toMatchObject([{ kind: 'setting_change', id: proposed.pendingChange.id }])
  expect((await fixture.call(proposer, 'getWorkbench', {})).waiting).toEqual([])
  await expect(set('012103', units.city, { parameters: { [name]: 8 } })).rejects.toMatchObject({
    code: 'supervision.change_pending',
  })

  const { id } = proposed.pendingChange
  await expect(fixture.call(proposer, 'approveSettingChange', { id })).rejects.toMatchObject({
    code: 'supervision.own_change',
  })
  expect((await fixture.call(proposer, 'findSettingChanges', { id })).items).toMatchObject([
    { allowed: ['withdraw'], changes: [{ name, from: '沿用上级', to: '7' }] },
  ])
  await expect(
    fixture.call(fixture.user(units.brigade), 'approveSettingChange', { id }),
  ).rejects.toMatchObject({ status: 404 })
  const approved = await fixture.call(leader, 'approveSettingChange', { id, opinion: '同意调整' })
  expect(approved).toMatchObject({ state: 'approved', decidedByName: '乙', allowed: [] })
  expect((await inForce('012103', units.city, name)).value).toBe(7)
  expect((await get('012103', units.city)).settings[0]).toMatchObject({
    changedByName: '甲',
    approvedByName: '乙',
  })
  expect((await inbox(proposer.id)).at(-1)).toContain('已获批准')
  await expect(fixture.call(leader, 'approveSettingChange', { id })).rejects.toMatchObject({
    code: 'supervision.not_allowed_in_state',
  })
})

test('SUP-3 the second person belongs to the unit of the first or to one above, not to the unit concerned', async () => {
  const proposer = fixture.user(units.corps)
  const { pendingChange } = await set('012103', units.brigade, { enabled: false }, proposer)
  await expect(
    fixture.call(fixture.user(units.city), 'approveSettingChange', { id: pendingChange.id }),
  ).rejects.toMatchObject({ code: 'supervision.wrong_unit' })
  const refused = await fixture.call(fixture.user(units.corps), 'refuseSettingChange', {
    id: pendingChange.id,
    opinion: '理由不足',
  })
  expect(refused).toMatchObject({ state: 'refused', opinion: '理由不足' })
  expect((await get('012103', units.brigade)).enabled).toBe(true)
})

test('SUP-3 a change is withdrawn by who proposed it, and refused when the bounds or the setting moved meanwhile', async () => {
  const proposer = fixture.user(units.otherCity)
  const name = (await get('012103', units.otherCity)).parameters[0].name
  const first = await set('012103', units.otherCity, { parameters: { [name]: 9 } }, proposer)
  await expect(
    fixture.call(fixture.user(units.otherCity), 'withdrawSettingChange', { id: first.pendingChange.id }),
  ).rejects.toMatchObject({ code: 'platform.forbidden' })
  await fixture.call(proposer, 'withdrawSettingChange', { id: first.pendingChange.id })

  const second = await set('012103', units.otherCity, { parameters: { [name]: 50 } }, proposer)
  const above = await set('012103', units.corps, { parameters: { [name]: 20 }, tightenOnly: [name] })
  await fixture.call(fixture.user(units.corps), 'approveSettingChange', { id: above.pendingChange.id })
  await expect(
    fixture.call(fixture.user(units.corps), 'approveSettingChange', { id: second.pendingChange.id }),
  ).rejects.toMatchObject({ code: 'supervision.parameter_invalid' })
})

test('SUP-3 the parameter decides who needs a second person: 0 nobody, 2 every indicator', async () => {
  const { parameterOf } = fixture.ports
  const ports = fixture.ports as { parameterOf: typeof parameterOf }
  try {
    ports.parameterOf = async () => 0
    expect((await set('012103', units.sister, { enabled: true })).pendingChange).toBeNull()
    ports.parameterOf = async () => 2
    expect((await set('012003', units.sister, { enabled: true })).pendingChange).not.toBeNull()
  } finally {
    ports.parameterOf = parameterOf
  }
})

test('PLT-22 a proposed change altered in the database cannot be approved', async () => {
  const { pendingChange } = await set('022103', units.brigade, { enabled: false })
  await fixture.admin.query(`UPDATE setting_change SET enabled = true WHERE id = $1`, [pendingChange.id])
  await expect(
    fixture.call(fixture.user(units.brigade), 'approveSettingChange', { id: pendingChange.id }),
  ).rejects.toMatchObject({ code: 'platform.integrity' })
})
