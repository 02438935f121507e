/** An indicator is put together, tried on past data, approved by a second person, switched on, and judged by (SUP-3). */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAnalysis } from './jobs/run-analysis.handler.ts'
import { runBackTest } from './jobs/run-back-test.handler.ts'
import { scheduleAnalysis } from './jobs/schedule-analysis.handler.ts'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
const [station, other] = [randomUUID(), randomUUID()]

async function inspections(institution: string, passed: number, failed: number, month: string, unit: string) {
  await fixture.admin.query(
    `INSERT INTO inspection (id, source, source_key, occurred_at, unit_id, unit_path, version, institution_id, passed, vehicle_age_years, attempt)
     SELECT gen_random_uuid(), 'test', gen_random_uuid()::text, $1::timestamptz, $2, $3, 1, $2, n <= $4::int, 16, 1 FROM generate_series(1, $4::int + $5::int) AS n`,
    [`${month}-10T02:00:00Z`, institution, unit, passed, failed],
  )
}

beforeAll(async () => {
  fixture = await createSupervisionFixture()
  await inspections(station, 39, 1, '2026-01', units.brigade)
  await inspections(station, 40, 0, '2026-02', units.brigade)
  await inspections(other, 20, 20, '2026-02', units.sister)
  await inspections(other, 5, 0, '2026-01', units.sister)
})
afterAll(() => fixture.close())

const composition = {
  title: '老旧车检验合格率过高',
  source: 'inspection',
  filters: [{ field: 'inspection.vehicle_age_years', test: 'above', values: [10] }],
  compare: ['inspection.institution_id'],
  window: { kind: 'month' },
  measure: { kind: 'rate', filters: [{ field: 'inspection.passed', test: 'is', values: [true] }] },
  comparison: '>',
  threshold: 96,
  minimumSample: 30,
}
const check = (change: object) =>
  fixture.call(fixture.user(units.city), 'checkComposition', { composition: { ...composition, ...change } })

test('SUP-3 a composition is said in words', async () => {
  expect(await check({})).toEqual({
    sentence:
      '按社会化服务机构，每月统计检验（车龄（年）大于10）中合格为是的占比，超过X1%。样本少于30的不作判定。',
    faults: [],
  })
  const words = await check({
    source: 'transaction',
    filters: [{ field: 'transaction.business_kind', test: 'is', values: ['registration'] }],
    compare: ['transaction.handler_id', 'transaction.unit_path'],
    measure: { kind: 'count_distinct', field: 'person.id_digest' },
    base: 'others_average',
    threshold: 50,
    minimumSample: 0,
  })
  expect(words.sentence).toBe(
    '按经办人、办理单位，每月统计业务流水（业务类型为注册登记）涉及的不同人员：证件号码个数，与本市其他同类对象的平均相比，高出或增长超过X1%。',
  )
})

const faulty: readonly (readonly [name: string, change: object, path: string, message: RegExp])[] = [
  ['unknown fact', { source: 'pg_user' }, 'source', /没有这种/],
  ['unknown field', { compare: ['inspection.password'] }, 'compare.0', /没有这个字段/],
  [
    'field of a fact that is not named',
    { filters: [{ field: 'licence.state', test: 'known' }] },
    'filters.0.field',
    /没有/,
  ],
  [
    'wrong test',
    { filters: [{ field: 'inspection.passed', test: 'above', values: [1] }] },
    'filters.0.test',
    /不能/,
  ],
  [
    'wrong value',
    { filters: [{ field: 'inspection.attempt', test: 'is', values: ['1'] }] },
    'filters.0.values',
    /数字/,
  ],
  ['no value', { filters: [{ field: 'inspection.line', test: 'is' }] }, 'filters.0.values', /填写/],
  ['nothing to compare', { compare: [] }, 'compare', /至少/],
  [
    'personal field to compare by',
    { source: 'person_change', compare: ['person.id_digest'], filters: [], measure: { kind: 'count' } },
    'compare.0',
    /个人信息/,
  ],
  ['sum of a text', { measure: { kind: 'sum', field: 'inspection.line' } }, 'measure.field', /数字/],
  ['rate of nothing', { measure: { kind: 'rate', filters: [] } }, 'measure.filters', /分子/],
  ['last month by day', { base: 'previous_month', window: { kind: 'day' } }, 'base', /按月/],
  ['others’ average of rates', { base: 'others_average' }, 'base', /占比/],
  [
    'rolling average',
    { measure: { kind: 'average', field: 'inspection.attempt' }, window: { kind: 'rolling', months: 3 } },
    'window',
    /平均值/,
  ],
  ['rate above a hundred', { threshold: 101 }, 'threshold', /100/],
]
for (const [name, change, path, message] of faulty)
  test(`SUP-3 ${name} is refused at its field, in words, and is not saved`, async () => {
    const { sentence, faults } = await check(change)
    expect(sentence).toBeNull()
    expect(faults[0]).toEqual({ path, message: expect.stringMatching(message) })
    await expect(
      fixture.call(fixture.user(units.city), 'createComposed', {
        composition: { ...composition, ...change },
      }),
    ).rejects.toMatchObject({
      code: 'supervision.composition_invalid',
      issues: [{ path: `composition.${path}` }],
    })
  })

test('SUP-3 hostile names do not pass the schema, hostile values arrive as values', async () => {
  const evil = `x"; DROP TABLE visit; --'`
  for (const change of [{ source: evil }, { compare: [`inspection.${evil}`] }, { comparison: '> 0 OR 1=1' }])
    expect(() => check(change)).toThrow()
  const { faults } = await check({ filters: [{ field: 'inspection.line', test: 'is', values: [evil] }] })
  expect(faults).toEqual([])
})

const compose = async (change: object = {}, author = fixture.user(units.city)) => ({
  author,
  code: (await fixture.call(author, 'createComposed', { composition: { ...composition, ...change } }))
    .code as string,
})
const get = (code: string, actor = fixture.user(units.corps)) => fixture.call(actor, 'getComposed', { code })

test('SUP-3 a back-test tells what would have been found, by unit and month, with hits, records and overlap', async () => {
  const { id: runId } = await fixture.call(fixture.user(units.city), 'startAnalysis', {
    codes: ['V8.7'],
    from: '2026-02-01',
    to: '2026-02-28',
  })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, runId)
  const { author, code } = await compose()
  const { id } = await fixture.call(author, 'startBackTest', {
    code,
    number: 1,
    from: '2026-01-01',
    to: '2026-02-28',
  })
  await runBackTest(fixture.services, fixture.ports, id)
  await runBackTest(fixture.services, fixture.ports, id)
  const tested = await fixture.call(author, 'getBackTest', { id })
  expect(tested).toMatchObject({ state: 'done', fired: 2, code, number: 1, unit: 'percent_share' })
  expect(tested.result).toMatchObject({
    missing: [],
    groups: 4,
    fired: 2,
    smallSample: 1,
    subjects: 1,
    byUnitMonth: [
      { unitPath: units.brigade, unitName: '一大队', month: '2026-01', fired: 1 },
      { unitPath: units.brigade, month: '2026-02', fired: 1 },
    ],
    overlap: [{ code: 'V8.7', subjects: 1, findings: 1 }],
  })
  const at = tested.result.hits.findIndex((hit: { period: string }) => hit.period === '2026-01')
  expect(tested.result.hits[at]).toMatchObject({
    measured: 97.5,
    threshold: 96,
    sample: 40,
    sentence: '2026年1月检验中合格为是的占比为97.5%，超过96%。',
  })
  const facts = await fixture.call(author, 'findBackTestFacts', { id, hit: at })
  expect(facts.items).toHaveLength(40)
  expect(facts.items.filter((row: { role: string }) => row.role === 'counted')).toHaveLength(39)
  await expect(fixture.call(author, 'findBackTestFacts', { id, hit: 99 })).rejects.toMatchObject({
    status: 404,
  })
  // Nothing of it became a finding.
  const { rows } = await fixture.admin.query('SELECT count(*)::int AS n FROM finding WHERE code = $1', [code])
  expect(rows).toEqual([{ n: 0 }])
  await expect(
    fixture.call(author, 'startBackTest', { code, number: 1, from: '2026-02-01', to: '2026-01-01' }),
  ).rejects.toMatchObject({ code: 'supervision.period_invalid' })
})

test('SUP-3 compose, approve by a second person, switch on, run: its findings open cases; versions are kept', async () => {
  const { author, code } = await compose({}, fixture.user(units.city, { name: '编制人' }))
  const approver = fixture.user(units.city, { name: '批准人' })
  const switchTo = (number: number | null, actor = author) =>
    fixture.call(actor, 'switchComposed', { code, number, reason: '启用试行' })
  await expect(switchTo(1)).rejects.toMatchObject({ code: 'supervision.version_not_approved' })
  await expect(
    fixture.call(approver, 'submitComposed', { code, number: 1, reason: '请审核' }),
  ).rejects.toMatchObject({ code: 'supervision.not_the_author' })
  await fixture.call(author, 'saveComposed', { code, composition: { ...composition, threshold: 97 } })
  await fixture.call(author, 'submitComposed', { code, number: 1, reason: '请审核' })
  const { waiting } = await fixture.call(approver, 'getWorkbench', {})
  expect(waiting).toContainEqual(expect.objectContaining({ kind: 'composed_version' }))
  await expect(fixture.call(author, 'approveComposed', { code, number: 1 })).rejects.toMatchObject({
    code: 'supervision.own_version',
  })
  expect(await fixture.call(approver, 'approveComposed', { code, number: 1 })).toMatchObject({
    newestState: 'approved',
    switchedOn: false,
  })
  await expect(
    fixture.call(author, 'startAnalysis', { codes: [code], from: '2026-01-01', to: '2026-02-28' }),
  ).rejects.toMatchObject({ code: 'supervision.unknown_indicator' })
  expect(await switchTo(1)).toMatchObject({ published: 1, switchedOn: true })

  // Listed like a shipped one for the units below, not for others; thresholds are set like those of any other.
  const listed = async (unitPath: string) =>
    (await fixture.call(fixture.user(units.corps), 'findIndicators', { unitPath, text: code })).items.filter(
      (row: { code: string }) => row.code === code,
    )
  expect(await listed(units.brigade)).toMatchObject([
    { code, version: 1, enabled: true, schedule: 'monthly' },
  ])
  expect(await listed(units.otherCity)).toEqual([])

  // The scheduled run of last month judges it in its own unit and opens the case.
  fixture.setNow('2026-03-01T18:30:00Z')
  await scheduleAnalysis(fixture.services, fixture.supervision.book, fixture.ports, 'monthly')
  fixture.setNow('2026-03-04T02:00:00Z')
  const { items } = await fixture.call(fixture.user(units.corps), 'findRuns', { trigger: 'monthly' })
  const run = items.find((each: { codes: string[] }) => each.codes.includes(code))
  expect(run).toMatchObject({ unitPath: units.city, codes: [code] })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, run.id)
  const found = await fixture.call(author, 'findFindings', { code })
  expect(found.items).toMatchObject([
    { state: 'in_case', measured: 100, threshold: 97, version: 1, subjectKey: `institution:${station}` },
  ])

  // A second version is judged by once it is approved; the finding keeps the first.
  await fixture.call(author, 'saveComposed', {
    code,
    composition: { ...composition, measure: { kind: 'count' }, threshold: 35 },
  })
  await fixture.call(author, 'submitComposed', { code, number: 2, reason: '改按数量' })
  await fixture.call(approver, 'approveComposed', { code, number: 2, opinion: '同意' })
  await switchTo(2)
  expect(await listed(units.city)).toMatchObject([{ code, version: 2, unit: 'count' }])
  const facts = await fixture.call(author, 'findFindingFacts', { id: found.items[0].id })
  expect(facts.items.filter((row: { role: string }) => row.role === 'counted')).toHaveLength(40)
  expect(
    (await get(code)).versions.map((each: { number: number; state: string }) => [each.number, each.state]),
  ).toEqual([
    [2, 'approved'],
    [1, 'approved'],
  ])
  expect(await switchTo(null)).toMatchObject({ switchedOn: false, published: 2 })
  await expect(
    fixture.call(author, 'startAnalysis', { codes: [code], from: '2026-01-01', to: '2026-02-28' }),
  ).rejects.toMatchObject({ code: 'supervision.override_invalid' })
})

test('SUP-3 a refused version stays as it is; its author goes on with a new one', async () => {
  const { author, code } = await compose()
  await fixture.call(author, 'submitComposed', { code, number: 1, reason: '请审核' })
  const refused = await fixture.call(fixture.user(units.corps), 'refuseComposed', {
    code,
    number: 1,
    opinion: '与 V8.7 重复',
  })
  expect(refused.newestState).toBe('refused')
  expect(await fixture.call(author, 'saveComposed', { code, composition })).toMatchObject({
    newest: 2,
    newestState: 'draft',
  })
  expect((await get(code)).versions[1]).toMatchObject({ state: 'refused', opinion: '与 V8.7 重复' })
})

test('PLT-22 SUP-3 a definition altered in the database is not judged by', async () => {
  const { author, code } = await compose()
  await fixture.call(author, 'submitComposed', { code, number: 1, reason: '请审核' })
  await fixture.admin.query(
    `UPDATE composed_version SET composition = jsonb_set(composition, '{threshold}', '1') WHERE code = $1`,
    [code],
  )
  await expect(
    fixture.call(fixture.user(units.corps), 'approveComposed', { code, number: 1 }),
  ).rejects.toMatchObject({
    code: 'platform.integrity',
  })
})

test('SUP-3 every fact and field that the composer offers can be counted and told apart', async () => {
  const user = fixture.user(units.city)
  const { facts } = await fixture.call(user, 'findBlocks', {})
  expect(facts.length).toBeGreaterThan(10)
  for (const { fact, fields } of facts) {
    const [by] = fields.filter(({ type }: { type: string }) => type === 'identity' || type === 'text')
    for (const { field, title } of fields) {
      expect(title, field).not.toMatch(/[a-z]{3}/)
      const { faults } = await check({
        source: fact,
        filters: [{ field, test: 'known' }],
        compare: [by.field],
        measure: { kind: 'count_distinct', field },
        minimumSample: 0,
      })
      expect(faults, field).toEqual([])
    }
  }
})
