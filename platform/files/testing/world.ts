/** Services on a database and a folder of their own, for tests of files. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '@hengjian/platform/config'
import { newId, type Origin, type Services } from '@hengjian/platform/context'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { openDatabase } from '@hengjian/platform/db'
import type { JobContext } from '@hengjian/platform/jobs'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import pg from 'pg'
import { pino } from 'pino'

export interface FilesWorld {
  readonly folder: string
  readonly services: Services
  readonly database: TestDatabase
  /** Signed in as the database's superuser. */
  readonly admin: pg.Client
  readonly origin: Origin
  /** Change the time of day that the services see. */
  setClock(now: Date): void
  /** What a job's handler is given; `told` hears of its progress. */
  job(told?: (message: string) => void): JobContext
  close(): Promise<void>
}

export async function openFilesWorld(): Promise<FilesWorld> {
  const database = await createTestDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'hengjian-files-'))
  const keys = loadKeys(folder)
  let now: Date | null = null
  const services: Services = {
    config: parseConfig({ DATA_DIR: folder }),
    keys,
    cipher: createCipher(keys),
    database: openDatabase(database.appUrl, { max: 6 }),
    log: pino({ level: 'silent' }),
    clock: { now: () => now ?? new Date() },
  }
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  return {
    ...{ folder, services, database, admin },
    origin: { requestId: newId(), clientAddress: '127.0.0.1' },
    setClock: (instant) => {
      now = instant
    },
    job: (told) => ({
      services,
      jobId: newId(),
      attempt: 1,
      retryAt: () => null,
      signal: new AbortController().signal,
      progress: async (_done, _total, message) => told?.(message ?? ''),
      once: () => Promise.reject(new Error('not used by these jobs')),
    }),
    async close() {
      await admin.end()
      await services.database.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
