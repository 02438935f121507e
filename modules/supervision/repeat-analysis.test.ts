/** Nights: what is due, and what late facts made necessary; and judging a period anew as the schedule does. */
import { randomUUID } from 'node:crypto'
import type { Actor } from '@hengjian/platform/context'
import { changesBetween } from '@hengjian/platform/lake'
import { untilSettled } from '@hengjian/platform/testing'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runAnalysis } from './jobs/run-analysis.handler.ts'
import { scheduleAnalysis } from './jobs/schedule-analysis.handler.ts'
import type { SupervisionPorts } from './ports.ts'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
let supervisor: Actor
beforeEach(async () => {
  fixture = await createSupervisionFixture()
  supervisor = fixture.user(units.corps)
})
afterEach(() => fixture.close())

/** Inspections of old vehicles, and what the lake remembers of their coming. */
async function inspections(
  institutionId: string,
  day: string,
  passed: number,
  by: pg.Client = fixture.admin,
) {
  await by.query(
    `INSERT INTO inspection (id, source, source_key, occurred_at, unit_id, unit_path, version, institution_id, vehicle_id, model, passed, vehicle_age_years, attempt)
     SELECT gen_random_uuid(), 'test', gen_random_uuid()::text, ($1 || 'T10:00:00+08:00')::timestamptz, $2, $3, 1, $2, gen_random_uuid(), 'A6', true, 16, 1
       FROM generate_series(1, $4::int)`,
    [day, institutionId, units.brigade, passed],
  )
  await arrived('inspection', day, passed, by)
}

const arrived = (fact: string, day: string, rows: number, by: pg.Client = fixture.admin) =>
  by.query(
    `INSERT INTO lake_change (id, fact, month, rows, times)
     VALUES (gen_random_uuid(), $1, left($2, 7), $3, jsonb_build_object('occurred_at', jsonb_build_array($2::text, $2::text)))`,
    [fact, day, rows],
  )

const tonight = async (day: string) => {
  fixture.setNow(`${day}T01:30:00+08:00`)
  await untilSettled(fixture.services.database.pool)
  await scheduleAnalysis(fixture.services, fixture.supervision.book, fixture.ports, 'daily')
  const { items } = await fixture.call(supervisor, 'findRuns', { extent: 'changed' })
  return items[0]
}
const carryOut = async (id: string, ports: SupervisionPorts = fixture.ports) => {
  await runAnalysis(fixture.services, fixture.supervision.book, ports, id)
  return fixture.call(supervisor, 'getRun', { id })
}
const plansOf = async (id: string, code?: string) => {
  const { rows } = await fixture.admin.query('SELECT plan FROM analysis_run WHERE id = $1', [id])
  const plan = rows[0].plan as { code: string; from: string; to: string }[]
  return plan.filter((each) => !code || each.code === code).map(({ from, to }) => `${from}..${to}`)
}
const findingsOf = async (input: object) => (await fixture.call(supervisor, 'findFindings', input)).items

test('SUP-12 a night judges what is due and what came late, once; the first sets the mark, a quiet one judges nothing', async () => {
  await inspections(randomUUID(), '2025-05-10', 40)
  const quiet = await tonight('2026-03-04')
  expect(quiet).toMatchObject({ trigger: 'incremental', extent: 'changed', total: 0, to: '2026-03-02' })
  await tonight('2026-03-04')
  const { items } = await fixture.call(supervisor, 'findRuns', {})
  expect(items.map((run: { trigger: string }) => run.trigger).sort()).toEqual(['daily', 'incremental'])
  expect(await carryOut(quiet.id)).toMatchObject({ state: 'done', results: [], changes: null })

  const site = randomUUID()
  await inspections(site, '2025-09-10', 40)
  const night = await tonight('2026-03-05')
  expect(await plansOf(night.id, 'V8.7')).toEqual(['2025-09-01..2025-09-30'])
  expect(await plansOf(night.id, 'V8.3')).toEqual(['2025-09-10..2025-09-10'])
  expect(await plansOf(night.id, 'V8.1')).toEqual(['2025-09-01..2025-10-31'])
  expect(await plansOf(night.id, 'L8.1')).toEqual([])
  const done = await carryOut(night.id)
  expect(done).toMatchObject({
    state: 'done',
    total: done.results.length,
    changes: [{ fact: 'inspection', label: '检验', month: '2025-09', rows: 40 }],
  })
  expect(done.results).toContainEqual(
    expect.objectContaining({ code: 'V8.7', from: '2025-09-01', to: '2025-09-30', findings: 1 }),
  )
  expect(done.results.filter((each: { outcome: string }) => each.outcome === 'failed')).toEqual([])
  expect(await findingsOf({ code: 'V8.7' })).toMatchObject([
    { periodFrom: '2025-09-01', periodTo: '2025-09-30', sample: 40, state: 'in_case' },
  ])
  const still = await tonight('2026-03-06')
  expect(await carryOut(still.id)).toMatchObject({ state: 'done', total: 0, changes: [] })
})

test('SUP-12 yesterday and last month are left to the runs that are due; what is too old is not followed', async () => {
  await carryOut((await tonight('2026-03-02')).id)
  for (const day of ['2026-03-02', '2026-02-27', '2024-02-27', '2024-03-01'])
    await inspections(randomUUID(), day, 1)
  const night = await tonight('2026-03-03')
  expect(night.from).toBe('2024-03-01')
  expect(await plansOf(night.id, 'V8.3')).toEqual(['2024-03-01..2024-03-01', '2026-02-27..2026-02-27'])
  expect(await plansOf(night.id, 'V8.7')).toEqual(['2024-03-01..2024-03-31', '2026-02-01..2026-02-28'])
  await carryOut(night.id)
  // On the first of a month the monthly run of that night judges the last one.
  await inspections(randomUUID(), '2026-03-20', 1)
  expect(await plansOf((await tonight('2026-04-01')).id, 'V8.7')).toEqual([])
})

test('SUP-12 a change is lost neither by a run that was cancelled nor by a transaction that commits late', async () => {
  await carryOut((await tonight('2026-03-04')).id)
  const slow = new pg.Client({ connectionString: fixture.database.adminUrl })
  await slow.connect()
  await slow.query('BEGIN')
  await inspections(randomUUID(), '2025-07-10', 1, slow)
  await inspections(randomUUID(), '2025-09-10', 1)
  fixture.setNow('2026-03-05T01:30:00+08:00')
  await scheduleAnalysis(fixture.services, fixture.supervision.book, fixture.ports, 'daily')
  const cancelled = (await fixture.call(supervisor, 'findRuns', { extent: 'changed' })).items[0]
  expect(await plansOf(cancelled.id, 'V8.7')).toEqual([])
  await fixture.call(supervisor, 'cancelRun', { id: cancelled.id })
  await slow.query('COMMIT')
  await slow.end()
  const next = await tonight('2026-03-06')
  expect(await plansOf(next.id, 'V8.7')).toEqual(['2025-07-01..2025-07-31', '2025-09-01..2025-09-30'])
  // It is under way: nobody starts another beside it, and its mark counts when it is done.
  expect((await tonight('2026-03-07')).id).toBe(next.id)
  await carryOut(next.id)
  expect((await tonight('2026-03-08')).total).toBe(0)
})

test('SUP-12 NFR-7 a night that is killed is taken up again, and only then counts', async () => {
  await carryOut((await tonight('2026-03-04')).id)
  await inspections(randomUUID(), '2025-09-10', 40)
  const night = await tonight('2026-03-05')
  const killed = new AbortController()
  const judge = runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, night.id, {
    signal: killed.signal,
    progress: async (done) => {
      if (done === 3) killed.abort(new Error('killed'))
      killed.signal.throwIfAborted()
    },
  })
  await expect(judge).rejects.toThrow('killed')
  expect((await tonight('2026-03-06')).id).toBe(night.id)
  const done = await carryOut(night.id)
  expect(done).toMatchObject({ state: 'done', done: done.total })
  expect(await findingsOf({ code: 'V8.7' })).toHaveLength(1)
  expect((await tonight('2026-03-07')).total).toBe(0)
})

test('SUP-12 what could not be judged is tried again the next night', async () => {
  await carryOut((await tonight('2026-03-04')).id)
  await inspections(randomUUID(), '2025-09-10', 40)
  const night = await tonight('2026-03-05')
  const store: SupervisionPorts['store'] = {
    dialect: 'postgres',
    query: (sql) =>
      sql.includes("'V8.7'") ? Promise.reject(new Error('spill disk full')) : fixture.ports.store.query(sql),
  }
  expect(await carryOut(night.id, { ...fixture.ports, store })).toMatchObject({
    state: 'done',
    message: '未能计算：V8.7',
  })
  const next = await tonight('2026-03-06')
  expect(await plansOf(next.id)).toEqual(['2025-09-01..2025-09-30'])
  expect((await carryOut(next.id)).results).toMatchObject([{ code: 'V8.7', findings: 1 }])
  expect((await tonight('2026-03-07')).total).toBe(0)
})

test('SUP-12 all of a period is judged day by day and month by month: it confirms what the schedule found', async () => {
  const site = randomUUID()
  await inspections(site, '2026-02-10', 40)
  fixture.setNow('2026-03-01T02:30:00+08:00')
  await scheduleAnalysis(fixture.services, fixture.supervision.book, fixture.ports, 'monthly')
  const [monthly] = (await fixture.call(supervisor, 'findRuns', { trigger: 'monthly' })).items
  await carryOut(monthly.id)
  const before = await findingsOf({ trial: false })
  expect(before.length).toBeGreaterThan(0)
  const run = await fixture.call(supervisor, 'repeatAnalysis', {
    extent: 'all',
    from: '2026-01-15',
    to: '2026-03-10',
  })
  const done = await carryOut(run.id)
  expect(done.results.filter((each: { outcome: string }) => each.outcome === 'failed')).toEqual([])
  const of = (code: string) =>
    done.results
      .filter((each: { code: string }) => each.code === code)
      .map((each: { from: string; to: string }) => `${each.from}..${each.to}`)
  expect([of('V8.7'), of('V8.3')]).toEqual([['2026-01-01..2026-02-28'], ['2026-01-15..2026-02-28']])
  const after = await findingsOf({ trial: false })
  const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id)
  expect(idsOf(after)).toEqual(expect.arrayContaining(idsOf(before)))
})

test('SUP-12 over many days a limit is overdue on the day it passed, however it was judged', async () => {
  const at = new Date('2026-02-10T10:00:00+08:00')
  for (let n = 0; n < 2; n++)
    await fixture.fact('inspection', { submitted_at: at, occurred_at: at, vehicle_id: randomUUID() })
  const judge = async (from: string, to: string) => {
    const { id } = await fixture.call(supervisor, 'startAnalysis', { codes: ['V8.11'], from, to })
    expect(await carryOut(id)).toMatchObject({ state: 'done', findings: 2 })
  }
  await judge('2026-02-11', '2026-02-11')
  // A run over the month looks further, to its end; one as scheduled says again what the day said.
  await judge('2026-02-01', '2026-02-28')
  expect(await findingsOf({ code: 'V8.11' })).toHaveLength(2)
  const all = await fixture.call(supervisor, 'repeatAnalysis', {
    extent: 'all',
    from: '2026-02-01',
    to: '2026-02-28',
  })
  await carryOut(all.id)
  const found = await findingsOf({ code: 'V8.11' })
  expect(
    found.map((each: { periodFrom: string; measured: number }) => [each.periodFrom, each.measured]),
  ).toEqual(Array(2).fill(['2026-02-11', 2280]))
})

test('SUP-12 a repeated run is refused: no period, none to judge, one under way, unit, permission, nobody', async () => {
  const repeat = (input: object, actor = supervisor) => fixture.call(actor, 'repeatAnalysis', input)
  await expect(repeat({ extent: 'all', from: '2026-01-01' })).rejects.toMatchObject({
    code: 'supervision.period_invalid',
    issues: [{ path: 'to' }],
  })
  await expect(repeat({ extent: 'all', from: '2026-03-04', to: '2026-03-09' })).rejects.toMatchObject({
    code: 'supervision.period_invalid',
  })
  const run = await repeat({ extent: 'changed' })
  expect(run).toMatchObject({ trigger: 'manual', extent: 'changed', to: '2026-03-03', unitPath: units.corps })
  await expect(repeat({ extent: 'changed' })).rejects.toMatchObject({ code: 'supervision.changes_followed' })
  const cityUser = fixture.user(units.city)
  await expect(repeat({ extent: 'changed', unitPath: units.otherCity }, cityUser)).rejects.toMatchObject({
    status: 403,
  })
  const powerless = fixture.user(units.city, { permissions: new Set() })
  await expect(repeat({ extent: 'changed' }, powerless)).rejects.toMatchObject({ status: 403 })
  await expect(
    repeat({ extent: 'changed' }, fixture.user(units.city, { kind: 'anonymous' })),
  ).rejects.toMatchObject({
    status: 401,
  })
})

test('SUP-12 a mark from before the database was restored elsewhere counts as none', async () => {
  await inspections(randomUUID(), '2025-09-10', 3)
  await untilSettled(fixture.services.database.pool)
  const changes = await fixture.as(supervisor, async (ctx) => {
    const { rows } = await ctx.tx.client.query<{ xid: string }>(
      'SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid',
    )
    return changesBetween(ctx.tx.client, String(BigInt(rows[0]!.xid) + 1_000_000n), rows[0]!.xid)
  })
  expect(changes).toMatchObject([{ fact: 'inspection', month: '2025-09', rows: 3 }])
})
