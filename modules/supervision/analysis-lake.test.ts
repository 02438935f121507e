import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { factCatalogue, recordFacts } from '@hengjian/business'
import { newId, scopeOf, systemActor } from '@hengjian/platform/context'
import { createLake, type Lake } from '@hengjian/platform/lake'
import { untilSettled } from '@hengjian/platform/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runAnalysis } from './jobs/run-analysis.handler.ts'
import type { SupervisionPorts } from './ports.ts'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
let lake: Lake
const folder = mkdtempSync(join(tmpdir(), 'supervision-lake-'))

beforeAll(async () => {
  fixture = await createSupervisionFixture()
  lake = await createLake({ folder, catalogue: factCatalogue, database: fixture.services.database })
  Object.assign(fixture.ports, { store: storeOf() })
})
beforeEach(() => {
  asked.length = 0
})
afterAll(async () => {
  lake.close()
  await fixture.close()
  rmSync(folder, { recursive: true, force: true })
})

const analyst = scopeOf(systemActor('研判'))
const asked: string[] = []
/** The lake as the server hands it to supervision; statements that begin with `refused` fail. */
const storeOf = (refused?: string): SupervisionPorts['store'] => ({
  dialect: 'duckdb',
  query: (sql, signal) => lake.query(analyst, sql, undefined, signal),
  session: (work) =>
    lake.session(analyst, (ask) =>
      work((sql, signal) => {
        asked.push(sql)
        if (refused && sql.startsWith(refused)) throw new Error('spill disk full')
        return ask(sql, undefined, signal)
      }),
    ),
})

/** Inspections recorded by commands, as the lake hears of them. */
async function inspections(institutionId: string, passed: number, failed: number) {
  const at = new Date('2026-02-10T02:00:00Z')
  await fixture.as(fixture.user(units.brigade), (ctx) =>
    recordFacts(
      ctx,
      'inspection',
      Array.from({ length: passed + failed }, (_, i) => ({
        id: newId(),
        occurredAt: at,
        unitId: ctx.actor.unitId,
        unitPath: ctx.actor.unitPath,
        institutionId,
        vehicleId: newId(),
        model: 'A6',
        attempt: 1,
        passed: i < passed,
        vehicleAgeYears: 16,
      })),
    ),
  )
  // The follower waits for older transactions of the whole server, other tests' among them.
  await expect
    .poll(
      async () => {
        await lake.follow()
        const scope = scopeOf(systemActor('研判'))
        const sql = `SELECT count(*) AS n FROM inspection WHERE institution_id = '${institutionId}'`
        return (await lake.query(scope, sql))[0]!['n']
      },
      { timeout: 15_000 },
    )
    .toBe(passed + failed)
}

async function run(codes: readonly string[]) {
  const supervisor = fixture.user(units.corps)
  const { id } = await fixture.call(supervisor, 'startAnalysis', {
    codes,
    from: '2026-02-01',
    to: '2026-02-28',
  })
  await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id)
  return fixture.call(supervisor, 'getRun', { id })
}

test('SUP-12 SUP-14 all shipped analyses run on the lake; none fails, and what facts lack is named', async () => {
  await inspections(randomUUID(), 27, 9)
  const codes = fixture.supervision.book.definitions
    .filter((each) => each.mode === 'post_hoc')
    .map((each) => each.code)
  const done = await run(codes)
  expect(done).toMatchObject({ state: 'done', done: codes.length })
  expect(done.results.filter((each: { outcome: string }) => each.outcome === 'failed')).toEqual([])
  const lacking = done.results.filter((each: { outcome: string }) => each.outcome === 'missing_fields')
  expect(lacking.map((each: { code: string }) => each.code)).toEqual(
    expect.arrayContaining(['L8.1', 'V2.1', 'V3.1']),
  )
})

test('SUP-12 what several indicators of a run count is counted once, and what they lack is asked once', async () => {
  const site = randomUUID()
  await inspections(site, 36, 4)
  const codes = ['V8.5', 'V8.7', 'V8.9', 'V8.10', 'L8.1', 'L8.8']
  const alone = await Promise.all(codes.map((code) => run([code])))
  expect(asked).toEqual([])
  const together = await run(codes)
  const tables = asked.filter((sql) => sql.startsWith('CREATE TEMP TABLE'))
  expect(tables.map((sql) => /FROM "(\w+)"/.exec(sql)![1])).toEqual(['inspection'])
  expect(asked.filter((sql) => sql.includes('EXISTS')).length).toBe(1)
  const outcomes = (runs: { results: object[] }[]) =>
    runs
      .flatMap(({ results }) => results)
      .map((result) => ({
        ...result,
        milliseconds: 0,
        runId: '',
        comparison: null,
      }))
  expect(outcomes([together])).toMatchObject(outcomes(alone).map(({ runId: _, ...result }) => result))
})

test('SUP-12 where the shared table cannot be made, each indicator counts for itself', async () => {
  const site = randomUUID()
  await inspections(site, 36, 4)
  Object.assign(fixture.ports, { store: storeOf('CREATE TEMP TABLE') })
  try {
    const done = await run(['V8.5', 'V8.7'])
    expect(done).toMatchObject({ state: 'done', message: null })
    const { items } = await fixture.call(fixture.user(units.brigade), 'findFindings', {
      subjectKey: `institution:${site}`,
    })
    expect(items.map(({ code }: { code: string }) => code).sort()).toEqual(['V8.5', 'V8.7'])
  } finally {
    Object.assign(fixture.ports, { store: storeOf() })
  }
})

test('SUP-10 a finding of the lake drills down to the records in PostgreSQL', async () => {
  const site = randomUUID()
  await inspections(site, 36, 4)
  await run(['V8.7'])
  const reader = fixture.user(units.brigade)
  const { items } = await fixture.call(reader, 'findFindings', { subjectKey: `institution:${site}` })
  expect(items).toMatchObject([{ measured: 90, threshold: 80, sample: 40, periodFrom: '2026-02-01' }])
  const facts = await fixture.call(reader, 'findFindingFacts', { id: items[0].id, limit: 100 })
  const roles = facts.items.map((item: { role: string }) => item.role)
  expect([roles.length, roles.filter((role: string) => role === 'counted').length]).toEqual([40, 36])
  expect(facts.items[0].values).toContainEqual({ name: 'passed', title: '合格', value: true })
})

test('SUP-12 a night on the lake judges again what late facts reach, and says which they were', async () => {
  const corps = fixture.user(units.corps)
  const follow = async () => {
    await untilSettled(fixture.services.database.pool)
    const { id } = await fixture.call(corps, 'repeatAnalysis', { extent: 'changed' })
    await runAnalysis(fixture.services, fixture.supervision.book, fixture.ports, id)
    return fixture.call(corps, 'getRun', { id })
  }
  expect(await follow()).toMatchObject({ state: 'done', total: 0, changes: null })
  const site = randomUUID()
  await inspections(site, 36, 4)
  const night = await follow()
  expect(night).toMatchObject({
    state: 'done',
    changes: [{ fact: 'inspection', month: '2026-02', rows: 40 }],
  })
  expect(night.total).toBeGreaterThan(5)
  expect(night.results.filter((each: { outcome: string }) => each.outcome === 'failed')).toEqual([])
  const { items } = await fixture.call(corps, 'findFindings', {
    code: 'V8.7',
    subjectKey: `institution:${site}`,
  })
  expect(items).toMatchObject([{ periodFrom: '2026-02-01', sample: 40, state: 'in_case' }])
})
