/**
 * Kills: real processes, a database that syncs to disk, 50 clients. What was acknowledged stands, once; what was not
 * stands wholly or not at all.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { connectAdmin, lakeRowsOf, standingOf, untilQuiet } from './test-verdict.ts'
import { acceptMany, aRegistration, attempt, openWindow, type Window, type Work } from './test-window.ts'
import { type Instance, newDataDir, removeDataDir, startInstance } from './testing.ts'

const CLIENTS = 50
const EACH = 12

const dataDir = newDataDir()
let instance: Instance
let window: Window
beforeAll(async () => {
  instance = await startInstance(dataDir)
  window = await openWindow(instance, 'handler')
})
beforeEach(() => {
  onTestFailed(() => console.log(instance.lines.filter((line) => line.includes('"level":50')).slice(-8)))
})
afterAll(async () => {
  await instance?.stop()
  removeDataDir(dataDir)
})

test('NFR-7 BIZ-4 kill -9 of web, PostgreSQL and worker amid 50 clients loses, doubles and tears nothing', async () => {
  const work: Work = { acknowledged: [], abandoned: [], repeated: {} }
  const began = Date.now()
  const clients = acceptMany(window, { clients: CLIENTS, each: EACH, restMs: 100 }, work)
  let over = false
  clients.then(
    () => (over = true),
    () => (over = true),
  )
  const acknowledged = async (count: number) => {
    while (work.acknowledged.length < count && !over) await pause(5)
  }

  await acknowledged(60)
  process.kill(instance.pidOf('web'), 'SIGKILL')
  await acknowledged(200)
  const before = instance.postgresPids()
  for (const pid of before) process.kill(pid, 'SIGKILL')
  await acknowledged(350)
  process.kill(instance.pidOf('worker'), 'SIGKILL')
  await clients

  expect(instance.startsOf('web')).toBeGreaterThanOrEqual(2)
  expect(before.length).toBeGreaterThan(5)
  expect(instance.postgresPids()[0]).not.toBe(before[0])
  expect(Object.keys(work.repeated).length).toBeGreaterThan(0)
  const admin = await connectAdmin(instance.adminUrl)
  try {
    await untilQuiet(admin)
    const standing = await standingOf(admin, work.acknowledged)
    const unanswered = standing.transactions - work.acknowledged.length
    console.log(
      `${work.acknowledged.length} acknowledged, ${work.abandoned.length} given up of which ${unanswered} stand,`,
      `repeated ${JSON.stringify(work.repeated)}, ${((Date.now() - began) / 1000).toFixed(1)} s`,
    )
    expect(standing).toMatchObject({ lost: 0, doubled: 0, torn: 0, orphans: [] })
    expect(work.acknowledged.length + work.abandoned.length).toBe(CLIENTS * EACH)
    expect(work.abandoned.length).toBeGreaterThan(0)
    expect(unanswered).toBeGreaterThanOrEqual(0)
    expect(unanswered).toBeLessThanOrEqual(work.abandoned.length)
    for (const fact of ['transaction', 'transaction_step', 'vehicle', 'vehicle_owner']) {
      const { rows } = await admin.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${fact}`)
      const { n } = rows[0]!
      expect(await lakeRowsOf(admin, dataDir, fact), fact).toMatchObject({ ids: n })
      const lake = await lakeRowsOf(admin, dataDir, fact)
      expect(lake.rows, fact).toBe(lake.versions)
    }
  } finally {
    await admin.end()
  }
  expect(instance.startsOf('worker')).toBeGreaterThanOrEqual(2)
  const verified = await instance.command('audit', 'verify', '--json')
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, faults: [] })
}, 90_000)

test('NFR-7 SIGTERM under load: every call that was accepted is answered, none of those is lost', async () => {
  const work: Work = { acknowledged: [], abandoned: [], repeated: {} }
  const earlier = await connectAdmin(instance.adminUrl)
  const { transactions } = await standingOf(earlier, [])
  await earlier.end()
  const clients = Promise.allSettled(
    Array.from({ length: 20 }, async () => {
      for (let trouble: string | null = null; trouble === null; )
        trouble = await attempt(window, aRegistration(), work)
    }),
  )
  while (work.acknowledged.length < 100) await pause(5)
  const code = await instance.stop('SIGTERM')
  await clients
  expect(
    instance.lines.filter((line) => line.startsWith('stopping:') && line !== 'stopping: SIGTERM'),
  ).toEqual([])
  expect(code).toBe(0)

  instance = await startInstance(dataDir)
  const admin = await connectAdmin(instance.adminUrl)
  try {
    const standing = await standingOf(admin, work.acknowledged)
    expect(standing).toMatchObject({ lost: 0, doubled: 0, torn: 0, orphans: [] })
    // What was committed was answered: nobody was cut off in the middle.
    expect(standing.transactions - transactions).toBe(work.acknowledged.length)
  } finally {
    await admin.end()
  }
}, 90_000)
