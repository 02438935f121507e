/** Writing the lake anew from PostgreSQL, and comparing the two. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newId } from '@hengjian/platform/context'
import { type Database, openDatabase } from '@hengjian/platform/db'
import { createTestDatabase, type TestDatabase, untilSettled } from '@hengjian/platform/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLake, FACTS_RECORDED, type Lake } from './index.ts'
import { testCatalogue } from './test-catalogue.ts'

const everything = { kind: 'all', unitPath: '/', actorId: newId() } as const
const MONTHS = ['2025-01', '2025-02', '2025-03', '2025-04']
const EACH = 50

let testDatabase: TestDatabase
let database: Database
let folder: string
let lake: Lake
/** What the tests do between the writing of files and their listing. */
let meanwhile: (() => Promise<void>) | null = null

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  database = openDatabase(testDatabase.appUrl, { max: 8 })
  folder = mkdtempSync(join(tmpdir(), 'hengjian-rebuild-'))
  meanwhile = null
  lake = await createLake({
    folder,
    catalogue: testCatalogue,
    database,
    beforeListing: async () => meanwhile?.(),
  })
})
afterEach(async () => {
  lake.close()
  await database.close()
  await testDatabase.drop()
  rmSync(folder, { recursive: true, force: true })
})

const ask = (sql: string, values: unknown[] = []) =>
  database.transaction(everything, (tx) => tx.client.query(sql, values))

/** Facts that stand in PostgreSQL and that no event announces: what a lost lake leaves. */
const fill = () =>
  ask(
    `INSERT INTO inspection (id, source, source_key, occurred_at, unit_id, unit_path, model, passed)
     SELECT gen_random_uuid(), 'test', month || n, (month || '-10')::timestamptz + n * interval '1 minute', $1::uuid, '/45/', month, n % 2 = 0
       FROM unnest($2::text[]) AS month, generate_series(1, ${EACH}) AS n`,
    [newId(), MONTHS],
  )

/** One fact with its event, as commands record it. */
async function record(month: string): Promise<string> {
  const id = newId()
  await ask(
    `WITH fact AS (
       INSERT INTO inspection (id, source, source_key, occurred_at, unit_id, unit_path, model, passed)
       VALUES ($1::uuid, 'test', $1::uuid::text, ($2 || '-20')::timestamptz, $1::uuid, '/45/', 'recorded', true))
     INSERT INTO outbox (event_id, kind, payload) VALUES ($1, $3, jsonb_build_object('facts', jsonb_build_object('inspection', jsonb_build_array(jsonb_build_array($1::text, 1)))))`,
    [id, month, FACTS_RECORDED],
  )
  return id
}

const counts = async (from: Lake = lake) => {
  const rows = await from.query(
    everything,
    'SELECT model, count(*) AS n FROM inspection GROUP BY 1 ORDER BY 1',
  )
  return Object.fromEntries(rows.map(({ model, n }) => [model, n]))
}
const ALL = Object.fromEntries(MONTHS.map((month) => [month, EACH]))
const same = async () => (await lake.compare()).differences
const follow = async () => {
  await untilSettled(database.pool)
  await lake.follow()
}

test('NFR-7 a lost lake is written anew, whole months at a time; repeating it changes no answer', async () => {
  await fill()
  expect(await counts()).toEqual({})
  expect(await same()).toHaveLength(MONTHS.length)
  const told: number[] = []
  const rebuilt = await lake.rebuild({ portionRows: EACH * 2, onProgress: ({ done }) => told.push(done) })
  expect(rebuilt).toEqual([{ fact: 'inspection', rows: 200, files: 4, portions: 2, resumed: 0 }])
  expect(told).toEqual([100, 200])
  expect(await counts()).toEqual(ALL)
  expect(await same()).toEqual([])
  expect(await lake.verify()).toEqual([])
  await lake.rebuild()
  expect(await counts()).toEqual(ALL)
})

test('NFR-7 a damaged lake: what cannot be read is read again after the rebuild', async () => {
  await fill()
  await lake.rebuild()
  rmSync(join(folder, 'inspection', '2025-02'), { recursive: true })
  await expect(counts()).rejects.toThrow(/2025-02/)
  await lake.rebuild()
  expect(await counts()).toEqual(ALL)
})

test('NFR-7 killed in the middle of a rebuild, readers see whole months, and it goes on where it stood', async () => {
  await fill()
  const child = spawnSync(
    process.execPath,
    [
      fileURLToPath(new URL('./test-rebuilder.ts', import.meta.url)),
      testDatabase.appUrl,
      folder,
      String(EACH),
    ],
    { encoding: 'utf8', timeout: 20_000 },
  )
  expect(child.signal, child.stderr).toBe('SIGKILL')
  expect(await counts()).toEqual({ '2025-01': EACH })
  expect(await lake.rebuild({ portionRows: EACH })).toEqual([
    { fact: 'inspection', rows: 150, files: 3, portions: 4, resumed: 1 },
  ])
  expect(await counts()).toEqual(ALL)
  expect(await same()).toEqual([])
  expect(readdirSync(join(folder, '.tmp'))).not.toContain('rebuild.json')
})

test('PLT-32 what is recorded and followed before, during and after a rebuild is in the lake once', async () => {
  await fill()
  const followed = await record('2025-01')
  await follow()
  await record('2025-01')
  const waiting: Promise<unknown>[] = []
  const reader = await createLake({ folder, catalogue: testCatalogue, database })
  const seen: unknown[] = []
  meanwhile = async () => {
    await record('2025-01')
    await record('2025-03')
    waiting.push(reader.follow())
    seen.push(await counts(reader))
  }
  await lake.rebuild({ portionRows: EACH * 3 })
  meanwhile = null
  await Promise.all(waiting)
  await follow()
  reader.close()
  // the first portion not yet listed; then it is, and what was still on its way has come
  expect(seen[0]).toEqual({ recorded: 1 })
  expect(seen[1]).toMatchObject({ '2025-01': EACH, '2025-02': EACH })
  expect(await counts()).toEqual({ ...ALL, recorded: 6 })
  expect(await same()).toEqual([])
  const ids = await lake.query(everything, `SELECT count(*) AS n, count(DISTINCT id) AS ids FROM inspection`)
  expect(ids).toEqual([{ n: 206, ids: 206 }])

  await ask(`UPDATE inspection SET version = 2, model = 'changed' WHERE id = $1`, [followed])
  await ask(
    `INSERT INTO outbox (event_id, kind, payload) VALUES (gen_random_uuid(), $1, jsonb_build_object('facts', jsonb_build_object('inspection', jsonb_build_array(jsonb_build_array($2::text, 2)))))`,
    [FACTS_RECORDED, followed],
  )
  expect(await same()).toEqual([])
  await lake.rebuild()
  await follow()
  expect(await counts()).toEqual({ ...ALL, recorded: 5, changed: 1 })
  expect(await same()).toEqual([])
}, 60_000)

test('the comparison names month, column and both figures', async () => {
  await fill()
  await lake.rebuild()
  await ask(`UPDATE inspection SET passed = false WHERE source_key = '2025-022'`)
  await ask(`UPDATE inspection SET model = 'x' WHERE source_key = '2025-032'`)
  await ask(`DELETE FROM inspection WHERE model = '2025-04'`)
  const { differences, rows, months } = await lake.compare()
  expect({ rows, months }).toEqual({ rows: 150, months: 4 })
  expect(differences).toEqual([
    { fact: 'inspection', month: '2025-02', what: 'passed: sum', lake: '25', postgres: '24' },
    expect.objectContaining({ month: '2025-03', what: 'model: sum' }),
    { fact: 'inspection', month: '2025-04', what: 'rows', lake: '50', postgres: null },
  ])
  await lake.rebuild()
  expect(await same()).toEqual([])
})

test('a second rebuild beside one that runs is refused', async () => {
  await fill()
  const second: unknown[] = []
  meanwhile = async () => {
    second.push(await lake.rebuild().catch((error: Error) => error.name))
  }
  await lake.rebuild()
  expect(second).toEqual(['LockHeldError'])
})
