import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { jobIdOf, jobsOf } from './dispatch.ts'
import { createJobs, enqueueJob, handleJob, type JobHandler, type Jobs, prune, repeat } from './index.ts'
import { eventJob, nightlyJob, noteHandler, noteJob } from './test-jobs.ts'
import { testServices } from './test-services.ts'

const origin = { requestId: 'test', clientAddress: '127.0.0.1' }
const actor = systemActor('测试')

let database: TestDatabase
let folder: string
let services: Services
let jobs: Jobs | undefined

beforeEach(async () => {
  database = await createTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'hengjian-jobs-'))
  services = testServices(database.appUrl, folder)
})
afterEach(async () => {
  await jobs?.stop(2_000)
  jobs = undefined
  await services.database.close()
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

const start = async (...handlers: JobHandler[]) => {
  jobs = await createJobs({
    url: database.jobsUrl,
    services,
    handlers,
    heartbeatSeconds: 10,
    pollSeconds: 0.5,
  })
  return jobs
}

async function ask(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

async function until(condition: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`did not come about within ${withinMs} ms`)
    await pause(100)
  }
}

const notes = async () =>
  (await ask(`SELECT reason FROM audit_entry WHERE action = 'test.note' ORDER BY reason`)).map(
    (row) => row['reason'],
  )
const progress = () =>
  ask('SELECT name, state, done::int, total::int, message FROM job_progress ORDER BY started_at')

test('PLT-31 a job is asked for in a transaction: no commit, no job', async () => {
  await start(noteHandler(() => {}))
  await runAs(services, actor, origin, (ctx) => enqueueJob(ctx, noteJob, { word: 'kept' }))
  await runAs(services, actor, origin, async (ctx) => {
    await enqueueJob(ctx, noteJob, { word: 'rolled back' })
    throw new Error('changed my mind')
  }).catch(() => {})
  await until(async () => (await progress()).some((row) => row['state'] === 'done'))
  expect(await notes()).toEqual(['kept'])
  expect(await progress()).toEqual([{ name: 'test.note', state: 'done', done: 1, total: 3, message: 'kept' }])
})

test('PLT-31 a failing job is tried again later, and its effect stands once', async () => {
  const states: unknown[] = []
  await start(
    noteHandler(async (attempt) => {
      if (attempt === 1) throw new Error('not yet')
      states.push(...(await progress()).map((row) => row['state']))
    }),
  )
  await jobs!.send(noteJob, { word: 'again' })
  await until(async () => (await progress())[0]?.['state'] === 'done')
  expect(states).toEqual(['running'])
  expect(await notes()).toEqual(['again'])
})

test('PLT-31 a killed process loses no job and runs none twice with effect', async () => {
  await runAs(services, actor, origin, (ctx) => enqueueJob(ctx, noteJob, { word: 'survives' }))
  const worker = spawn(
    process.execPath,
    [fileURLToPath(new URL('./test-worker.ts', import.meta.url)), database.appUrl, database.jobsUrl, folder],
    { stdio: 'inherit' },
  )
  const [, signal] = (await once(worker, 'exit')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  expect(await notes()).toEqual(['survives'])
  let attempts = 0
  await start(
    noteHandler((attempt) => {
      attempts = attempt
    }),
  )
  await until(async () => (await progress())[0]?.['state'] === 'done', 60_000)
  expect(attempts).toBe(2)
  expect(await notes()).toEqual(['survives'])
}, 90_000)

test('PLT-32 an event starts the jobs that wait for it, once, even when it is handed over twice', async () => {
  const seen: string[] = []
  await start(
    handleJob(eventJob, async (_job, { id }) => {
      seen.push(id)
    }),
  )
  await runAs(services, actor, origin, (ctx) => ctx.emit('test.happened', { id: 'a' }))
  await until(async () => seen.length > 0)
  // as after a kill between handing over and moving the cursor
  await ask(`UPDATE outbox_cursor SET xid = '0', seq = '0' WHERE follower = 'dispatcher'`)
  await runAs(services, actor, origin, (ctx) => ctx.emit('test.happened', { id: 'b' }))
  await until(async () => seen.length > 1)
  await pause(1_500)
  expect(seen).toEqual(['a', 'b'])
  // it succeeds quietly
  expect(await progress()).toEqual([])
})

test('PLT-31 schedules follow the definitions', async () => {
  await start(handleJob(nightlyJob, async () => {}))
  expect(await ask('SELECT name, cron, timezone FROM pgboss.schedule')).toEqual([
    { name: 'test.nightly', cron: '0 3 * * *', timezone: 'Asia/Shanghai' },
  ])
  await jobs!.stop(2_000)
  await start(handleJob({ ...nightlyJob, schedule: undefined } as typeof nightlyJob, async () => {}))
  expect(await ask('SELECT name FROM pgboss.schedule')).toEqual([])
})

test('ids of jobs follow from event and consumer; unknown jobs are told', () => {
  expect(jobIdOf('e', 'x')).toBe(jobIdOf('e', 'x'))
  expect(jobIdOf('e', 'x')).not.toBe(jobIdOf('e', 'y'))
  expect(jobIdOf('e', 'x')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const unknown: string[] = []
  const event = { eventId: 'e', kind: 'job.requested', payload: { job: 'gone', input: {} } }
  expect(jobsOf(event, [], (name) => unknown.push(name))).toEqual([])
  expect(unknown).toEqual(['gone'])
})

test('only old events that every follower has passed are deleted', async () => {
  await ask(`INSERT INTO outbox (event_id, kind, payload, xid, seq, at) SELECT gen_random_uuid(), 'k', '{}', '5', n, now() - interval '8 days' FROM generate_series(1, 4) n;
             UPDATE outbox SET at = now() WHERE seq = 1;
             INSERT INTO outbox_cursor VALUES ('ahead', '5', '4'), ('behind', '5', '3')`)
  expect(await prune(services.database)).toBe(2)
  expect((await ask('SELECT seq::int FROM outbox ORDER BY seq')).map((row) => row['seq'])).toEqual([1, 4])
})

test('repeated work goes on after a failure and stops when told', async () => {
  let rounds = 0
  const loop = repeat({
    name: 'test',
    everyMs: 5,
    log: services.log,
    work: async () => {
      rounds += 1
      if (rounds === 1) throw new Error('once')
    },
  })
  await until(async () => rounds >= 3)
  await loop.stop()
  const stoppedAt = rounds
  await pause(50)
  expect(rounds).toBe(stoppedAt)
})
