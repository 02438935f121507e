import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { factCatalogue, recordFacts } from '@hengjian/business'
import { newId, scopeOf, systemActor } from '@hengjian/platform/context'
import { createLake, type Lake } from '@hengjian/platform/lake'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAnalysis } from './jobs/run-analysis.handler.ts'
import type { SupervisionPorts } from './ports.ts'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

let fixture: SupervisionFixture
let lake: Lake
const folder = mkdtempSync(join(tmpdir(), 'supervision-lake-'))

beforeAll(async () => {
  fixture = await createSupervisionFixture()
  lake = await createLake({ folder, catalogue: factCatalogue, database: fixture.services.database })
  const store: SupervisionPorts['store'] = {
    dialect: 'duckdb',
    query: (sql) => lake.query(scopeOf(systemActor('研判')), sql),
  }
  Object.assign(fixture.ports, { store })
})
afterAll(async () => {
  lake.close()
  await fixture.close()
  rmSync(folder, { recursive: true, force: true })
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
