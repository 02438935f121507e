/** What tests of facts, lake and imports stand on: a database of their own, keys and a lake in a temporary folder. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '@hengjian/platform/config'
import { type Actor, type Origin, type Services, systemActor, systemClock } from '@hengjian/platform/context'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { openDatabase } from '@hengjian/platform/db'
import { createLake, type Lake } from '@hengjian/platform/lake'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import { pino } from 'pino'
import { factCatalogue } from '../../facts.ts'
import type { ImportPorts } from '../ports.ts'

export interface TestWorld {
  readonly services: Services
  readonly lake: Lake
  readonly database: TestDatabase
  readonly folder: string
  readonly actor: Actor
  readonly origin: Origin
  close(): Promise<void>
}

/** Services of a process over a database and a data folder. */
export function servicesOf(appUrl: string, folder: string): Services {
  const keys = loadKeys(folder)
  return {
    config: parseConfig({ DATA_DIR: folder }),
    keys,
    cipher: createCipher(keys),
    database: openDatabase(appUrl, { max: 5 }),
    log: pino({ level: 'silent' }),
    clock: systemClock,
  }
}

export async function createTestWorld(
  options: { beforeListing?: () => Promise<void> } = {},
): Promise<TestWorld> {
  const database = await createTestDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'hengjian-facts-'))
  const services = servicesOf(database.appUrl, folder)
  const lake = await createLake({
    folder: join(folder, 'lake'),
    catalogue: factCatalogue,
    database: services.database,
    ...options,
  })
  return {
    services,
    lake,
    database,
    folder,
    actor: systemActor('测试'),
    origin: { requestId: 'test', clientAddress: '127.0.0.1' },
    async close() {
      lake.close()
      await services.database.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Unit under which tests place their facts. */
export const TEST_UNIT = { unitId: '01900000-0000-7000-8000-000000000001', unitPath: '/45/4503/450302/' }

/** Institutions straight from their table; the one test unit by its code. */
export const testPorts: ImportPorts = {
  async institutionsOf(ctx, kind) {
    const { rows } = await ctx.tx.client.query<{ id: string; name: string }>(
      'SELECT id, name FROM institution WHERE kind = $1',
      [kind],
    )
    return new Map(rows.map(({ id, name }) => [name, id]))
  },
  async createInstitutions(ctx, institutions) {
    for (const { id, kind, name, unitPath, source } of institutions)
      await ctx.tx.client.query(
        `INSERT INTO institution (id, kind, name, unit_path, source, state) VALUES ($1, $2, $3, $4, $5, 'active')
         ON CONFLICT DO NOTHING`,
        [id, kind, name, unitPath, source],
      )
  },
  unitsByCode: async () => new Map([['450302', TEST_UNIT]]),
}
