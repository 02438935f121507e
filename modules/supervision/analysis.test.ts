import { randomUUID } from 'node:crypto'
import type { IndicatorDefinition } from '@hengjian/indicators'
import type { Actor } from '@hengjian/platform/context'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { indicatorDefinitions } from './indicators/index.ts'
import { reopenFindings } from './jobs/reopen-findings.handler.ts'
import { runAnalysis } from './jobs/run-analysis.handler.ts'
import { scheduleAnalysis } from './jobs/schedule-analysis.handler.ts'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
let supervisor: Actor
beforeAll(async () => {
  fixture = await createSupervisionFixture()
  supervisor = fixture.user(units.corps)
})
afterAll(() => fixture.close())

const station = randomUUID()

/** Inspections of old vehicles at a station in a month. */
async function inspections(options: {
  institutionId: string
  passed: number
  failed: number
  month?: string
  unitPath?: string
  model?: string
  age?: number
}) {
  const {
    institutionId,
    passed,
    failed,
    month = '2026-02',
    unitPath = units.brigade,
    model = 'A6',
    age = 16,
  } = options
  await fixture.admin.query(
    `INSERT INTO inspection (id, source, source_key, occurred_at, unit_id, unit_path, version, institution_id, vehicle_id, model, passed, vehicle_age_years, attempt)
     SELECT gen_random_uuid(), 'test', gen_random_uuid()::text, ($1 || '-10T10:00:00+08:00')::timestamptz, $2, $3, 1, $2, gen_random_uuid(), $4, n <= $5, $6, 1
       FROM generate_series(1, $5::int + $7::int) AS n`,
    [month, institutionId, unitPath, model, passed, age, failed],
  )
}

async function run(input: object, actor = supervisor): Promise<string> {
  const { id } = await fixture.call(actor, 'startAnalysis', {
    codes: ['V8.7'],
    from: '2026-02-01',
    to: '2026-02-28',
    ...input,
  })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id)
  return id
}
const findings = async (input: object = {}, actor = supervisor) =>
  (await fixture.call(actor, 'findFindings', input)).items

test('SUP-PA-V8.7 SUP-10 a run finds the station over the threshold, states all figures and drills down', async () => {
  await inspections({ institutionId: station, passed: 36, failed: 4 })
  await inspections({ institutionId: randomUUID(), passed: 32, failed: 8 })
  const id = await run({})
  expect(await fixture.call(supervisor, 'getRun', { id })).toMatchObject({
    state: 'done',
    done: 1,
    total: 1,
    findings: 1,
    results: [{ code: 'V8.7', outcome: 'findings', findings: 1, groups: 2, smallSample: 0, cannotJudge: 0 }],
  })
  const [found] = await findings({ code: 'V8.7' })
  expect(found).toMatchObject({
    measured: 90,
    threshold: 80,
    base: null,
    sample: 40,
    comparison: '>',
    unit: 'percent_share',
    periodFrom: '2026-02-01',
    periodTo: '2026-02-28',
    subjectKey: `institution:${station}`,
    unitPath: units.brigade,
    state: 'open',
    smallSample: false,
  })
  const detail = await fixture.call(supervisor, 'getFinding', { id: found.id })
  expect(detail.explanation).toMatchObject({
    measured: 90,
    threshold: 80,
    sample: 40,
    minimumSample: 30,
    period: '2026-02',
  })
  expect(detail.allowed).toEqual(['open_case', 'suppress'])

  const roles: Record<string, number> = {}
  let cursor: string | null | undefined
  do {
    const page = await fixture.call(supervisor, 'findFindingFacts', {
      id: found.id,
      limit: 15,
      ...(cursor ? { cursor } : {}),
    })
    for (const item of page.items) {
      expect(item).toMatchObject({ fact: 'inspection', unitPath: units.brigade })
      roles[item.role] = (roles[item.role] ?? 0) + 1
    }
    expect(page.outside).toBe(0)
    cursor = page.nextCursor
  } while (cursor)
  expect(roles).toEqual({ counted: 36, sample: 4 })
})

test('SUP-12 a re-run confirms what stands, supersedes what changed, and doubles nothing', async () => {
  const before = await findings({ code: 'V8.7' })
  const second = await run({})
  const same = await findings({ code: 'V8.7' })
  expect(same.map((each: { id: string }) => each.id)).toEqual(before.map((each: { id: string }) => each.id))
  expect(same[0].runId).toBe(second)
  await inspections({ institutionId: station, passed: 20, failed: 0 })
  await run({})
  const changed = await findings({ code: 'V8.7' })
  expect(changed).toHaveLength(1)
  expect(changed[0].id).not.toBe(before[0].id)
  expect(changed[0].sample).toBe(60)
  expect(await fixture.call(supervisor, 'getFinding', { id: before[0].id })).toMatchObject({
    state: 'superseded',
    allowed: [],
  })
  await inspections({ institutionId: station, passed: 0, failed: 40 })
  await run({})
  expect(await findings({ code: 'V8.7' })).toEqual([])
})

test('SUP-12 a run over part of a month judges the whole month, so that figures of one month stand once', async () => {
  const site = randomUUID()
  await inspections({ institutionId: site, passed: 40, failed: 0, month: '2024-04' })
  await run({ from: '2024-04-01', to: '2024-04-30' })
  await run({ from: '2024-04-20', to: '2024-04-22' })
  expect(await findings({ subjectKey: `institution:${site}` })).toMatchObject([
    { periodFrom: '2024-04-01', periodTo: '2024-04-30', sample: 40 },
  ])
})

test('SUP-10 three of three is a small sample: marked, and left out unless asked for', async () => {
  const tiny = randomUUID()
  await inspections({ institutionId: tiny, passed: 3, failed: 0, month: '2026-01' })
  const id = await run({ from: '2026-01-01', to: '2026-01-31' })
  expect(await findings({ code: 'V8.7', from: '2026-01-01', to: '2026-01-31' })).toEqual([])
  const small = await findings({ code: 'V8.7', runId: id, smallSample: true })
  expect(small).toMatchObject([{ sample: 3, measured: 100, smallSample: true }])
  expect((await fixture.call(supervisor, 'getRun', { id })).results).toMatchObject([
    { outcome: 'nothing', findings: 0, smallSample: 1 },
  ])
})

test('SUP-10 fields that the facts lack answer so by name, never zero', async () => {
  const id = await run({ codes: ['L8.1', 'V8.5'] })
  const { results } = await fixture.call(supervisor, 'getRun', { id })
  const exam = results.find((each: { code: string }) => each.code === 'L8.1')
  expect(exam).toMatchObject({ outcome: 'missing_fields', findings: 0 })
  expect(exam.missing).toContain('examination.site_id')
})

test('SUP-PA-V8.7 dimension, age and window can be set for one run; a trial run supersedes only itself', async () => {
  await inspections({
    institutionId: randomUUID(),
    passed: 90,
    failed: 10,
    model: 'OLDTIMER',
    age: 11,
    month: '2025-05',
  })
  const overrides = [
    {
      code: 'V8.7',
      dimensions: [{ name: 'model', of: 'inspection.model', title: '车型' }],
      parameters: { F1_age_years: 10 },
      window: 'period',
    },
  ]
  const id = await run({ from: '2025-01-01', to: '2025-12-31', overrides })
  const found = await findings({ runId: id })
  expect(found).toMatchObject([
    {
      subjectKind: 'model',
      subjectLabel: 'OLDTIMER',
      measured: 90,
      periodFrom: '2025-01-01',
      periodTo: '2025-12-31',
    },
  ])
  const facts = await fixture.call(supervisor, 'findFindingFacts', { id: found[0].id, limit: 200 })
  expect(facts.items).toHaveLength(100)
  await run({ from: '2025-01-01', to: '2025-12-31' })
  expect(await findings({ runId: id })).toHaveLength(1)
})

test('SUP-PA-V3.1 deadlines in working days are judged by the calendar', async () => {
  const handler = fixture.user(units.otherCity)
  const vehicleId = await fixture.fact('vehicle', { unit_path: units.otherCity })
  const { transaction } = await fixture.accept(handler, { businessKind: 'registration', vehicleId })
  const at = new Date('2026-02-09T02:00:00Z')
  await fixture.admin.query('UPDATE transaction SET accepted_at = $2, occurred_at = $2 WHERE id = $1', [
    transaction.transactionId,
    at,
  ])
  await fixture.fact('number_selection', {
    transaction_id: transaction.transactionId,
    vehicle_id: vehicleId,
    selected_at: at,
    occurred_at: at,
    unit_path: units.otherCity,
  })
  await fixture.fact('transaction_step', {
    transaction_id: transaction.transactionId,
    ordinal: 1,
    step: 'issue',
    state: 'done',
    opened_at: at,
    done_at: new Date('2026-02-28T02:00:00Z'),
    occurred_at: at,
    unit_path: units.otherCity,
  })
  const id = await run({ codes: ['V3.1'] })
  const { results } = await fixture.call(supervisor, 'getRun', { id })
  expect(results).toMatchObject([{ code: 'V3.1', outcome: 'findings', findings: 1 }])
  const [found] = await findings({ runId: id })
  expect(found).toMatchObject({ unit: 'working_days', unitPath: units.otherCity })
  expect((await fixture.call(supervisor, 'findFindingFacts', { id: found.id })).items.length).toBeGreaterThan(
    0,
  )
})

test('SUP-PA-L12.1 a finding about a unit bears its name, and its sentence the subject in words', async () => {
  const unitId = randomUUID()
  await fixture.admin.query(
    `INSERT INTO examination (id, source, source_key, occurred_at, unit_id, unit_path, version, subject, full_mark, local)
     SELECT gen_random_uuid(), 'test', gen_random_uuid()::text, '2026-02-10T10:00:00+08:00', $1, $2, 1, 'subject2', false, n > 5
       FROM generate_series(1, 40) AS n`,
    [unitId, units.sister],
  )
  const id = await run({ codes: ['L12.1'] })
  const [found] = await findings({ runId: id })
  expect(found).toMatchObject({ subjectKey: `unit:${unitId}`, unitPath: units.sister, measured: 12.5 })
  const names = await fixture.ports.unitNamesOf({} as never, [units.sister])
  expect(found.subjectLabel).toBe(names.get(units.sister))
  const { explanation } = await fixture.call(supervisor, 'getFinding', { id: found.id })
  expect(explanation.sentence).toBe('2026年2月科目二考试40次，其中外地人5次，占12.5%，超过10%。')
})

test('SUP-10 thresholds of a unit and switches act: a run by schedule leaves out units that switched it off', async () => {
  const lax = randomUUID()
  await inspections({ institutionId: lax, passed: 34, failed: 6, month: '2025-11', unitPath: units.sister })
  await inspections({
    institutionId: station,
    passed: 34,
    failed: 6,
    month: '2025-11',
    unitPath: units.brigade,
  })
  await fixture.call(supervisor, 'updateIndicatorSetting', {
    code: 'V8.7',
    unitPath: units.sister,
    enabled: null,
    parameters: { X8_rate_percent: 90 },
    version: 0,
    reason: '外检站集中区',
  })
  const id = await run({ from: '2025-11-01', to: '2025-11-30' })
  expect((await findings({ runId: id })).map((each: { unitPath: string }) => each.unitPath)).toEqual([
    units.brigade,
  ])
  await fixture.call(supervisor, 'updateIndicatorSetting', {
    code: 'V8.7',
    unitPath: units.brigade,
    enabled: false,
    parameters: {},
    version: 0,
    reason: '暂停使用',
  })
  fixture.setNow('2025-12-01T02:00:00Z')
  await scheduleAnalysis(fixture.services, fixture.supervision.book, fixture.ports, 'monthly')
  await scheduleAnalysis(fixture.services, fixture.supervision.book, fixture.ports, 'monthly')
  fixture.setNow('2026-03-04T02:00:00Z')
  const { items } = await fixture.call(supervisor, 'findRuns', { trigger: 'monthly' })
  expect(items).toMatchObject([
    { from: '2025-11-01', to: '2025-11-30', unitPath: units.corps, state: 'queued' },
  ])
  const monthly = indicatorDefinitions.filter((each) => each.schedule === 'monthly').map((each) => each.code)
  expect(items[0].codes).toEqual(monthly)
  const requested = await fixture.admin.query(
    `SELECT payload FROM outbox WHERE kind = 'job.requested' AND payload->'input'->>'runId' = $1`,
    [items[0].id],
  )
  expect(requested.rows).toMatchObject([{ payload: { job: 'supervision.run-analysis' } }])
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, items[0].id)
  const done = await fixture.call(supervisor, 'getRun', { id: items[0].id })
  expect(done.state).toBe('done')
  expect(done.results.filter((each: { outcome: string }) => each.outcome === 'failed')).toEqual([])
  // What the manual run had found for the unit is superseded: it is switched off there.
  expect(await findings({ code: 'V8.7', from: '2025-11-01', to: '2025-11-30', trial: false })).toEqual([])
  await fixture.call(supervisor, 'updateIndicatorSetting', {
    code: 'V8.7',
    unitPath: units.brigade,
    enabled: true,
    parameters: {},
    version: 1,
    reason: '恢复使用',
  })
})

test('SUP-10 findings are counted by indicator, unit, month and state', async () => {
  await inspections({ institutionId: randomUUID(), passed: 40, failed: 0, month: '2025-08' })
  await inspections({
    institutionId: randomUUID(),
    passed: 40,
    failed: 0,
    month: '2025-09',
    unitPath: units.otherCity,
  })
  await run({ from: '2025-08-01', to: '2025-09-30' })
  const count = async (by: string) =>
    (
      await fixture.call(supervisor, 'countFindings', {
        by,
        code: 'V8.7',
        from: '2025-08-01',
        to: '2025-09-30',
      })
    ).items
  expect(await count('month')).toEqual([
    { key: '2025-08', label: '2025-08', count: 1 },
    { key: '2025-09', label: '2025-09', count: 1 },
  ])
  expect(await count('unit')).toEqual([
    { key: units.brigade, label: '一大队', count: 1 },
    { key: units.otherCity, label: '外市支队', count: 1 },
  ])
  expect(await count('code')).toMatchObject([{ key: 'V8.7', count: 2 }])
  expect(await count('state')).toContainEqual({ key: 'open', label: '待处理', count: 2 })
})

test('SUP-10 a suppressed subject stays suppressed until its day has passed', async () => {
  const site = randomUUID()
  await inspections({ institutionId: site, passed: 40, failed: 0, month: '2025-06' })
  await run({ from: '2025-06-01', to: '2025-06-30' })
  const [found] = await findings({ subjectKey: `institution:${site}` })
  const suppress = (input: object, actor = supervisor) =>
    fixture.call(actor, 'suppressFinding', {
      id: found.id,
      until: '2026-03-31',
      reason: '已现场核实',
      ...input,
    })
  await expect(suppress({ until: '2026-03-01' })).rejects.toMatchObject({ code: 'platform.invalid_input' })
  await expect(suppress({}, fixture.user(units.corps, { permissions: new Set() }))).rejects.toMatchObject({
    status: 403,
  })
  await expect(suppress({}, fixture.user(units.otherCity))).rejects.toMatchObject({ status: 404 })
  expect(await suppress({})).toMatchObject({ state: 'suppressed' })
  await expect(suppress({})).rejects.toMatchObject({ code: 'supervision.finding_not_open' })
  await inspections({ institutionId: site, passed: 40, failed: 0, month: '2025-07' })
  await run({ from: '2025-06-01', to: '2025-07-31' })
  const states = async () =>
    (await findings({ subjectKey: `institution:${site}` })).map((each: { state: string }) => each.state)
  expect(await states()).toEqual(['suppressed', 'suppressed'])
  await reopenFindings(fixture.services)
  expect(await states()).toEqual(['suppressed', 'suppressed'])
  fixture.setNow('2026-04-01T00:00:00Z')
  await reopenFindings(fixture.services)
  fixture.setNow('2026-03-04T02:00:00Z')
  expect(await states()).toEqual(['open', 'open'])
})

test('SUP-10 suppressions are listed with end, who and why, given a new end, and lifted early with a reason', async () => {
  const site = randomUUID()
  await inspections({ institutionId: site, passed: 40, failed: 0, month: '2025-08' })
  await run({ from: '2025-08-01', to: '2025-08-31' })
  const subjectKey = `institution:${site}`
  const [found] = await findings({ subjectKey })
  const suppress = (id: string, until: string) =>
    fixture.call(supervisor, 'suppressFinding', { id, until, reason: '设备检修，已核实' })
  await expect(suppress(found.id, '2027-03-05')).rejects.toMatchObject({
    issues: [{ path: 'until', message: '最长 12 个月，到期可再次屏蔽' }],
  })
  await suppress(found.id, '2026-03-31')
  const listed = async (input: object = {}, actor = supervisor) =>
    (await fixture.call(actor, 'findSuppressions', input)).items.filter(
      (row: { subjectKey: string }) => row.subjectKey === subjectKey,
    )
  const [standing] = await listed()
  expect(standing).toMatchObject({
    code: 'V8.7',
    until: '2026-03-31',
    reason: '设备检修，已核实',
    suppressedByName: '测试人员',
    findingId: found.id,
    state: 'standing',
  })
  expect(await listed({}, fixture.user(units.otherCity))).toEqual([])
  expect(await listed({ state: 'ended' })).toEqual([])

  const lift = (actor = supervisor) =>
    fixture.call(actor, 'liftSuppression', { id: standing.id, reason: '检修已结束' })
  await expect(lift(fixture.user(units.otherCity))).rejects.toMatchObject({ status: 404 })
  expect(await lift()).toMatchObject({
    state: 'lifted',
    liftedByName: '测试人员',
    liftedReason: '检修已结束',
  })
  await expect(lift()).rejects.toMatchObject({ code: 'supervision.suppression_ended' })
  expect(await findings({ subjectKey })).toMatchObject([{ state: 'open' }])
  expect(await listed()).toEqual([])
  expect(await listed({ state: 'ended' })).toMatchObject([{ state: 'lifted' }])
  const { rows } = await fixture.admin.query(
    `SELECT count(*)::int AS n FROM audit_entry WHERE action = 'supervision.lift-suppression' AND reason = '检修已结束'`,
  )
  expect(rows).toEqual([{ n: 1 }])
  // What comes after the lifting is born open; a new suppression of the subject is one more line, its renewal is not.
  await inspections({ institutionId: site, passed: 40, failed: 0, month: '2025-09' })
  await run({ from: '2025-09-01', to: '2025-09-30' })
  const open = await findings({ subjectKey })
  expect(open.map((row: { state: string }) => row.state)).toEqual(['open', 'open'])
  await suppress(open[0].id, '2026-03-20')
  await suppress(open[1].id, '2026-04-30')
  expect(await listed()).toMatchObject([{ until: '2026-04-30', findingId: open[1].id }])
})

test('SUP-12 a run is cancelled while it waits; a cancelled or finished one cannot be', async () => {
  const { id } = await fixture.call(supervisor, 'startAnalysis', {
    codes: ['V8.7'],
    from: '2026-02-01',
    to: '2026-02-28',
  })
  await expect(fixture.call(fixture.user(units.otherCity), 'cancelRun', { id })).rejects.toMatchObject({
    status: 404,
  })
  expect(await fixture.call(supervisor, 'cancelRun', { id })).toMatchObject({
    state: 'cancelled',
    cancelRequested: true,
  })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id)
  expect(await fixture.call(supervisor, 'getRun', { id })).toMatchObject({ state: 'cancelled', results: [] })
  await expect(fixture.call(supervisor, 'cancelRun', { id })).rejects.toMatchObject({
    code: 'supervision.run_finished',
  })
})

test('SUP-12 a run that is told to stop ends before its next indicator and keeps what it found', async () => {
  const { id } = await fixture.call(supervisor, 'startAnalysis', {
    codes: ['V8.7', 'V8.5'],
    from: '2026-02-01',
    to: '2026-02-28',
  })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id, {
    progress: async (done) => {
      if (done === 1) await fixture.call(supervisor, 'cancelRun', { id })
    },
  })
  expect(await fixture.call(supervisor, 'getRun', { id })).toMatchObject({
    state: 'cancelled',
    done: 1,
    results: [{ code: 'V8.7' }],
  })
})

test('PLT-31 a killed run goes on with the indicators that are missing', async () => {
  const { id } = await fixture.call(supervisor, 'startAnalysis', {
    codes: ['V8.7', 'V8.5'],
    from: '2026-02-01',
    to: '2026-02-28',
  })
  const killed = new AbortController()
  const judge = runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id, {
    signal: killed.signal,
    progress: async (done) => {
      if (done === 1) killed.abort(new Error('killed'))
      killed.signal.throwIfAborted()
    },
  })
  await expect(judge).rejects.toThrow('killed')
  expect(await fixture.call(supervisor, 'getRun', { id })).toMatchObject({ state: 'running', done: 1 })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id)
  expect(await fixture.call(supervisor, 'getRun', { id })).toMatchObject({ state: 'done', done: 2 })
})

test('SUP-12 a run is refused: wrong period, indicator, override, unit, permission, nobody', async () => {
  const start = (input: object, actor = supervisor) =>
    fixture.call(actor, 'startAnalysis', { codes: ['V8.7'], from: '2026-02-01', to: '2026-02-28', ...input })
  await expect(start({ to: '2026-01-31' })).rejects.toMatchObject({ code: 'supervision.period_invalid' })
  await expect(start({ from: '2010-01-01' })).rejects.toMatchObject({ code: 'supervision.period_invalid' })
  await expect(start({ codes: ['nothing'] })).rejects.toMatchObject({ status: 404 })
  await expect(start({ codes: ['012001'] })).rejects.toMatchObject({ code: 'supervision.override_invalid' })
  const override = (rest: object) => start({ overrides: [{ code: 'V8.7', ...rest }] })
  await expect(override({ parameters: { X8_rate_percent: 200 } })).rejects.toMatchObject({
    issues: [{ path: 'overrides.0.parameters.X8_rate_percent' }],
  })
  await expect(override({ dimensions: [{ name: 'model', of: 'inspection.secret' }] })).rejects.toMatchObject({
    code: 'supervision.override_invalid',
  })
  await expect(start({ unitPath: units.otherCity }, fixture.user(units.city))).rejects.toMatchObject({
    status: 403,
  })
  await expect(start({}, fixture.user(units.city, { permissions: new Set() }))).rejects.toMatchObject({
    status: 403,
  })
  await expect(start({}, fixture.user(units.city, { kind: 'anonymous' }))).rejects.toMatchObject({
    status: 401,
  })
})

test('PLT-4 another unit sees neither the finding nor the records behind it', async () => {
  const site = randomUUID()
  await inspections({ institutionId: site, passed: 40, failed: 0, month: '2025-03', unitPath: units.brigade })
  await run({ from: '2025-03-01', to: '2025-03-31' })
  const [found] = await findings({ subjectKey: `institution:${site}` })
  const stranger = fixture.user(units.sister)
  expect(await findings({ subjectKey: `institution:${site}` }, stranger)).toEqual([])
  for (const key of ['getFinding', 'findFindingFacts'])
    await expect(fixture.call(stranger, key, { id: found.id })).rejects.toMatchObject({ status: 404 })
  // Records that moved to another unit since are counted, not shown.
  await fixture.admin.query(
    `UPDATE inspection SET unit_path = $2 WHERE id IN (SELECT id FROM inspection WHERE institution_id = $1 ORDER BY id LIMIT 10)`,
    [site, units.sister],
  )
  const page = await fixture.call(fixture.user(units.brigade), 'findFindingFacts', {
    id: found.id,
    limit: 100,
  })
  expect({ shown: page.items.length, outside: page.outside }).toEqual({ shown: 30, outside: 10 })
})

test('PLT-22 a finding altered in the database is found when it is opened', async () => {
  const site = randomUUID()
  await inspections({ institutionId: site, passed: 40, failed: 0, month: '2025-02' })
  await run({ from: '2025-02-01', to: '2025-02-28' })
  const [found] = await findings({ subjectKey: `institution:${site}` })
  await fixture.admin.query('UPDATE finding SET measured = 70 WHERE id = $1', [found.id])
  await expect(fixture.call(supervisor, 'getFinding', { id: found.id })).rejects.toMatchObject({
    code: 'platform.integrity',
    detail: `finding ${found.id}`,
  })
})

test('SUP-3 a changed definition is a new version', async () => {
  const definitions: IndicatorDefinition[] = indicatorDefinitions.map((each) =>
    each.code === 'V8.7' ? { ...each, minimumSample: 31 } : each,
  )
  const { createIndicatorBook } = await import('./indicator-book.ts')
  const book = createIndicatorBook(definitions)
  await book.publish(fixture.services)
  expect([book.versionOf('V8.7'), book.versionOf('V8.5')]).toEqual([2, 1])
})

test('SUP-PA-L1.5 who shares an address gathers under it; files of another unit and of years ago count', async () => {
  const address = randomUUID().replaceAll('-', '')
  for (let n = 0; n < 6; n++) {
    const personId = await fixture.fact('person', {
      kind: 'person',
      address_digest: Buffer.from(address, 'hex'),
      unit_path: units.sister,
      occurred_at: new Date('2019-05-06T10:00:00+08:00'),
    })
    const at = new Date('2024-03-05T10:00:00+08:00')
    await fixture.fact('transaction', {
      serial: `shared ${n}`,
      subject_kind: 'licence',
      business_kind: 'first_licence',
      state: 'completed',
      channel: 'window',
      local: false,
      person_id: personId,
      accepted_at: at,
      occurred_at: at,
      unit_id: station,
    })
  }
  await run({ codes: ['L1.5'], from: '2024-03-01', to: '2024-03-31' }, fixture.user(units.brigade))
  expect(await findings({ subjectKey: `address:${address}` })).toMatchObject([
    { code: 'L1.5', measured: 6, threshold: 5, subjectLabel: `标识 ${address.slice(-8)}` },
  ])
})

test('SUP-10 beside a finding stand those of the same group in other periods, not of its neighbours', async () => {
  const institutionId = randomUUID()
  await inspections({ institutionId, passed: 40, failed: 0, model: 'A6', month: '2024-03' })
  await inspections({ institutionId, passed: 41, failed: 0, model: 'A6', month: '2024-04' })
  await inspections({ institutionId, passed: 42, failed: 0, model: 'B7', month: '2024-04' })
  const byModel = [
    { name: 'institution', of: 'inspection.institution_id' },
    { name: 'model', of: 'inspection.model' },
  ]
  await run({ from: '2024-03-01', to: '2024-04-30', overrides: [{ code: 'V8.7', dimensions: byModel }] })
  const found = await findings({ subjectKey: `institution:${institutionId}` })
  expect(found.map(({ sample }: { sample: number }) => sample).sort()).toEqual([40, 41, 42])
  const april = found.find(({ sample }: { sample: number }) => sample === 41)
  const { earlier } = await fixture.call(supervisor, 'getFinding', { id: april.id })
  expect(earlier).toMatchObject([{ sample: 40, periodFrom: '2024-03-01' }])
})
