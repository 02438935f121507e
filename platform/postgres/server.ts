/** One running server: found alive or started, asked whether it is ready, stopped. */
import { closeSync, openSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning } from '@hengjian/platform/process'
import pg from 'pg'
import { chooseSocketDir, SUPERUSER } from './cluster.ts'
import { readPidFile, whoIs } from './pid-file.ts'
import { spawnAs, type Workplace } from './run-as.ts'
import { type Durability, serverArguments } from './settings.ts'

/** A live server of one data directory. */
export interface Server {
  pid: number
  port: number
  socketDir: string
}

/** All that starting needs to know. */
export interface Site extends Workplace {
  /** `folder/data`. */
  dataDirectory: string
  password: string
  logFile: string
  durability: Durability
  /** Settings in place of ours. */
  settings: Readonly<Record<string, string>>
}

/** A server killed a moment ago may still be leaving: its backends hold the shared memory, the pid file its place. */
const RETRY_AFTER_KILL_MS = 10_000
/** Replaying the log after a crash takes its time; the process is watched meanwhile. */
const RECOVERY_LIMIT_MS = 15 * 60_000
/** SQLSTATE invalid_password. */
const WRONG_PASSWORD = '28P01'
/** A fast shutdown writes a checkpoint. */
const STOP_LIMIT_MS = 15_000

/** Address of the superuser, over loopback TCP. */
export function adminUrlOf(port: number, password: string, database = 'postgres'): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

/** The server that `postmaster.pid` names, once it answers; undefined when none runs. */
export async function findServer(dataDirectory: string, password: string): Promise<Server | undefined> {
  const deadline = Date.now() + RECOVERY_LIMIT_MS
  while (Date.now() < deadline) {
    const file = readPidFile(dataDirectory)
    if (!file) return undefined
    const who = whoIs(file.pid, dataDirectory)
    if (who === 'none' || who === 'other') return undefined
    if (await answers(file.port, password, dataDirectory)) return file
    if (who === 'unknown') return undefined
    await delay(100)
  }
  return undefined
}

/**
 * Starts the server detached, so that it outlives us, and waits until it answers.
 * @throws when it does not start within 10 s of attempts, with the end of its log
 */
export async function launchServer(site: Site, port: number): Promise<Server> {
  const deadline = Date.now() + RETRY_AFTER_KILL_MS
  for (;;) {
    const server = await tryLaunch(site, port)
    if (server) return server
    const other = await findServer(site.dataDirectory, site.password)
    if (other) return other
    if (Date.now() > deadline) throw new Error(`PostgreSQL does not start:\n${endOf(site.logFile)}`)
    await delay(300)
  }
}

async function tryLaunch(site: Site, port: number): Promise<Server | undefined> {
  const socketDir = chooseSocketDir(site)
  const log = openSync(site.logFile, 'a', 0o600)
  const args = ['-D', site.dataDirectory, ...serverArguments(site, port, socketDir)]
  const child = spawnAs(site.runAs, 'postgres', args, {
    cwd: site.folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: strangersPid(site.dataDirectory),
  })
  closeSync(log)
  let ended = false
  child.once('exit', () => (ended = true))
  child.once('error', () => (ended = true))
  child.unref()
  const deadline = Date.now() + RECOVERY_LIMIT_MS
  while (!ended && Date.now() < deadline) {
    if (child.pid && (await answers(port, site.password, site.dataDirectory)))
      return { pid: child.pid, port, socketDir }
    await delay(30)
  }
  if (socketDir !== site.folder) rmSync(socketDir, { recursive: true, force: true })
  return undefined
}

/**
 * After a reboot the pid in the file may belong to a stranger, and PostgreSQL would refuse for ever. We never delete
 * the file; where the system proves that the process is another, PostgreSQL is told to disregard that number (as it
 * does its own ancestors'). It still checks the shared memory for live backends.
 */
function strangersPid(dataDirectory: string): Record<string, string> {
  const file = readPidFile(dataDirectory)
  if (!file) return {}
  const who = whoIs(file.pid, dataDirectory)
  return who === 'other' || who === 'none' ? { PG_GRANDPARENT_PID: String(file.pid) } : {}
}

/**
 * True when a server at `port` accepts the password and serves exactly this data directory.
 * @throws when a server there refuses the password: waiting would not help
 */
async function answers(port: number, password: string, dataDirectory: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: adminUrlOf(port, password),
    connectionTimeoutMillis: 2000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
    return realpathSync(rows[0]!.data_directory) === realpathSync(dataDirectory)
  } catch (error) {
    if ((error as { code?: string }).code !== WRONG_PASSWORD) return false
    throw new Error(
      `The PostgreSQL at port ${port} refuses the password kept beside ${dataDirectory}. ` +
        `Was the file "password" replaced, or does another server use that port?`,
      { cause: error },
    )
  } finally {
    await client.end().catch(() => {})
  }
}

/** Fast shutdown: open transactions roll back, a checkpoint is written; after 15 s the immediate one. */
export async function stopServer(
  { pid, socketDir }: Server,
  folder: string,
  dataDirectory: string,
): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    const who = whoIs(pid, dataDirectory)
    if (who === 'none' || who === 'other') break
    process.kill(pid, signal)
    const deadline = Date.now() + STOP_LIMIT_MS
    while (isRunning(pid) && Date.now() < deadline) await delay(25)
  }
  if (socketDir && socketDir !== folder) rmSync(socketDir, { recursive: true, force: true })
}

/** `preferred` if nobody listens there, else any free port of the loopback address. */
export async function choosePort(preferred: number | undefined): Promise<number> {
  if (preferred && (await isFree(preferred))) return preferred
  return listenOnce(0)
}

async function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  )
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      const taken = typeof address === 'object' && address ? address.port : port
      server.close(() => resolve(taken))
    })
  })
}

function endOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n')
  } catch {
    return `(no log in ${file})`
  }
}
