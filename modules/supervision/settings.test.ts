import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { permitRuleOf } from './settings.ts'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
beforeAll(async () => {
  fixture = await createSupervisionFixture()
})
afterAll(() => fixture.close())

const reissue = { businessKind: 'plate_replacement', reason: 'reissue' }
const set = (unitPath: string, values: object, actor = fixture.user(units.corps)) =>
  fixture.call(actor, 'updateIndicatorSetting', {
    code: '012003',
    unitPath,
    enabled: null,
    parameters: {},
    version: 0,
    reason: '按本地情况调整',
    ...values,
  })
const inForce = async (unitPath: string) => {
  const { enabled, enabledFrom, parameters, settingVersion } = await fixture.call(
    fixture.user(units.corps),
    'getIndicator',
    { code: '012003', unitPath },
  )
  const times = parameters.find((each: { name: string }) => each.name === 'F1_times')
  return { enabled, enabledFrom, value: times.value, from: times.from, settingVersion }
}

test('PLT-7 a value set for a corps holds below it unless a unit overrides it; the history stays', async () => {
  expect(await inForce(units.brigade)).toEqual({
    enabled: true,
    enabledFrom: null,
    value: 3,
    from: null,
    settingVersion: 0,
  })
  await set(units.corps, { parameters: { F1_times: 5 } })
  await set(units.city, { parameters: { F1_times: 1 } })
  expect(await inForce(units.brigade)).toMatchObject({ value: 1, from: units.city, settingVersion: 0 })
  expect(await inForce(units.otherCity)).toMatchObject({ value: 5, from: units.corps })
  // Given back to what the corps says.
  await set(units.city, { version: 1 })
  expect(await inForce(units.brigade)).toMatchObject({ value: 5, from: units.corps })
  const { settings } = await fixture.call(fixture.user(units.corps), 'getIndicator', {
    code: '012003',
    unitPath: units.city,
  })
  expect(
    settings.map((row: { unitPath: string; version: number; supersededAt: string | null }) => [
      row.unitPath,
      row.version,
      row.supersededAt === null,
    ]),
  ).toEqual(
    expect.arrayContaining([
      [units.city, 2, true],
      [units.city, 1, false],
      [units.corps, 1, true],
    ]),
  )
  const { rows } = await fixture.admin.query(
    `SELECT count(*)::int AS n FROM audit_entry WHERE action = 'supervision.update-indicator-setting' AND reason = '按本地情况调整'`,
  )
  expect(rows).toEqual([{ n: 3 }])
})

test('SUP-PA-L1.7 the rule of permit numbers is that of the nearest unit; unset by default', async () => {
  const ruleOf = (unitPath: string) =>
    fixture.as(fixture.user(unitPath), (ctx) => permitRuleOf(ctx, unitPath))
  expect(await ruleOf(units.brigade)).toBe(null)
  await set(units.city, { code: 'L1.7', parameters: { F1_permit_number_pattern: '450300####' } })
  expect(await ruleOf(units.brigade)).toBe('450300####')
  expect(await ruleOf(units.otherCity)).toBe(null)
})

test('SUP-IN thresholds and switches act from the next evaluation on, for the unit alone', async () => {
  const vehicleId = await fixture.fact('vehicle', {})
  await set(units.brigade, { parameters: { F1_times: 0 } })
  expect(await fixture.accept(fixture.user(units.brigade), { ...reissue, vehicleId })).toMatchObject({
    outcome: 'prompt',
    warnings: [{ code: '012003' }],
  })
  expect(await fixture.accept(fixture.user(units.sister), { ...reissue, vehicleId })).toMatchObject({
    outcome: 'pass',
  })
  await set(units.brigade, { enabled: false, parameters: { F1_times: 0 }, version: 1 })
  expect(await fixture.accept(fixture.user(units.brigade), { ...reissue, vehicleId })).toMatchObject({
    outcome: 'pass',
  })
})

test('PLT-7 settings are refused: stale, out of bounds, unknown, outside the scope, without permission or second factor', async () => {
  const path = units.sister
  await set(path, { parameters: { F1_times: 2 } })
  await expect(set(path, { parameters: { F1_times: 4 } })).rejects.toMatchObject({
    code: 'supervision.setting_changed',
  })
  await expect(set(path, { parameters: { F1_times: 'x' }, version: 1 })).rejects.toMatchObject({
    code: 'supervision.parameter_invalid',
    issues: [{ path: 'parameters.F1_times', message: '必须是数字' }],
  })
  await expect(set(path, { code: '999999' })).rejects.toMatchObject({
    code: 'supervision.unknown_indicator',
    status: 404,
  })
  await expect(set(units.sister, {}, fixture.user(units.brigade))).rejects.toMatchObject({
    code: 'platform.forbidden',
  })
  await expect(set(path, {}, fixture.user(units.corps, { permissions: new Set() }))).rejects.toMatchObject({
    status: 403,
  })
  await expect(set(path, {}, fixture.user(units.corps, { steppedUpAt: null }))).rejects.toMatchObject({
    code: 'platform.step_up_required',
  })
  await expect(set(path, {}, fixture.user(units.corps, { kind: 'anonymous' }))).rejects.toMatchObject({
    status: 401,
  })
  expect(() => set('sister', {})).toThrow()
})

test('PLT-22 a threshold altered in the database stops the evaluation that would have used it, and is named', async () => {
  await set(units.otherCity, { parameters: { F1_times: 2 } })
  await fixture.admin.query(
    `UPDATE indicator_setting SET parameters = '{"F1_times": 99}' WHERE unit_path = $1 AND superseded_at IS NULL`,
    [units.otherCity],
  )
  const vehicleId = await fixture.fact('vehicle', {})
  await expect(
    fixture.accept(fixture.user(units.otherCity), { ...reissue, vehicleId }),
  ).rejects.toMatchObject({
    code: 'platform.integrity',
    detail: expect.stringContaining('indicator_setting'),
  })
})

test('SUP-3 every indicator is listed with its words, and published once however often the program starts', async () => {
  const { items } = await fixture.call(fixture.user(units.brigade), 'findIndicators', { mode: 'in_process' })
  expect(items).toHaveLength(22)
  expect(items[0]).toMatchObject({ version: 1, unitPath: units.brigade })
  const count = async () =>
    (await fixture.admin.query('SELECT count(*)::int AS n FROM indicator_version')).rows[0].n as number
  const published = await count()
  await fixture.supervision.start(fixture.services)
  expect(await count()).toBe(published)
  await expect(
    fixture.call(fixture.user(units.brigade, { permissions: new Set() }), 'findIndicators', {}),
  ).rejects.toMatchObject({ status: 403 })
})

test('SUP-IN an indicator that listens to changes of particulars is asked when such a transaction is accepted', async () => {
  const handler = fixture.user(units.brigade)
  const personId = await fixture.fact('person', { kind: 'person' })
  const [first, second] = [randomUUID(), randomUUID()]
  const change = (transaction_id: string, at: string) =>
    fixture.fact('person_change', { person_id: personId, transaction_id, field: 'mobile', at: new Date(at) })
  await change(first, '2026-02-20T02:00:00Z')
  await change(second, '2026-03-04T02:00:00Z')
  const judged = await fixture.accept(handler, {
    id: second,
    businessKind: 'information_change',
    reason: 'mobile',
    personId,
  })
  expect(judged).toMatchObject({ outcome: 'authorise', warnings: [{ code: '022103' }] })
})
