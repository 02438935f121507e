/** A re-run says what changed and why; what was decided in a closed case does not rise again. */
import { randomUUID } from 'node:crypto'
import type { Actor } from '@hengjian/platform/context'
import { untilSettled } from '@hengjian/platform/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runAnalysis } from './jobs/run-analysis.handler.ts'
import type { SupervisionPorts } from './ports.ts'
import { closeCase, createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
let supervisor: Actor
let days = 0
beforeEach(async () => {
  fixture = await createSupervisionFixture()
  supervisor = fixture.user(units.corps)
  days = 0
})
afterEach(() => fixture.close())

const station = randomUUID()
const subjectKey = `institution:${station}`

/** Inspections of old vehicles in February, and what the lake remembers of their coming. */
async function inspections(passed: number, failed: number, institutionId = station) {
  await fixture.admin.query(
    `INSERT INTO inspection (id, source, source_key, occurred_at, unit_id, unit_path, version, institution_id, vehicle_id, model, passed, vehicle_age_years, attempt)
     SELECT gen_random_uuid(), 'test', gen_random_uuid()::text, '2026-02-10T10:00:00+08:00', $1, $2, 1, $1, gen_random_uuid(), 'A6', n <= $3, 16, 1
       FROM generate_series(1, $3::int + $4::int) AS n`,
    [institutionId, units.brigade, passed, failed],
  )
  await fixture.admin.query(
    `INSERT INTO lake_change (id, fact, month, rows, times)
     VALUES (gen_random_uuid(), 'inspection', '2026-02', $1, '{"occurred_at": ["2026-02-10", "2026-02-10"]}')`,
    [passed + failed],
  )
}
const removeInspections = () => fixture.admin.query('DELETE FROM inspection')

/** A run over February of its own day, as the schedule judges: its findings open cases. */
async function start(codes = ['V8.7']): Promise<string> {
  days += 1
  fixture.setNow(`2026-03-${String(days).padStart(2, '0')}T10:00:00+08:00`)
  await untilSettled(fixture.services.database.pool)
  const run = await fixture.call(supervisor, 'startAnalysis', {
    codes,
    from: '2026-02-01',
    to: '2026-02-28',
  })
  await fixture.admin.query(
    `UPDATE analysis_run SET extent = 'due', trigger = 'monthly', period_from = $2 WHERE id = $1`,
    [run.id, `2026-02-${String(days).padStart(2, '0')}`],
  )
  return run.id
}
const carryOut = (id: string, ports: SupervisionPorts = fixture.ports) =>
  runAnalysis(fixture.services, fixture.supervision.book, ports, id)
async function run(codes?: string[]): Promise<string> {
  const id = await start(codes)
  await carryOut(id)
  return id
}
const comparisonOf = async (id: string) =>
  (await fixture.call(supervisor, 'getRun', { id })).results[0].comparison
const changesOf = async (id: string, input: object = {}, actor = supervisor) =>
  (await fixture.call(actor, 'findRunChanges', { id, ...input })).items
const findings = async (input: object = {}) =>
  (await fixture.call(supervisor, 'findFindings', { code: 'V8.7', ...input })).items
const cases = async () => (await fixture.call(supervisor, 'findCases', {})).items

/** Take the only case through to its end. */
async function closeTheCase(): Promise<string> {
  const [{ id }] = await cases()
  await closeCase(fixture, id, units.brigade, 'false_positive')
  return id
}

test('SUP-12 a re-run tells what appeared, changed and vanished, with old and new figures and the facts that came', async () => {
  const other = randomUUID()
  await inspections(36, 4)
  await inspections(40, 0, other)
  const first = await run()
  expect(await comparisonOf(first)).toMatchObject({ since: null, appeared: 2, confirmed: 0, causes: [] })
  expect(await changesOf(first)).toEqual([])
  const second = await run()
  expect(await comparisonOf(second)).toMatchObject({
    since: { runId: first },
    appeared: 0,
    confirmed: 2,
    changed: 0,
    vanished: 0,
    causes: [],
  })

  const fresh = randomUUID()
  await inspections(20, 0)
  await inspections(0, 40, other)
  await inspections(40, 0, fresh)
  const third = await run()
  const causes = [{ kind: 'facts', text: '新到或更正的数据：检验 2026-02 100 条' }]
  expect(await comparisonOf(third)).toMatchObject({
    since: { runId: second },
    appeared: 1,
    confirmed: 0,
    changed: 1,
    vanished: 1,
    causes,
  })
  const changes = await changesOf(third)
  const of = (kind: string) => changes.find((each: { kind: string }) => each.kind === kind)
  expect(of('changed')).toMatchObject({
    code: 'V8.7',
    before: { measured: 90, sample: 40, threshold: 80 },
    after: { sample: 60, threshold: 80 },
    causes,
  })
  expect(of('appeared')).toMatchObject({ before: null, after: { measured: 100, sample: 40 } })
  expect(of('vanished')).toMatchObject({ before: { measured: 100, sample: 40 }, after: null })
  expect(await changesOf(third, { kind: 'vanished' })).toHaveLength(1)
  const page = await fixture.call(supervisor, 'findRunChanges', { id: third, limit: 2 })
  expect(page.items).toHaveLength(2)
  expect(await changesOf(third, { limit: 2, cursor: page.nextCursor })).toHaveLength(1)

  const [found] = await findings({ subjectKey })
  const history = await fixture.call(supervisor, 'findFindingHistory', { id: found.id })
  expect(history.items).toMatchObject([
    { id: found.id, figures: { sample: 60 }, runId: third, causes },
    { figures: { sample: 40, measured: 90 }, state: 'superseded', runId: null, causes: [] },
  ])
  const gone = (await changesOf(third, { kind: 'vanished' }))[0].findingId
  expect((await fixture.call(supervisor, 'findFindingHistory', { id: gone })).items).toMatchObject([
    { state: 'superseded', vanishedBecause: causes, vanishedAt: expect.any(String) },
  ])
})

test('SUP-12 a threshold that was set, another definition and other local regions are causes', async () => {
  await inspections(36, 4)
  await run(['V8.7'])
  fixture.setNow('2026-03-01T12:00:00+08:00')
  await fixture.call(supervisor, 'updateIndicatorSetting', {
    code: 'V8.7',
    unitPath: units.city,
    enabled: null,
    parameters: { X8_rate_percent: 85 },
    version: 0,
    reason: '按本地情况',
  })
  const changed = await run()
  expect(await comparisonOf(changed)).toMatchObject({
    changed: 1,
    causes: [{ kind: 'settings', text: '阈值或参数调整：支队，测试人员' }],
  })
  expect(await changesOf(changed)).toMatchObject([
    { before: { threshold: 80, measured: 90 }, after: { threshold: 85, measured: 90 } },
  ])

  const id = await start()
  const { book } = fixture.supervision
  await runAnalysis(fixture.services, { ...book, versionOf: () => 2 }, fixture.ports, id)
  expect((await comparisonOf(id)).causes).toEqual([{ kind: 'version', text: '指标定义从第 1 版改为第 2 版' }])

  await fixture.admin.query(`UPDATE inspection SET origin_region = '440103'`)
  await run(['V8.1'])
  const elsewhere = await start(['V8.1'])
  await carryOut(elsewhere, {
    ...fixture.ports,
    localRegions: async () => [{ unitPath: units.corps, regions: ['4501'] }],
  })
  expect((await comparisonOf(elsewhere)).causes).toEqual([{ kind: 'regions', text: '本地区划范围有调整' }])
})

test('SUP-12 changes are seen by who may see the run, and those of their own units', async () => {
  await inspections(36, 4)
  await run()
  await inspections(20, 0)
  const id = await run()
  const [found] = await findings({ subjectKey })
  const stranger = fixture.user(units.otherCity)
  const powerless = fixture.user(units.corps, { permissions: new Set() })
  const nobody = fixture.user(units.corps, { kind: 'anonymous' })
  for (const [key, input] of [
    ['findRunChanges', { id }],
    ['findFindingHistory', { id: found.id }],
  ] as const) {
    await expect(fixture.call(stranger, key, input)).rejects.toMatchObject({ status: 404 })
    await expect(fixture.call(powerless, key, input)).rejects.toMatchObject({ status: 403 })
    await expect(fixture.call(nobody, key, input)).rejects.toMatchObject({ status: 401 })
  }
  const history = await fixture.call(fixture.user(units.brigade), 'findFindingHistory', { id: found.id })
  expect(history.items[0].causes).toHaveLength(1)
})

test('SUP-20 what was closed does not rise again: the same, a little more, or gone and back', async () => {
  await inspections(36, 4)
  await run()
  expect(await findings()).toMatchObject([{ state: 'in_case' }])
  const id = await closeTheCase()
  await run()
  await inspections(10, 0)
  await run()
  expect(await findings()).toMatchObject([{ state: 'in_case', caseId: id, sample: 50 }])
  await removeInspections()
  await inspections(0, 1, randomUUID())
  const gone = await run()
  expect(await comparisonOf(gone)).toMatchObject({ vanished: 1 })
  expect(await findings()).toEqual([])
  await inspections(36, 4)
  const back = await run()
  expect(await comparisonOf(back)).toMatchObject({ appeared: 1 })
  expect(await findings()).toMatchObject([{ state: 'in_case', caseId: id }])
  expect(await cases()).toMatchObject([{ id, state: 'closed', worsenedAt: null }])
})

test('SUP-20 what became clearly worse is noted on the closed case, once, and a person reopens it', async () => {
  await inspections(36, 4)
  await run()
  const id = await closeTheCase()
  await inspections(80, 0)
  const worse = await run()
  expect(await changesOf(worse)).toMatchObject([{ kind: 'changed', worsenedCaseId: null }])
  await removeInspections()
  await inspections(200, 0)
  // 90 % when it was decided, 98 % needed by a tenth of the threshold of 80.
  const noted = await run()
  expect(await changesOf(noted)).toMatchObject([{ worsenedCaseId: id, after: { measured: 100 } }])
  await inspections(1, 0)
  await run()
  const detail = await fixture.call(supervisor, 'getCase', { id })
  expect(detail).toMatchObject({ state: 'closed', worsenedAt: expect.any(String), allowed: ['reopen'] })
  const entries = detail.timeline.filter((each: { action: string }) => each.action === 'worsened')
  expect(entries).toMatchObject([{ text: expect.stringContaining('明显加重') }])
  expect(await findings()).toMatchObject([{ state: 'in_case', caseId: id }])
  expect((await fixture.call(supervisor, 'findCases', { worsened: true })).items).toMatchObject([{ id }])
  const notices = await fixture.admin.query(
    `SELECT title FROM notification WHERE kind = 'supervision.case_worsened'`,
  )
  expect(notices.rowCount).toBeGreaterThan(0)

  const reopen = (actor = supervisor) => fixture.call(actor, 'reopenCase', { id, reason: '数据显示加重' })
  await expect(reopen(fixture.user(units.otherCity))).rejects.toMatchObject({ status: 404 })
  await expect(reopen(fixture.user(units.corps, { permissions: new Set() }))).rejects.toMatchObject({
    status: 403,
  })
  expect(await reopen()).toMatchObject({ state: 'pending', outcome: null, closedAt: null, worsenedAt: null })
  await expect(reopen()).rejects.toMatchObject({ code: 'supervision.not_allowed_in_state' })
})

test('SUP-20 a case is not reopened beside another open one about the same subject', async () => {
  await inspections(36, 4)
  await run()
  const id = await closeTheCase()
  await fixture.call(fixture.user(units.brigade), 'openCase', {
    source: 'manual',
    title: '代检',
    description: '举报线索',
    subjectKind: 'institution',
    subjectKey: station,
    subjectLabel: '检验机构',
  })
  await expect(fixture.call(supervisor, 'reopenCase', { id, reason: '再查' })).rejects.toMatchObject({
    code: 'supervision.another_case_open',
  })
})

test('SUP-12 two runs of the same at once: the one that saw less judges again, nothing is doubled', async () => {
  await inspections(36, 4)
  const slow = await start()
  const quick = await start()
  let release = () => {}
  let asked = 0
  const store: SupervisionPorts['store'] = {
    dialect: 'postgres',
    async query(sql) {
      const rows = await fixture.ports.store.query(sql)
      asked += 1
      // What it saw is old by the time it is stored.
      if (asked === 2) await new Promise<void>((resolve) => (release = resolve))
      return rows
    },
  }
  const first = carryOut(slow, { ...fixture.ports, store })
  await expect.poll(() => asked, { timeout: 10_000 }).toBe(2)
  await inspections(20, 0)
  await carryOut(quick)
  expect(await findings()).toMatchObject([{ sample: 60 }])
  release()
  await first
  expect(asked).toBe(4)
  expect(await findings()).toMatchObject([{ sample: 60, state: 'in_case' }])
  expect(await cases()).toHaveLength(1)
  expect(await comparisonOf(slow)).toMatchObject({ confirmed: 1, changed: 0 })
})

test('SUP-20 NFR-7 a run killed between its indicators and taken up again leaves a closed case closed', async () => {
  await inspections(36, 4)
  await run()
  const id = await closeTheCase()
  await inspections(10, 0)
  const again = await start(['V8.7', 'V8.5'])
  const killed = new AbortController()
  const judge = runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, again, {
    signal: killed.signal,
    progress: async (done) => {
      if (done === 1) killed.abort(new Error('killed'))
      killed.signal.throwIfAborted()
    },
  })
  await expect(judge).rejects.toThrow('killed')
  await carryOut(again)
  expect(await fixture.call(supervisor, 'getRun', { id: again })).toMatchObject({ state: 'done', done: 2 })
  expect(await comparisonOf(again)).toMatchObject({ changed: 1 })
  expect(await findings()).toMatchObject([{ state: 'in_case', caseId: id, sample: 50 }])
  const own = (await cases()).filter((each: { code: string }) => each.code === 'V8.7')
  expect(own).toMatchObject([{ id, state: 'closed' }])
})
