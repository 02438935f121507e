import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newId } from '@hengjian/platform/context'
import { type Database, openDatabase, type Tx } from '@hengjian/platform/db'
import { createTestDatabase, type TestDatabase, untilSettled } from '@hengjian/platform/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEngine } from './engine.ts'
import { changesBetween, createLake, FACTS_RECORDED, type Lake, lakeMark } from './index.ts'
import { olderCatalogue, testCatalogue } from './test-catalogue.ts'

const everything = { kind: 'all', unitPath: '/', actorId: newId() } as const
const UNIT = newId()

let testDatabase: TestDatabase
let database: Database
let folder: string
let lake: Lake

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  database = openDatabase(testDatabase.appUrl, { max: 5 })
  folder = mkdtempSync(join(tmpdir(), 'hengjian-lake-'))
  lake = await createLake({ folder, catalogue: testCatalogue, database })
})
afterEach(async () => {
  lake.close()
  await database.close()
  await testDatabase.drop()
  rmSync(folder, { recursive: true, force: true })
})

async function record(tx: Tx, fields: { model: string; at?: string; unitPath?: string }): Promise<string> {
  const id = newId()
  await tx.client.query(
    `INSERT INTO inspection (id, source, source_key, occurred_at, unit_id, unit_path, model, passed)
     VALUES ($1::uuid, 'test', $1::uuid::text, $2, $3, $4, $5, true)`,
    [id, fields.at ?? '2025-03-31T15:59:59.250Z', UNIT, fields.unitPath ?? '/45/4503/', fields.model],
  )
  await announce(tx, id, 1)
  return id
}

async function announce(tx: Tx, id: string, version: number): Promise<void> {
  await tx.client.query('INSERT INTO outbox (event_id, kind, payload) VALUES ($1, $2, $3)', [
    newId(),
    FACTS_RECORDED,
    { facts: { inspection: [[id, version]] } },
  ])
}

const recordOne = (fields: { model: string; at?: string; unitPath?: string }) =>
  database.transaction(everything, (tx) => record(tx, fields))
/** Take what was recorded, also while other test files hold transactions open on the same server. */
const follow = async (by: Lake = lake) => {
  await untilSettled(database.pool)
  return by.follow()
}
const models = async () =>
  (await lake.query(everything, 'SELECT model FROM inspection ORDER BY model')).map((row) => row['model'])
const listedMonths = async () => {
  const { rows } = await database.transaction(everything, (tx) =>
    tx.client.query<{ month: string }>('SELECT month FROM lake_file WHERE retired_at IS NULL ORDER BY month'),
  )
  return rows.map((row) => row.month)
}
const parquetFiles = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.parquet') && !name.startsWith('.tmp'),
  )

test('months and days are those of Asia/Shanghai, instants come back unchanged', async () => {
  await recordOne({ model: 'last second of March there', at: '2025-03-31T15:59:59.250Z' })
  await recordOne({ model: 'first of April', at: '2025-03-31T16:00:00Z' })
  await follow()
  expect(
    await lake.query(
      everything,
      'SELECT day, occurred_at, hour(occurred_at) AS hour FROM inspection ORDER BY 2',
    ),
  ).toEqual([
    { day: '2025-03-31', occurred_at: new Date('2025-03-31T15:59:59.250Z'), hour: 23 },
    { day: '2025-04-01', occurred_at: new Date('2025-03-31T16:00:00Z'), hour: 0 },
  ])
  expect(
    parquetFiles()
      .map((path) => path.split('/').slice(0, 2).join('/'))
      .sort(),
  ).toEqual(['inspection/2025-03', 'inspection/2025-04'])
})

test('PLT-32 a transaction that commits late is not skipped', async () => {
  const late = await database.pool.connect()
  await late.query(`BEGIN; SELECT set_config('app.lo', '/', true), set_config('app.hi', '0', true)`)
  await record({ client: late } as unknown as Tx, { model: 'late' })
  await recordOne({ model: 'early' })
  // the early one has the higher sequence number and waits for the older transaction
  await lake.follow()
  expect(await models()).toEqual([])
  await late.query('COMMIT')
  late.release()
  await follow()
  expect(await models()).toEqual(['early', 'late'])
})

test('PLT-32 killed between writing files and listing them, nothing is lost and nothing doubled', async () => {
  await recordOne({ model: 'once' })
  const child = spawnSync(
    process.execPath,
    [fileURLToPath(new URL('./test-follower.ts', import.meta.url)), testDatabase.appUrl, folder],
    { encoding: 'utf8', timeout: 20_000 },
  )
  expect(child.signal, child.stderr).toBe('SIGKILL')
  expect(parquetFiles()).toHaveLength(1)
  expect(await models()).toEqual([])
  // the database notices the dead client and frees the cursor
  for (let tries = 0; (await follow()) === 0 && tries < 50; tries++)
    await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await models()).toEqual(['once'])
  const [stray] = parquetFiles()
  for (const path of parquetFiles()) utimesSync(join(folder, path), 0, 0)
  expect(parquetFiles()).toContain(stray)
  expect(await lake.sweep()).toBe(1)
  expect(await models()).toEqual(['once'])
})

test('a row that moves out of the scope does not show its former version there', async () => {
  const id = await recordOne({ model: 'first', unitPath: '/45/4503/' })
  await follow()
  await database.transaction(everything, async (tx) => {
    await tx.client.query(
      `UPDATE inspection SET unit_path = '/45/4501/', model = 'second', version = 2 WHERE id = $1`,
      [id],
    )
    await announce(tx, id, 2)
  })
  await follow()
  const seen = (unitPath: string) =>
    lake.query({ ...everything, kind: 'unit_and_below', unitPath }, 'SELECT model FROM inspection')
  expect(await seen('/45/4503/')).toEqual([])
  expect(await seen('/45/4501/')).toEqual([{ model: 'second' }])
})

test('compaction keeps every row, retires the small files, and they go an hour later', async () => {
  for (let i = 0; i < 5; i++) {
    await recordOne({ model: `m${i}` })
    await follow()
  }
  expect(parquetFiles()).toHaveLength(5)
  expect(await lake.compact({ atLeast: 6 })).toEqual({ merged: 0, written: 0 })
  expect(await lake.compact({ atLeast: 5 })).toEqual({ merged: 5, written: 1 })
  expect(await models()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
  expect(await lake.sweep()).toBe(0)
  for (const path of parquetFiles()) utimesSync(join(folder, path), 0, 0)
  expect(await lake.sweep(new Date(Date.now() + 2 * 3_600_000))).toBe(5)
  expect(await models()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
  expect(await lake.verify()).toEqual([])
})

test('a standing fact lies in one place whatever its month, what was written by month included', async () => {
  const standing = await createLake({
    folder,
    catalogue: { inspection: { ...testCatalogue['inspection']!, standing: true } },
    database,
  })
  try {
    await recordOne({ model: 'by month 1', at: '2026-01-15T00:00:00Z' })
    await recordOne({ model: 'by month 2', at: '2026-02-15T00:00:00Z' })
    expect(await follow()).toBe(2)
    expect(await listedMonths()).toEqual(['2026-01', '2026-02'])
    await recordOne({ model: 'together 1', at: '2026-01-15T00:00:00Z' })
    await recordOne({ model: 'together 2', at: '2026-02-15T00:00:00Z' })
    await follow(standing)
    expect(await listedMonths()).toEqual(['2026-01', '2026-02', 'all'])
    expect(await standing.compact({ atLeast: 3 })).toEqual({ merged: 3, written: 1 })
    expect(await listedMonths()).toEqual(['all'])
    expect(await models()).toEqual(['by month 1', 'by month 2', 'together 1', 'together 2'])
  } finally {
    standing.close()
  }
})

test('rows of a file lie together by the column that the fact names, also when files are merged', async () => {
  const sorted = await createLake({
    folder,
    catalogue: { inspection: { ...testCatalogue['inspection']!, sortedBy: 'model' } },
    database,
  })
  const engine = await openEngine(folder)
  try {
    for (const model of ['b', 'a', 'c']) await recordOne({ model, at: '2026-01-15T00:00:00Z' })
    await follow(sorted)
    for (const model of ['c', 'a']) await recordOne({ model, at: '2026-01-10T00:00:00Z' })
    await follow(sorted)
    expect(await sorted.compact({ atLeast: 2 })).toEqual({ merged: 2, written: 1 })
    const { rows: listed } = await database.transaction(everything, (tx) =>
      tx.client.query<{ path: string }>('SELECT path FROM lake_file WHERE retired_at IS NULL'),
    )
    const rows = await engine.connected((connection) =>
      connection.runAndReadAll(`SELECT model FROM read_parquet('${folder}/${listed[0]!.path}')`),
    )
    expect(rows.getRows().flat()).toEqual(['a', 'a', 'b', 'c', 'c'])
  } finally {
    engine.close()
    sorted.close()
  }
})

test('what is recorded while the follower works waits for its next look', async () => {
  let late: Promise<unknown> | undefined
  const slow = await createLake({
    folder,
    catalogue: testCatalogue,
    database,
    beforeListing: async () => {
      late ??= recordOne({ model: 'late' })
      await late
    },
  })
  try {
    await recordOne({ model: 'early' })
    expect(await follow(slow)).toBe(1)
    expect(await models()).toEqual(['early'])
    expect(await follow(slow)).toBe(1)
    expect(await models()).toEqual(['early', 'late'])
  } finally {
    slow.close()
  }
})

test('regular compaction leaves a big file alone until there are eight like it', async () => {
  const files = () => parquetFiles().length
  for (let i = 0; i < 8; i++) {
    await recordOne({ model: `m${i}` })
    await follow()
  }
  expect(await lake.compact()).toEqual({ merged: 8, written: 1 })
  for (let i = 8; i < 15; i++) {
    await recordOne({ model: `m${i}` })
    await follow()
  }
  // seven small ones beside the merged one
  expect(await lake.compact()).toEqual({ merged: 0, written: 0 })
  await recordOne({ model: 'm15' })
  await follow()
  expect(await lake.compact()).toEqual({ merged: 8, written: 1 })
  expect(files()).toBe(18)
  expect(await models()).toHaveLength(16)
})

test('PLT-32 events of other kinds do not hold the follower up', async () => {
  await database.transaction(everything, async (tx) => {
    for (let i = 0; i < 20; i++)
      await tx.client.query(`INSERT INTO outbox (event_id, kind, payload) VALUES ($1, 'other', '{}')`, [
        newId(),
      ])
  })
  await recordOne({ model: 'behind them' })
  expect(await follow()).toBe(21)
  expect(await follow()).toBe(0)
  expect(await models()).toEqual(['behind them'])
})

test('files written before a column was added are read with nothing in it', async () => {
  const older = await createLake({ folder, catalogue: olderCatalogue, database })
  await recordOne({ model: 'old' })
  await follow(older)
  older.close()
  await recordOne({ model: 'new' })
  await follow()
  const rows = () => lake.query(everything, 'SELECT model, passed FROM inspection ORDER BY model')
  const expected = [
    { model: 'new', passed: true },
    { model: 'old', passed: null },
  ]
  expect(await rows()).toEqual(expected)
  await lake.compact({ atLeast: 2 })
  expect(await rows()).toEqual(expected)
})

test('PLT-22 a listed file that was altered or taken away is named', async () => {
  await recordOne({ model: 'a', at: '2025-01-05T00:00:00Z' })
  await recordOne({ model: 'b', at: '2025-02-05T00:00:00Z' })
  await follow()
  const [january, february] = parquetFiles().sort()
  appendFileSync(join(folder, january!), 'x')
  rmSync(join(folder, february!))
  expect(await lake.verify()).toEqual([
    { path: january, fault: 'altered' },
    { path: february, fault: 'missing' },
  ])
})

test('a session keeps to its scope and to the files it began with, and leaves nothing behind', async () => {
  await recordOne({ model: 'here', unitPath: '/45/4503/' })
  await recordOne({ model: 'elsewhere', unitPath: '/45/4501/' })
  await follow()
  const within = { ...everything, kind: 'unit_and_below', unitPath: '/45/4503/' } as const
  await lake.session(within, async (ask) => {
    await ask('CREATE TEMP TABLE kept AS SELECT model FROM inspection')
    await recordOne({ model: 'later', unitPath: '/45/4503/' })
    await follow()
    expect(await ask('SELECT k.model FROM kept k JOIN inspection i ON i.model = k.model')).toEqual([
      { model: 'here' },
    ])
    expect(await ask('SELECT count(*) AS n FROM inspection')).toEqual([{ n: 1 }])
  })
  expect(await models()).toEqual(['elsewhere', 'here', 'later'])
  await expect(lake.query(within, 'SELECT * FROM kept')).rejects.toThrow(/kept/)
})

test('a statement under way is interrupted when its asker gives up, and the next one runs', async () => {
  const endless = 'SELECT sum(a.range * b.range) FROM range(100000000) a, range(100000000) b'
  const began = performance.now()
  await expect(lake.query(everything, endless, undefined, AbortSignal.timeout(200))).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(await models()).toEqual([])
})

test('the engine reads nothing outside the lake and fetches no extension', async () => {
  await expect(lake.query(everything, `SELECT * FROM read_csv('/etc/passwd')`)).rejects.toThrow(
    /disabled by configuration/,
  )
  await expect(lake.query(everything, 'LOAD httpfs')).rejects.toThrow()
  await expect(lake.query(everything, 'SET threads = 8')).rejects.toThrow(/locked/)
})

const marked = () => database.transaction(everything, (tx) => lakeMark(tx.client))
const changesSince = async (mark: string | null) => {
  await untilSettled(database.pool)
  return database.transaction(everything, async (tx) =>
    changesBetween(tx.client, mark, await lakeMark(tx.client)),
  )
}

test('SUP-12 what came since a mark is told by fact, month and days; merging and rebuilding change nothing', async () => {
  await recordOne({ model: 'a', at: '2025-03-05T02:00:00Z' })
  await follow()
  expect(await changesSince(null)).toMatchObject([{ fact: 'inspection', month: '2025-03', rows: 1 }])
  await untilSettled(database.pool)
  const mark = await marked()
  await recordOne({ model: 'b', at: '2025-03-09T16:30:00Z' })
  await recordOne({ model: 'c', at: '2025-03-12T02:00:00Z' })
  await follow()
  await recordOne({ model: 'd', at: '2025-04-01T02:00:00Z' })
  await follow()
  const expected = [
    { fact: 'inspection', month: '2025-03', rows: 2, times: { occurred_at: ['2025-03-10', '2025-03-12'] } },
    { fact: 'inspection', month: '2025-04', rows: 1, times: { occurred_at: ['2025-04-01', '2025-04-01'] } },
  ]
  expect(await changesSince(mark)).toEqual(expected)
  expect(await lake.compact({ atLeast: 2 })).toEqual({ merged: 2, written: 1 })
  await lake.rebuild()
  expect(await changesSince(mark)).toEqual(expected)
})

test('SUP-12 a file listed by a transaction that began earlier and ends later is behind the mark', async () => {
  await untilSettled(database.pool)
  let mark = ''
  const file = { fact: 'inspection', month: '2024-01', rows: 1, times: {} }
  await database.transaction(everything, async (tx) => {
    await tx.client.query(
      `INSERT INTO lake_change (id, fact, month, rows, times) VALUES ($1, 'inspection', '2024-01', 1, '{}')`,
      [newId()],
    )
    await recordOne({ model: 'meanwhile' })
    mark = await marked()
  })
  expect(await changesSince(mark)).toEqual([file])
})

test('SUP-12 the changes of a day become one row that says the same; after 90 days they are forgotten', async () => {
  for (const day of ['05', '09', '12']) {
    await recordOne({ model: day, at: `2025-03-${day}T02:00:00Z` })
    await follow()
  }
  const before = await changesSince(null)
  expect(before).toMatchObject([{ rows: 3, times: { occurred_at: ['2025-03-05', '2025-03-12'] } }])
  await lake.sweep()
  expect(await changesSince(null)).toEqual(before)
  const count = async () =>
    (
      await database.transaction(everything, (tx) =>
        tx.client.query<{ n: number }>('SELECT count(*)::int AS n FROM lake_change'),
      )
    ).rows[0]!.n
  expect(await count()).toBe(1)
  await lake.sweep(new Date(Date.now() + 91 * 86_400_000))
  expect(await count()).toBe(0)
})
