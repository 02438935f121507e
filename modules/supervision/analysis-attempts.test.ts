/** What a run, or a back-test, says of itself while its attempts fail, die with their process, or are stopped. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Actor } from '@hengjian/platform/context'
import { createJobs, type Jobs } from '@hengjian/platform/jobs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { giveUpAnalysisHandler, runAnalysisHandler } from './jobs/run-analysis.handler.ts'
import { giveUpBackTestHandler, runBackTestHandler } from './jobs/run-back-test.handler.ts'
import type { SupervisionPorts } from './ports.ts'
import { createSupervisionFixture, type SupervisionFixture, units } from './testing.ts'

const CHILD = fileURLToPath(new URL('./testing/analyst.ts', import.meta.url))

let fixture: SupervisionFixture
let supervisor: Actor
let jobs: Jobs | undefined
beforeEach(async () => {
  fixture = await createSupervisionFixture()
  supervisor = fixture.user(units.corps)
})
afterEach(async () => {
  await jobs?.stop(2_000)
  jobs = undefined
  await fixture.close()
})

/** A worker in this process; `retries` and pauses shorter than in operation. */
async function work(options: { ports?: Partial<SupervisionPorts>; retries?: number } = {}) {
  const ports = { ...fixture.ports, ...options.ports }
  const retried = [runAnalysisHandler(fixture.supervision.book, ports), runBackTestHandler(ports)]
  const retry = { limit: options.retries ?? 3, delaySeconds: 2 }
  jobs = await createJobs({
    url: fixture.database.jobsUrl,
    services: fixture.services,
    handlers: [
      ...retried.map((handler) => ({ ...handler, definition: { ...handler.definition, retry } })),
      giveUpAnalysisHandler,
      giveUpBackTestHandler,
    ],
    heartbeatSeconds: 10,
    pollSeconds: 0.5,
  })
}

/** A worker that is killed at an indicator; resolves when it is dead. */
async function workUntilKilled(killAt: string, retries: number) {
  const { database, services } = fixture
  const place = [JSON.stringify(database), dirname(services.keys.file)]
  const child = spawn(process.execPath, [CHILD, ...place, killAt, String(retries)], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
}

const start = async (codes = ['V8.7']) => {
  const run = await fixture.call(supervisor, 'startAnalysis', { codes, from: '2026-02-01', to: '2026-02-28' })
  return run.id as string
}
const look = (id: string) => fixture.call(supervisor, 'getRun', { id })
const until = async (id: string, state: string, timeout = 25_000) => {
  await expect.poll(async () => (await look(id)).state, { timeout, interval: 100 }).toBe(state)
  return look(id)
}
const noticesOf = async (id: string) =>
  (await fixture.admin.query('SELECT title FROM notification WHERE link = $1', [`/analysis-runs/${id}`])).rows

test('PLT-31 SUP-12 a failed attempt shows its reason and when it is repeated; then it has failed, or goes on', async () => {
  let faults = 2
  const localRegions = async () => {
    if (faults-- > 0) throw new Error('no regions')
    return []
  }
  const id = await start()
  await work({ ports: { localRegions }, retries: 1 })
  const waiting = await until(id, 'retrying')
  expect(waiting).toMatchObject({ message: '第 1 次执行失败：no regions', finishedAt: null })
  expect(Date.parse(waiting.retryAt)).toBe(fixture.services.clock.now().getTime() + 2_000)
  const failed = await until(id, 'failed')
  expect(failed).toMatchObject({ message: '第 2 次执行失败：no regions', retryAt: null })
  expect(failed.finishedAt).not.toBeNull()
  expect(await noticesOf(id)).toEqual([{ title: expect.stringContaining('研判任务失败') }])

  faults = 1
  const other = await start()
  await until(other, 'retrying')
  expect(await until(other, 'done')).toMatchObject({ message: null, retryAt: null, done: 1 })
}, 60_000)

test('SUP-12 a run that waits for its next attempt is cancelled at once, and stays so', async () => {
  const id = await start()
  const localRegions = async () => {
    throw new Error('no regions')
  }
  await work({ ports: { localRegions } })
  await until(id, 'retrying')
  expect(await fixture.call(supervisor, 'cancelRun', { id })).toMatchObject({
    state: 'cancelled',
    retryAt: null,
  })
  await new Promise((resolve) => setTimeout(resolve, 4_500))
  expect(await look(id)).toMatchObject({ state: 'cancelled', done: 0 })
}, 60_000)

/** A store that answers nothing until it is interrupted. */
function hangingStore() {
  let asked = 0
  const store: SupervisionPorts['store'] = {
    dialect: 'postgres',
    query: (_sql, signal) =>
      new Promise((_resolve, reject) => {
        asked += 1
        signal!.addEventListener('abort', () => reject(signal!.reason as Error))
      }),
  }
  return { store, asked: () => asked }
}

test('SUP-12 cancelling interrupts the indicator under way; other units cannot, nor who may only look', async () => {
  const { store, asked } = hangingStore()
  const id = await start(['V8.7', 'V8.5'])
  await work({ ports: { store } })
  await expect.poll(asked, { timeout: 20_000 }).toBe(1)
  const stranger = fixture.user(units.otherCity)
  const reader = fixture.user(units.corps, { permissions: new Set(['supervision.analysis.find']) })
  await expect(fixture.call(stranger, 'cancelRun', { id })).rejects.toMatchObject({ status: 404 })
  await expect(fixture.call(reader, 'cancelRun', { id })).rejects.toMatchObject({ status: 403 })
  expect(await look(id)).toMatchObject({ state: 'running', cancelRequested: false })
  expect(await fixture.call(supervisor, 'cancelRun', { id })).toMatchObject({ cancelRequested: true })
  expect(await until(id, 'cancelled', 5_000)).toMatchObject({ done: 0, results: [] })
  expect(asked()).toBe(1)
}, 60_000)

test('PLT-31 NFR-7 kill -9 of the worker: the next one goes on with what is missing', async () => {
  const id = await start(['V8.7', 'V8.5'])
  await workUntilKilled('V8.5', 3)
  expect(await look(id)).toMatchObject({ state: 'running', done: 1 })
  await work()
  expect(await until(id, 'done', 60_000)).toMatchObject({ done: 2, message: null })
}, 90_000)

test('PLT-31 NFR-7 kill -9 of the worker on its last attempt: the run has failed, and says so', async () => {
  const id = await start()
  await workUntilKilled('V8.7', 0)
  await work({ retries: 0 })
  expect(await until(id, 'failed', 60_000)).toMatchObject({ message: '执行研判的进程多次中断' })
  expect(await noticesOf(id)).toHaveLength(1)
}, 90_000)

const composition = {
  title: '老旧车检验合格率过高',
  source: 'inspection',
  filters: [],
  compare: ['inspection.institution_id'],
  window: { kind: 'month' },
  measure: { kind: 'count' },
  comparison: '>',
  threshold: 1,
  minimumSample: 0,
}
async function startBackTest(): Promise<string> {
  const { code } = await fixture.call(supervisor, 'createComposed', { composition })
  const period = { from: '2026-01-01', to: '2026-02-28' }
  return (await fixture.call(supervisor, 'startBackTest', { code, number: 1, ...period })).id
}
const lookAtBackTest = (id: string) => fixture.call(supervisor, 'getBackTest', { id })
const untilBackTest = async (id: string, state: string) => {
  await expect
    .poll(async () => (await lookAtBackTest(id)).state, { timeout: 60_000, interval: 100 })
    .toBe(state)
  return lookAtBackTest(id)
}

test('SUP-3 a back-test is cancelled while it waits and while it runs; not by others, and only once', async () => {
  const waiting = await startBackTest()
  const cancel = (id: string, actor = supervisor) => fixture.call(actor, 'cancelBackTest', { id })
  const reader = fixture.user(units.corps, { permissions: new Set(['supervision.indicator.find']) })
  await expect(cancel(waiting, fixture.user(units.otherCity))).rejects.toMatchObject({ status: 404 })
  await expect(cancel(waiting, reader)).rejects.toMatchObject({ status: 403 })
  await expect(cancel(waiting, fixture.user(units.corps, { kind: 'anonymous' }))).rejects.toMatchObject({
    status: 401,
  })
  expect(await cancel(waiting)).toMatchObject({ state: 'cancelled', cancelRequested: true })
  await expect(cancel(waiting)).rejects.toMatchObject({ code: 'supervision.back_test_finished' })

  const { store, asked } = hangingStore()
  const running = await startBackTest()
  await work({ ports: { store } })
  await expect.poll(asked, { timeout: 20_000 }).toBe(1)
  expect(await cancel(running)).toMatchObject({ state: 'running', cancelRequested: true })
  expect(await untilBackTest(running, 'cancelled')).toMatchObject({ result: null, message: null })
  expect(asked()).toBe(1)
}, 90_000)

test('PLT-31 SUP-3 kill -9 of the worker: the back-test is taken up again; on its last attempt it has failed', async () => {
  const again = await startBackTest()
  await workUntilKilled('back-test', 3)
  expect(await lookAtBackTest(again)).toMatchObject({ state: 'running', finishedAt: null })
  await work()
  expect(await untilBackTest(again, 'done')).toMatchObject({ message: null })
  await jobs!.stop(2_000)

  const last = await startBackTest()
  await workUntilKilled('back-test', 0)
  await work({ retries: 0 })
  const failed = await untilBackTest(last, 'failed')
  expect(failed).toMatchObject({ message: '执行回测的进程多次中断，或超过时限', result: null })
}, 150_000)
