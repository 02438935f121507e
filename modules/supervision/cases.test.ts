import { randomUUID } from 'node:crypto'
import type { Actor } from '@hengjian/platform/context'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { remindOverdueCases } from './jobs/remind-overdue-cases.handler.ts'
import { runAnalysis } from './jobs/run-analysis.handler.ts'
import { scheduleAnalysis } from './jobs/schedule-analysis.handler.ts'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
let supervisor: Actor
beforeAll(async () => {
  fixture = await createSupervisionFixture()
  supervisor = fixture.user(units.city, { name: '监管员' })
})
afterAll(() => fixture.close())

const manual = (rest: object = {}) => ({
  source: 'manual',
  title: '检验站代检',
  description: '群众举报检验站不上线即出具报告',
  subjectKind: 'institution',
  subjectKey: randomUUID(),
  subjectLabel: '某检验站',
  ...rest,
})
const open = (rest: object = {}, actor = supervisor) => fixture.call(actor, 'openCase', manual(rest))
const get = (actor: Actor, id: string) => fixture.call(actor, 'getCase', { id })

/** Vehicles over 15 years old that pass too often at a station, and the finding that follows. */
async function findingAt(site: string, month: string, unitPath: string = units.brigade): Promise<string> {
  await fixture.admin.query(
    `INSERT INTO inspection (id, source, source_key, occurred_at, unit_id, unit_path, version, institution_id, passed, vehicle_age_years, attempt)
     SELECT gen_random_uuid(), 'test', gen_random_uuid()::text, ($1 || '-10T10:00:00+08:00')::timestamptz, $2, $3, 1, $2, true, 16, 1 FROM generate_series(1, 40)`,
    [month, site, unitPath],
  )
  const { id } = await fixture.call(fixture.user(units.corps), 'startAnalysis', {
    codes: ['V8.7'],
    from: `${month}-01`,
    to: `${month}-01`,
  })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id)
  const { items } = await fixture.call(fixture.user(units.corps), 'findFindings', {
    subjectKey: `institution:${site}`,
    from: `${month}-01`,
    to: `${month}-28`,
  })
  return items[0].id
}

test('SUP-20 SUP-21 a finding becomes a case, is assigned, investigated, sent back, submitted again and closed', async () => {
  const site = randomUUID()
  const findingId = await findingAt(site, '2025-10')
  const row = await fixture.call(supervisor, 'openCase', { source: 'finding', findingIds: [findingId] })
  expect(row).toMatchObject({
    state: 'pending',
    source: 'finding',
    code: 'V8.7',
    unitPath: units.brigade,
    subjectKey: `institution:${site}`,
    findings: 1,
    // Ten working days after 4 March 2026.
    dueAt: '2026-03-18T15:59:59.000Z',
  })
  expect(row.number).toMatch(/^S260304\d{8}$/)
  expect((await get(supervisor, row.id)).allowed).toEqual(['assign'])

  const investigator = fixture.user(units.brigade, { name: '调查人' })
  const leader = fixture.user(units.brigade, { name: '大队长' })
  await fixture.call(supervisor, 'assignCase', {
    id: row.id,
    unitPath: units.brigade,
    assigneeId: investigator.id,
    note: '请先调取检验视频',
  })
  await expect(fixture.call(leader, 'startInvestigation', { id: row.id })).rejects.toMatchObject({
    code: 'supervision.not_assigned_to_you',
    status: 403,
  })
  await fixture.call(investigator, 'startInvestigation', { id: row.id })
  await expect(fixture.call(investigator, 'submitCase', { id: row.id })).rejects.toMatchObject({
    code: 'supervision.nothing_recorded',
  })
  const record = {
    id: row.id,
    result: '抽查40份报告，均未上线检测',
    measures: '暂停该站检验',
    responsible: [{ name: '王某', role: '授权签字人' }],
  }
  expect(await fixture.call(investigator, 'recordInvestigation', record)).toMatchObject({
    state: 'investigating',
  })
  expect(await fixture.call(investigator, 'submitCase', { id: row.id })).toMatchObject({
    state: 'under_review',
  })

  const decide = (actor: Actor, decision: object) =>
    fixture.call(actor, 'reviewCase', { id: row.id, decision })
  await expect(
    decide(investigator, { kind: 'close', outcome: 'confirmed', opinion: '属实' }),
  ).rejects.toMatchObject({
    code: 'supervision.investigator_reviews',
    status: 403,
  })
  expect(await decide(leader, { kind: 'return', reason: '缺少视频证据' })).toMatchObject({
    state: 'returned',
  })
  const bench = await fixture.call(investigator, 'getWorkbench', {})
  expect(bench.returned).toMatchObject([{ kind: 'case_investigate', id: row.id }])
  await fixture.call(investigator, 'startInvestigation', { id: row.id })
  await fixture.call(investigator, 'recordInvestigation', { ...record, result: '已补充视频证据' })
  await fixture.call(investigator, 'submitCase', { id: row.id })
  expect(await decide(leader, { kind: 'close', outcome: 'confirmed', opinion: '证据充分' })).toMatchObject({
    state: 'closed',
    outcome: 'confirmed',
  })
  const closed = await get(supervisor, row.id)
  expect(closed).toMatchObject({
    investigatorName: '调查人',
    reviewerName: '大队长',
    reviewOpinion: '证据充分',
    responsible: [{ name: '王某', role: '授权签字人' }],
    allowed: ['reopen'],
    findingRows: [{ id: findingId, state: 'in_case', caseNumber: row.number }],
  })
  expect(closed.timeline.map((entry: { action: string }) => entry.action)).toEqual([
    'opened',
    'assigned',
    'started',
    'recorded',
    'submitted',
    'returned',
    'started',
    'recorded',
    'submitted',
    'closed',
  ])
  await expect(
    fixture.call(supervisor, 'assignCase', { id: row.id, unitPath: units.brigade }),
  ).rejects.toMatchObject({
    code: 'supervision.not_allowed_in_state',
    status: 409,
  })
})

test('SUP-20 repeated findings about one subject gather in its open case; after closing, in a new one', async () => {
  const site = randomUUID()
  const first = await findingAt(site, '2025-01')
  const row = await fixture.call(supervisor, 'openCase', { source: 'finding', findingIds: [first] })
  await findingAt(site, '2025-02')
  const gathered = await get(supervisor, row.id)
  expect(gathered).toMatchObject({ findings: 2 })
  expect(gathered.findingRows).toHaveLength(2)
  expect(gathered.timeline.at(-1)).toMatchObject({ action: 'finding_added' })
  await expect(
    fixture.call(supervisor, 'openCase', { source: 'finding', findingIds: [first] }),
  ).rejects.toMatchObject({ code: 'supervision.finding_not_open' })

  const investigator = fixture.user(units.brigade)
  await fixture.call(supervisor, 'assignCase', { id: row.id, unitPath: units.brigade })
  await fixture.call(investigator, 'startInvestigation', { id: row.id })
  await fixture.call(investigator, 'recordInvestigation', { id: row.id, result: '未见异常' })
  await fixture.call(investigator, 'submitCase', { id: row.id })
  await fixture.call(supervisor, 'reviewCase', {
    id: row.id,
    decision: { kind: 'close', outcome: 'false_positive', opinion: '设备更新所致' },
  })
  const third = await findingAt(site, '2025-03')
  const next = await fixture.call(supervisor, 'openCase', { source: 'finding', findingIds: [third] })
  expect(next.id).not.toBe(row.id)
})

test('SUP-20 findings of a run by schedule open cases by themselves', async () => {
  const site = randomUUID()
  await findingAt(site, '2025-12')
  await fixture.admin.query(`DELETE FROM finding WHERE subject_key = $1`, [`institution:${site}`])
  fixture.setNow('2026-01-01T18:30:00Z')
  await scheduleAnalysis(fixture.services, fixture.supervision.book, fixture.ports, 'monthly')
  const { items } = await fixture.call(fixture.user(units.corps), 'findRuns', { trigger: 'monthly' })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, items[0].id)
  fixture.setNow('2026-03-04T02:00:00Z')
  const found = await fixture.call(supervisor, 'findFindings', {
    code: 'V8.7',
    subjectKey: `institution:${site}`,
  })
  expect(found.items).toMatchObject([{ state: 'in_case' }])
  expect(await get(supervisor, found.items[0].caseId)).toMatchObject({
    state: 'pending',
    openedByName: '异常业务研判',
  })
})

test('SUP-20 a case by hand about a subject that has an open one is refused and names it', async () => {
  const subjectKey = randomUUID()
  const row = await open({ subjectKey })
  await expect(open({ subjectKey })).rejects.toMatchObject({
    status: 409,
    data: { id: row.id, number: row.number },
  })
})

test('SUP-20 findings of different subjects do not make one case', async () => {
  const findingIds = [await findingAt(randomUUID(), '2024-05'), await findingAt(randomUUID(), '2024-06')]
  await expect(fixture.call(supervisor, 'openCase', { source: 'finding', findingIds })).rejects.toMatchObject(
    {
      code: 'supervision.findings_differ',
    },
  )
})

test('SUP-21 PLT-4 a case handed to a unit elsewhere can be worked there, its findings with it, and only there', async () => {
  const site = randomUUID()
  const findingId = await findingAt(site, '2024-01', units.brigade)
  const brigade = fixture.user(units.brigade)
  const row = await fixture.call(brigade, 'openCase', { source: 'finding', findingIds: [findingId] })
  const sister = fixture.user(units.sister)
  await expect(get(sister, row.id)).rejects.toMatchObject({ status: 404 })
  await fixture.call(brigade, 'assignCase', { id: row.id, unitPath: units.sister, assigneeId: sister.id })
  const seen = await get(sister, row.id)
  expect(seen).toMatchObject({ assignedPath: units.sister, allowed: ['assign', 'start'] })
  expect(seen.findingRows).toMatchObject([{ id: findingId }])
  expect(await fixture.call(sister, 'getFinding', { id: findingId })).toMatchObject({ id: findingId })
  // The unit that has it hands it on to one which neither of them sees.
  const far = fixture.user(units.otherCity)
  await fixture.call(sister, 'assignCase', { id: row.id, unitPath: units.otherCity, assigneeId: far.id })
  await fixture.call(far, 'startInvestigation', { id: row.id })
  await expect(get(sister, row.id)).rejects.toMatchObject({ status: 404 })
  expect(await get(brigade, row.id)).toMatchObject({ state: 'investigating', assignedPath: units.otherCity })
})

test('PLT-4 the hand-over function refuses a case outside the caller’s scope, and anything without scope', async () => {
  const row = await open({})
  const hand = (actor: Actor) =>
    fixture.as(actor, (ctx) =>
      ctx.tx.client.query(
        `SELECT assign_suspect_case($1, 2, 'pending', $2, NULL, NULL, '[]', NULL, NULL, '{}', '{}')`,
        [row.id, units.otherCity],
      ),
    )
  await expect(hand(fixture.user(units.otherCity))).rejects.toMatchObject({ code: '42501' })
  await expect(
    fixture.services.database.pool.query(
      `SELECT assign_suspect_case($1, 2, 'pending', $2, NULL, NULL, '[]', NULL, NULL, '{}', '{}')`,
      [row.id, units.otherCity],
    ),
  ).rejects.toMatchObject({ code: '42501' })
  // A stale version is refused too.
  await expect(
    fixture.as(supervisor, (ctx) =>
      ctx.tx.client.query(
        `SELECT assign_suspect_case($1, 7, 'pending', $2, NULL, NULL, '[]', NULL, NULL, '{}', '{}')`,
        [row.id, units.otherCity],
      ),
    ),
  ).rejects.toMatchObject({ code: '40001' })
  // As the application the row is out of reach: the policy forbids handing it to another city directly.
  expect((await get(supervisor, row.id)).assignedPath).toBeNull()
})

test('SUP-21 assigning is refused: foreign person, unknown unit, other agency, no permission, nobody', async () => {
  const row = await open({})
  const assign = (input: object, actor = supervisor) =>
    fixture.call(actor, 'assignCase', { id: row.id, unitPath: units.brigade, ...input })
  await expect(assign({ assigneeId: fixture.user(units.sister).id })).rejects.toMatchObject({
    code: 'supervision.not_assigned_to_you',
  })
  await expect(assign({ unitPath: '/45/4599/' })).rejects.toMatchObject({ code: 'supervision.unknown_unit' })
  await expect(assign({ unitPath: '/61/6101/' })).rejects.toMatchObject({ code: 'supervision.wrong_unit' })
  await expect(assign({}, fixture.user(units.otherCity))).rejects.toMatchObject({ status: 404 })
  await expect(assign({}, fixture.user(units.city, { permissions: new Set() }))).rejects.toMatchObject({
    status: 403,
  })
  await expect(assign({}, fixture.user(units.city, { kind: 'anonymous' }))).rejects.toMatchObject({
    status: 401,
  })
})

test('SUP-21 an investigated transaction gets the fact once, also when the case is sent back', async () => {
  const transactionId = randomUUID()
  const row = await open({ transactionId, subjectKind: 'transaction', subjectKey: transactionId })
  const investigator = fixture.user(units.city)
  await fixture.call(supervisor, 'assignCase', {
    id: row.id,
    unitPath: units.city,
    assigneeId: investigator.id,
  })
  const work = async () => {
    await fixture.call(investigator, 'startInvestigation', { id: row.id })
    await fixture.call(investigator, 'recordInvestigation', { id: row.id, result: '正在调查' })
    await fixture.call(investigator, 'submitCase', { id: row.id })
  }
  await work()
  await fixture.call(supervisor, 'reviewCase', { id: row.id, decision: { kind: 'return', reason: '再查' } })
  await work()
  expect(fixture.ports.investigations.filter((each) => each.transactionId === transactionId)).toEqual([
    { transactionId, caseId: row.id },
  ])
})

test('SUP-21 deadlines: reminded once before, reported to the leaders once after', async () => {
  const unitPath = '/47/4701/'
  const boss = fixture.user(unitPath, {
    permissions: new Set(['supervision.case.review', 'supervision.case.find']),
  })
  const row = await open({ unitPath }, fixture.user(unitPath))
  const told = async () =>
    (
      await fixture.admin.query(
        'SELECT kind FROM notification WHERE link = $1 AND recipient_id = $2 ORDER BY at',
        [`/suspect-cases/${row.id}`, boss.id],
      )
    ).rows.map((each) => each.kind)
  const actions = async () =>
    (await get(boss, row.id)).timeline.map((entry: { action: string }) => entry.action)
  const remindAt = async (at: string) => {
    fixture.setNow(at)
    await remindOverdueCases(fixture.services, fixture.ports)
  }
  await remindAt('2026-03-12T00:00:00Z')
  expect(await actions()).toEqual(['opened'])
  await remindAt('2026-03-17T00:00:00Z')
  await remindAt('2026-03-17T01:00:00Z')
  expect(await actions()).toEqual(['opened', 'reminded'])
  expect(await told()).toEqual([])
  await remindAt('2026-03-19T00:00:00Z')
  await remindAt('2026-03-20T00:00:00Z')
  expect(await actions()).toEqual(['opened', 'reminded', 'escalated'])
  expect(await told()).toEqual(['supervision.case_overdue'])
  expect(await get(boss, row.id)).toMatchObject({ overdue: true, escalated: true })
  expect(
    (await fixture.call(boss, 'findCases', { overdue: true })).items.map((each: { id: string }) => each.id),
  ).toEqual([row.id])
  fixture.setNow('2026-03-04T02:00:00Z')
})

test('SUP-21 queues: to assign, mine, to review; and the workbench shows the same', async () => {
  const unitPath = '/48/4801/'
  const [opener, worker, leader] = [fixture.user(unitPath), fixture.user(unitPath), fixture.user(unitPath)]
  const row = await open({ unitPath }, opener)
  const ids = async (actor: Actor, queue: string) =>
    (await fixture.call(actor, 'findCases', { queue })).items.map((each: { id: string }) => each.id)
  expect(await ids(leader, 'to_assign')).toEqual([row.id])
  fixture.ports.unitNamesOf = async (_ctx, paths) => new Map(paths.map((path) => [path, path]))
  await fixture.call(leader, 'assignCase', { id: row.id, unitPath })
  expect(await ids(leader, 'to_assign')).toEqual([])
  expect(await ids(worker, 'mine')).toEqual([row.id])
  await fixture.call(worker, 'startInvestigation', { id: row.id })
  expect(await ids(leader, 'mine')).toEqual([])
  await fixture.call(worker, 'recordInvestigation', { id: row.id, result: '查无异常' })
  await fixture.call(worker, 'submitCase', { id: row.id })
  expect(await ids(worker, 'to_review')).toEqual([])
  expect(await ids(leader, 'to_review')).toEqual([row.id])
  expect((await fixture.call(leader, 'getWorkbench', {})).waiting).toMatchObject([
    { kind: 'case_review', id: row.id },
  ])
})

test('SUP-22 numbers, timeliness and precision by unit, indicator and month', async () => {
  const unitPath = '/49/4901/'
  const [worker, leader] = [fixture.user(unitPath), fixture.user(unitPath)]
  const close = async (outcome: string, at: string) => {
    const row = await open({ unitPath }, leader)
    await fixture.call(leader, 'assignCase', { id: row.id, unitPath })
    await fixture.call(worker, 'startInvestigation', { id: row.id })
    await fixture.call(worker, 'recordInvestigation', { id: row.id, result: '已查' })
    await fixture.call(worker, 'submitCase', { id: row.id })
    fixture.setNow(at)
    await fixture.call(leader, 'reviewCase', {
      id: row.id,
      decision: { kind: 'close', outcome, opinion: '同意办结' },
    })
    fixture.setNow('2026-03-04T02:00:00Z')
  }
  await close('confirmed', '2026-03-05T02:00:00Z')
  await close('valuable', '2026-03-30T02:00:00Z')
  await close('false_positive', '2026-03-06T02:00:00Z')
  await open({ unitPath }, leader)
  const count = async (by: string) => (await fixture.call(leader, 'countCases', { by, unitPath })).items
  const figures = {
    total: 4,
    pending: 1,
    closed: 3,
    overdue: 1,
    confirmed: 1,
    valuable: 1,
    falsePositive: 1,
    closedInTimePercent: 66.7,
    precisionPercent: 66.7,
  }
  expect(await count('unit')).toMatchObject([{ key: unitPath, ...figures }])
  expect(await count('code')).toMatchObject([{ key: '', label: '人工登记', ...figures }])
  expect(await count('month')).toMatchObject([{ key: '2026-03', ...figures }])
})

test('SUP-22 a case in which findings of two indicators gathered counts for the precision of both', async () => {
  const site = randomUUID()
  await findingAt(site, '2024-08', '/45/4503/450309/')
  const { id } = await fixture.call(fixture.user(units.corps), 'startAnalysis', {
    codes: ['V8.5'],
    from: '2024-08-01',
    to: '2024-08-31',
  })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id)
  const { items } = await fixture.call(supervisor, 'findFindings', { subjectKey: `institution:${site}` })
  const findingIds = items.map((each: { id: string }) => each.id)
  await fixture.call(supervisor, 'openCase', { source: 'finding', findingIds })
  const counted = await fixture.call(supervisor, 'countCases', { by: 'code', unitPath: '/45/4503/450309/' })
  expect(counted.items).toMatchObject([
    { key: 'V8.5', label: '初检合格率过高', total: 1, pending: 1 },
    { key: 'V8.7', label: '超龄车检验合格率过高', total: 1, pending: 1 },
  ])
  const all = await fixture.call(supervisor, 'countCases', { by: 'all', unitPath: '/45/4503/450309/' })
  expect(all.items).toMatchObject([{ total: 1 }])
})

test('SUP-20 opening is refused: outside the scope, without permission, nobody, nonsense', async () => {
  await expect(open({ unitPath: units.otherCity })).rejects.toMatchObject({ status: 403 })
  await expect(open({}, fixture.user(units.city, { permissions: new Set() }))).rejects.toMatchObject({
    status: 403,
  })
  await expect(open({}, fixture.user(units.city, { kind: 'anonymous' }))).rejects.toMatchObject({
    status: 401,
  })
  await expect(
    fixture.call(supervisor, 'openCase', { source: 'finding', findingIds: [randomUUID()] }),
  ).rejects.toMatchObject({ status: 404 })
  expect(() => open({ title: '' })).toThrow()
})

test('PLT-22 a case altered in the database is found when it is opened', async () => {
  const row = await open({})
  await fixture.admin.query(`UPDATE suspect_case SET due_at = due_at + interval '1 year' WHERE id = $1`, [
    row.id,
  ])
  await expect(get(supervisor, row.id)).rejects.toMatchObject({ code: 'platform.integrity' })
})
