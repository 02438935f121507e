/** Starting, adopting and keeping alive the embedded PostgreSQL of one DATA_DIR. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { acquireLock, type FileLock, LockHeldError } from '@hengjian/platform/process'
import { findBinaries } from './binaries.ts'
import { initialise, readOrMakePassword } from './cluster.ts'
import { whoIs } from './pid-file.ts'
import { chooseWorkplace } from './run-as.ts'
import {
  adminUrlOf,
  choosePort,
  findServer,
  launchServer,
  type Server,
  type Site,
  stopServer,
} from './server.ts'
import type { Durability } from './settings.ts'

/** What `startPostgres` takes. */
export interface PostgresOptions {
  /** DATA_DIR; everything of PostgreSQL lies in its folder `postgres`. */
  dataDir: string
  /** Receives one line per event worth telling an operator. Default: silent. */
  log?: (line: string) => void
  /** How long to wait for another supervisor of this DATA_DIR to end, in ms. Default 10 000. */
  waitMs?: number
  /** `scratch` gives up durability for speed: tests only. Default `safe`. */
  durability?: Durability
  /** Settings of PostgreSQL in place of ours, e.g. `shared_buffers`: measurements only. */
  settings?: Readonly<Record<string, string>>
}

/** A supervised server. Its fields follow restarts; `port`, and so `adminUrl`, stay the same while we live. */
export interface Postgres {
  /** Superuser, database `postgres`, loopback TCP. */
  readonly adminUrl: string
  readonly pid: number
  readonly port: number
  readonly socketDir: string
  readonly password: string
  readonly dataDirectory: string
  /** True when the server was already running. */
  readonly adopted: boolean
  /** Stops supervising and the server (fast shutdown). */
  stop(): Promise<void>
  /** Stops supervising and leaves the server running for the next one to adopt. */
  release(): void
}

/** Another process supervises this DATA_DIR. */
export class AlreadySupervisedError extends Error {
  constructor(dataDir: string, cause: LockHeldError) {
    super(
      `Another Hengjian is running on ${dataDir}${cause.holder && ` (process ${cause.holder})`}. ` +
        'Stop it first, or give this one its own DATA_DIR.',
      { cause },
    )
    this.name = 'AlreadySupervisedError'
  }
}

const FIRST_BACK_OFF_MS = 250
const LONGEST_BACK_OFF_MS = 30_000
const WATCH_EVERY_MS = 250
const LOG_LIMIT_BYTES = 16 * 1024 * 1024

/**
 * Starts the PostgreSQL of a DATA_DIR, or adopts the one that a killed process left running, and restarts it
 * whenever it dies until `stop` or `release`.
 * @throws AlreadySupervisedError when another process does that and goes on for `waitMs`
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { log = () => {}, durability = 'safe' } = options
  const dataDir = resolve(options.dataDir)
  const home = join(dataDir, 'postgres')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const lock = await lockHome(home, dataDir, options.waitMs ?? 10_000)
  try {
    const password = readOrMakePassword(home)
    const workplace = chooseWorkplace(home, findBinaries(home), log)
    await initialise(workplace, password)
    const dataDirectory = join(workplace.folder, 'data')
    const site = {
      ...workplace,
      dataDirectory,
      password,
      durability,
      settings: options.settings ?? {},
      logFile: join(home, 'server.log'),
    }
    rotateLog(site.logFile)
    const found = await findServer(dataDirectory, password)
    const server = found ?? (await launchServer(site, await choosePort(recordedPort(home))))
    writeFileSync(join(home, 'port'), `${server.port}\n`, { mode: 0o600 })
    log(
      `PostgreSQL ${found ? 'was running and is adopted' : 'runs'}: process ${server.pid}, port ${server.port}`,
    )
    return supervise(site, server, found !== undefined, lock, log)
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * The running PostgreSQL of a DATA_DIR for a process that does not supervise it (a command beside the server).
 * @returns undefined when none runs
 */
export async function findPostgres({
  dataDir,
}: {
  dataDir: string
}): Promise<{ adminUrl: string; socketDir: string } | undefined> {
  const home = join(resolve(dataDir), 'postgres')
  if (!existsSync(join(home, 'password'))) return undefined
  const moved = join(home, 'location')
  const folder = existsSync(moved) ? readFileSync(moved, 'utf8').trim() : home
  const password = readOrMakePassword(home)
  const server = await findServer(join(folder, 'data'), password)
  return server && { adminUrl: adminUrlOf(server.port, password), socketDir: server.socketDir }
}

function supervise(
  site: Site,
  first: Server,
  adopted: boolean,
  lock: FileLock,
  log: (line: string) => void,
): Postgres {
  let server = first
  const ended = new AbortController()
  const watching = keepAlive()

  async function keepAlive() {
    let backOff = FIRST_BACK_OFF_MS
    let startedAt = Date.now()
    while (await pause(WATCH_EVERY_MS)) {
      const who = whoIs(server.pid, site.dataDirectory)
      if (who === 'server' || who === 'unknown') {
        if (Date.now() - startedAt > LONGEST_BACK_OFF_MS) backOff = FIRST_BACK_OFF_MS
        continue
      }
      log(`PostgreSQL (process ${server.pid}) is gone; starting it again`)
      if (!(await pause(backOff))) return
      backOff = Math.min(backOff * 2, LONGEST_BACK_OFF_MS)
      try {
        server = await launchServer(site, server.port)
        startedAt = Date.now()
        log(`PostgreSQL runs again: process ${server.pid}`)
      } catch (error) {
        log(`${(error as Error).message}\ntrying again in ${backOff / 1000} s`)
      }
    }
  }

  /** False once we are told to end. */
  async function pause(ms: number): Promise<boolean> {
    await delay(ms, undefined, { signal: ended.signal, ref: false }).catch(() => {})
    return !ended.signal.aborted
  }

  return {
    get adminUrl() {
      return adminUrlOf(server.port, site.password)
    },
    get pid() {
      return server.pid
    },
    get port() {
      return server.port
    },
    get socketDir() {
      return server.socketDir
    },
    password: site.password,
    dataDirectory: site.dataDirectory,
    adopted,
    async stop() {
      ended.abort()
      await watching
      await stopServer(server, site.folder, site.dataDirectory)
      lock.release()
    },
    release() {
      ended.abort()
      lock.release()
    },
  }
}

async function lockHome(home: string, dataDir: string, waitMs: number): Promise<FileLock> {
  try {
    return await acquireLock(join(home, 'supervisor.lock'), { waitMs })
  } catch (error) {
    if (error instanceof LockHeldError) throw new AlreadySupervisedError(dataDir, error)
    throw error
  }
}

/** Keeps one older log. A running server goes on writing into the renamed file until its next start. */
function rotateLog(file: string) {
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`)
}

function recordedPort(home: string): number | undefined {
  const file = join(home, 'port')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined
}
