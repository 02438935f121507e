/** Two windows at once: indicators that count must see each other's registrations. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { factCatalogue } from '@hengjian/business'
import { aHandler, anIdNumber, aPerson, aVehicle, call } from '@hengjian/business/testing'
import { parseConfig } from '@hengjian/platform/config'
import { newId, systemClock } from '@hengjian/platform/context'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { openDatabase } from '@hengjian/platform/db'
import { createFileStore, folderStore } from '@hengjian/platform/files'
import type { ModuleManifest } from '@hengjian/platform/http'
import { createLake } from '@hengjian/platform/lake'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { composeModules, type House } from './modules.ts'
import type { AppServices } from './services.ts'

/** The connections of one process: fewer than the callers of the second test. */
const CONNECTIONS = 10

let database: TestDatabase
let services: AppServices
let house: House
let business: ModuleManifest
const dataDir = mkdtempSync(join(tmpdir(), 'hengjian-windows-'))

beforeAll(async () => {
  database = await createTestDatabase()
  const keys = loadKeys(dataDir)
  const connections = openDatabase(database.appUrl, { max: CONNECTIONS })
  services = {
    config: parseConfig({ DATA_DIR: dataDir }),
    keys,
    cipher: createCipher(keys),
    database: connections,
    log: pino({ level: 'silent' }),
    clock: systemClock,
    lake: await createLake({
      folder: join(dataDir, 'lake'),
      catalogue: factCatalogue,
      database: connections,
    }),
    files: createFileStore({
      objects: folderStore(join(dataDir, 'files')),
      temporaryFolder: join(dataDir, 'files', '.incoming'),
      keys,
      database: connections,
    }),
    jobsUrl: database.jobsUrl,
  }
  house = await composeModules(services)
  business = house.modules.find(({ name }) => name === 'business')!
})
afterAll(async () => {
  await house?.close()
  services?.lake.close()
  await services?.database.close()
  await database?.drop()
  rmSync(dataDir, { recursive: true, force: true })
})

interface Decided {
  readonly id: string
  readonly warnings: readonly { readonly code: string }[]
}

const register = (owner: ReturnType<typeof aPerson>, window = aHandler()) =>
  call<Decided>(services, business, window, 'acceptTransaction', {
    requestId: newId(),
    businessKind: 'registration',
    vehicle: aVehicle(),
    person: owner,
  })

const isHit = ({ warnings }: Decided) => warnings.some(({ code }) => code === '012001')

test('SUP-IN-012001 two windows register the 11th and 12th vehicle at once: one of them is prompted', async () => {
  const outcomes: number[] = []
  for (let round = 0; round < 6; round++) {
    const owner = aPerson({ idNumber: anIdNumber('450302', '19750315') })
    for (let vehicle = 1; vehicle <= 10; vehicle++) expect(isHit(await register(owner))).toBe(false)
    const both = await Promise.all([
      register(owner),
      register(owner, aHandler({ unitPath: '/44/4401/440103/' })),
    ])
    outcomes.push(both.filter(isHit).length)
  }
  expect(outcomes).toEqual([1, 1, 1, 1, 1, 1])
}, 60_000)

test('NFR-7 more callers at once than connections all get their answer', async () => {
  const callers = Array.from({ length: 5 * CONNECTIONS }, (_, at) =>
    register(aPerson({ idNumber: anIdNumber('450302', `19${50 + at}0101`.slice(0, 8)) })),
  )
  expect(new Set((await Promise.all(callers)).map(({ id }) => id)).size).toBe(5 * CONNECTIONS)
}, 60_000)
