/** The one PostgreSQL of a test run: durability off, started by whoever needs it first. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPostgres, startPostgres } from '@hengjian/platform/postgres'
import { acquireLock } from '@hengjian/platform/process'

/** Long enough for another worker to start the server and migrate the template. */
const LOCK_WAIT_MS = 120_000

/** A database left for looking into, and the test file it belongs to. */
export interface KeptDatabase {
  name: string
  file: string
}

/** Runs `work` while no other worker of this run does: making the server and the template happens once. */
export async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true })
  const lock = await acquireLock(join(folder, 'lock'), { waitMs: LOCK_WAIT_MS })
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** Superuser's address of the run's server, which is started where it does not run yet. */
export async function testServer(folder: string): Promise<string> {
  const running = await findPostgres({ dataDir: folder })
  if (running) return running.adminUrl
  const postgres = await startPostgres({ dataDir: folder, durability: 'scratch' })
  // workers come and go; the global setup stops it
  postgres.release()
  return postgres.adminUrl
}

/** Stops the run's server. */
export async function stopTestServer(folder: string): Promise<void> {
  const postgres = await startPostgres({ dataDir: folder, durability: 'scratch' })
  await postgres.stop()
}

/** Notes that a database stays after the run. */
export function keep(folder: string, database: KeptDatabase) {
  appendFileSync(join(folder, 'kept'), `${JSON.stringify(database)}\n`)
}

/** Databases that stay after the run. */
export function keptDatabases(folder: string): KeptDatabase[] {
  const file = join(folder, 'kept')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as KeptDatabase)
}
