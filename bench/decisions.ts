/**
 * `npm run bench:decisions`: transactions accepted through HTTP on a million transactions of history, all in-process
 * indicators on. (a) 150 a second for a minute: how long evaluation takes inside the server; (b) 50 clients as fast as
 * they can, with indicators on and off. Web, worker, PostgreSQL (`fsync` on), sandbox and clients share the machine.
 * The history is made once and kept under `bench/.cache`.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseConfig } from '@hengjian/platform/config'
import { startPostgres } from '@hengjian/platform/postgres'
import { migrate, throughSocket } from '@hengjian/server'
import pg from 'pg'
import { prepareData } from './analysis/prepare-data.ts'
import { dataFolder } from './data-folder.ts'
import { openApplications } from './decisions/applications.ts'
import { closedLoop, type Outcome, openLoop, type Session, signIn } from './decisions/clients.ts'
import { handlerNames, PASSWORD, prepareHouse, switchIndicators } from './decisions/house.ts'
import { historyExists, historyName, makeHistory } from './decisions/prepare-history.ts'
import { describeMachine, median, quantile } from './machine.ts'

/** Applications a second of the open loop unless `--rate` says otherwise. */
const PER_SECOND = 150
const CLIENTS = 50
const WARM_SECONDS = 15
/** A run whose requests left later than this (99 of 100) says nothing. */
const LATE_MS = 5
/** Refused applications of a run that still counts. */
const REFUSED_SHARE = 0.01

const { values } = parseArgs({
  allowNegative: true,
  options: {
    transactions: { type: 'string', default: '1000000' },
    vehicles: { type: 'string', default: '400000' },
    seed: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '60' },
    runs: { type: 'string', default: '3' },
    rate: { type: 'string', default: String(PER_SECOND) },
    worker: { type: 'boolean', default: true },
  },
})
const sample = { vehicles: Number(values.vehicles), years: 2, seed: Number(values.seed), until: '2026-11-01' }
const transactions = Number(values.transactions)
const seconds = Number(values.seconds)
const closedSeconds = Math.ceil(seconds / 2)
const runs = Number(values.runs)

const folder = dataFolder(sample)
// The servers under test write a lake of their own; what they read was sealed with the keys of the history.
const dataDir = mkdtempSync(join(folder, 'run-'))
const children: ChildProcess[] = []
const history = await openHistory()
try {
  process.exitCode = (await measure()) ? 0 : 1
} finally {
  for (const child of children) child.disconnect()
  await history.drop()
  await history.postgres.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

/** A copy of the history, so that every measurement begins alike. */
async function openHistory() {
  const name = historyName(transactions)
  const scratch = await startPostgres({ dataDir: folder, durability: 'scratch' })
  try {
    if (!(await historyExists(scratch.adminUrl, name))) {
      const store = await prepareData(folder, scratch.adminUrl, sample)
      await store.close()
      const began = performance.now()
      const migrated = (url: string) =>
        migrate(parseConfig({ DATA_DIR: folder, DATABASE_URL: url }), url, () => {})
      await makeHistory(scratch.adminUrl, { name, cityUrl: store.adminUrl, transactions, migrate: migrated })
      console.error(`${transactions} transactions of history made in ${since(began)} s`)
    }
  } finally {
    await scratch.stop()
  }
  const postgres = await startPostgres({ dataDir: folder })
  const server = new pg.Client({ connectionString: postgres.adminUrl })
  await server.connect()
  const copy = `run_${process.pid}`
  await server.query(`CREATE DATABASE ${copy} TEMPLATE ${name} STRATEGY file_copy`)
  const address = new URL(postgres.adminUrl)
  address.pathname = `/${copy}`
  // Privileges on a database are not copied with it.
  await migrate(parseConfig({ DATA_DIR: folder, DATABASE_URL: address.href }), address.href, () => {})
  return {
    postgres,
    url: throughSocket(address.href, postgres.socketDir, folder),
    async drop() {
      await server.query(`DROP DATABASE ${copy} WITH (FORCE)`)
      await server.end()
    },
  }
}

async function measure(): Promise<boolean> {
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: history.url,
    LOG_LEVEL: 'fatal',
    PORT: String(await freePort()),
  }
  copyFileSync(join(folder, 'keys.json'), join(dataDir, 'keys.json'))
  await prepareHouse(env, sample)
  const sandbox = await start('sandbox.ts', env)
  const serving = { ...env, EXTERNAL_CHECKS_URL: String(sandbox.said['url']) }
  if (values.worker) await start('server.ts', { ...serving, ROLES: 'worker' })
  const { child: web } = await start('server.ts', { ...serving, ROLES: 'web' })
  const address = `http://127.0.0.1:${env.PORT}`
  const sessions: Session[] = []
  for (const name of handlerNames) sessions.push(await signIn(address, name, PASSWORD))

  const next = await openApplications(history.url, sample.seed)
  // Every connection plans each statement once.
  await closedLoop(address, sessions, next, { clients: CLIENTS, seconds: WARM_SECONDS })
  await evaluationsOf(web)

  const rates: { p50: number; p99: number; void: boolean }[] = []
  for (let run = 0; run < runs; run++) {
    const outcome = await openLoop(address, sessions, next, { perSecond: Number(values.rate), seconds })
    const spans = await evaluationsOf(web)
    const [p50, p99, late] = [quantile(spans, 0.5), quantile(spans, 0.99), quantile(outcome.lateMs, 0.99)]
    const isVoid = late > LATE_MS || refused(outcome) || spans.length < outcome.accepted
    rates.push({ p50, p99, void: isVoid })
    console.error(
      `open loop ${run + 1}: ${outcome.accepted} accepted in ${outcome.seconds.toFixed(1)} s, evaluation p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, sent late p99 ${late.toFixed(2)} ms${isVoid ? ', void' : ''} ${told(outcome)}`,
    )
  }
  const on = await throughput('on', address, sessions, next)
  await switchIndicators(env, sample, false)
  const off = await throughput('off', address, sessions, next)

  const valid = rates.filter((rate) => !rate.void)
  const counted = valid.length > 0 ? valid : rates
  const isVoid = valid.length === 0 || on.void || off.void
  console.log(
    JSON.stringify({
      indicators_p50_ms: round(median(counted.map(({ p50 }) => p50))),
      indicators_p99_ms: round(median(counted.map(({ p99 }) => p99))),
      per_second: round(on.perSecond),
      per_second_off: round(off.perSecond),
      void: isVoid,
      runs,
      void_runs: rates.length - valid.length,
      transactions,
      worker: values.worker,
      machine: describeMachine(),
    }),
  )
  return !isVoid
}

async function throughput(
  what: string,
  address: string,
  sessions: readonly Session[],
  next: Parameters<typeof closedLoop>[2],
) {
  const rates: number[] = []
  let isVoid = false
  for (let run = 0; run < runs; run++) {
    const outcome = await closedLoop(address, sessions, next, { clients: CLIENTS, seconds: closedSeconds })
    rates.push(outcome.accepted / outcome.seconds)
    isVoid ||= refused(outcome)
    console.error(
      `indicators ${what} ${run + 1}: ${rates.at(-1)!.toFixed(0)} accepted a second ${told(outcome)}`,
    )
  }
  return { perSecond: median(rates), void: isVoid }
}

function refused({ accepted, statuses }: Outcome): boolean {
  const all = [...statuses.values()].reduce((sum, n) => sum + n, 0)
  return all - accepted > REFUSED_SHARE * all
}
function told({ statuses }: Outcome): string {
  return [...statuses].map(([status, count]) => `${status || 'no answer'}×${count}`).join(' ')
}

/** Durations of the evaluations since the last time this was asked, ms. */
function evaluationsOf(web: ChildProcess): Promise<number[]> {
  const { promise, resolve } = Promise.withResolvers<number[]>()
  web.once('message', (message: { evaluations: number[] }) => resolve(message.evaluations))
  web.send('take')
  return promise
}

/** Start a program of this folder; resolves with its first message. */
async function start(program: string, env: Record<string, string>) {
  const child = fork(fileURLToPath(new URL(`decisions/${program}`, import.meta.url)), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.push(child)
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>()
  child.once('message', resolve as (message: unknown) => void)
  child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)))
  return { child, said: await promise }
}

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address() as { port: number }
    probe.close(() => resolve(port))
  })
  return promise
}

function since(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(0)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
