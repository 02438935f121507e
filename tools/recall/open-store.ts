/** Facts of a sample city in a database and a lake of their own: for measuring, not for use. */
import { agentQuota, type FactName, factCatalogue, loadFacts, nonCompliantProduct } from '@hengjian/business'
import { parseConfig } from '@hengjian/platform/config'
import { type Services, systemActor, systemClock } from '@hengjian/platform/context'
import { createCipher, createCipherPool, loadKeys } from '@hengjian/platform/crypto'
import { addressesOf, migrateDatabase, openDatabase } from '@hengjian/platform/db'
import { runAs } from '@hengjian/platform/http'
import { createLake, type EngineLimits, type Lake } from '@hengjian/platform/lake'
import type { City, FactRow, FactTableName } from '@hengjian/sandbox-city'
import pg from 'pg'
import { pino } from 'pino'

const ACTOR = systemActor('sample city')
const ORIGIN = { requestId: 'sample city', clientAddress: '' }
const ROLE_PASSWORD = 'measuring'
/** Rows of one table that are loaded together; it bounds memory, and each load leaves a file for every month. */
const LOADED_TOGETHER = 100_000

/** A migrated database with its lake. */
export interface Store {
  readonly services: Services
  readonly lake: Lake
  /** Superuser's address of the database. */
  readonly adminUrl: string
  close(): Promise<void>
}

/** Where a store is. `appUrl` is left out where the database is to be made and migrated. */
export interface StoreAddress {
  /** Folder of keys and lake. */
  readonly folder: string
  readonly adminUrl: string
  readonly appUrl?: string
  readonly limits?: EngineLimits
}

/** Make a database in the server of `serverUrl` and bring it to this version's schema; answers its address. */
export async function makeDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (!rowCount) await client.query(`CREATE DATABASE ${name}`)
  } finally {
    await client.end()
  }
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

/** Open the store, migrating its database where no application address is given. */
export async function openStore({ folder, adminUrl, appUrl, limits }: StoreAddress): Promise<Store> {
  const config = parseConfig({ DATA_DIR: folder, DATABASE_URL: adminUrl, LOG_LEVEL: 'warn' })
  const keys = loadKeys(config.dataDir)
  if (!appUrl) await migrateDatabase({ adminUrl, rolePassword: ROLE_PASSWORD })
  const address = appUrl ?? addressesOf(adminUrl, ROLE_PASSWORD).appUrl
  const database = openDatabase(address, { applicationName: 'hengjian-measuring' })
  const lake = await createLake({
    folder: `${folder}/lake`,
    catalogue: factCatalogue,
    database,
    ...(limits ? { limits } : {}),
  })
  const log = pino({ name: 'measuring', level: 'warn' })
  return {
    services: { config, keys, cipher: createCipher(keys), database, log, clock: systemClock },
    lake,
    adminUrl,
    async close() {
      lake.close()
      await database.close()
    },
  }
}

/** Load the facts of a city and the lists its indicators read. Answers the number of fact rows. */
export async function loadCity(store: Store, city: City): Promise<number> {
  const { services, lake } = store
  const cipherPool = createCipherPool({ keysFile: services.keys.file, workers: 1 })
  const waiting = new Map<FactTableName, ReturnType<typeof factOf>[]>()
  let total = 0
  const flush = async (table: FactTableName) => {
    const rows = waiting.get(table) ?? []
    waiting.set(table, [])
    if (rows.length === 0) return
    await loadFacts({
      services,
      lake,
      actor: ACTOR,
      origin: ORIGIN,
      fact: table as FactName,
      source: 'sample',
      // The shape depends on the table, which only the city knows.
      rows: [rows] as never,
      batchRows: LOADED_TOGETHER,
      cipherPool,
    })
    total += rows.length
  }
  try {
    for await (const { table, rows } of city.batches()) {
      const list = waiting.get(table) ?? []
      waiting.set(table, list)
      for (const row of rows) list.push(factOf(row))
      if (list.length >= LOADED_TOGETHER) await flush(table)
    }
    for (const table of waiting.keys()) await flush(table)
  } finally {
    await cipherPool.close()
  }
  await loadLists(store, city)
  return total
}

async function loadLists({ services }: Store, { reference }: City): Promise<void> {
  await runAs(services, ACTOR, ORIGIN, async (ctx) => {
    for (const one of reference.agent_quota)
      await ctx.db
        .insert(agentQuota)
        .values({ agentId: one.agent_id, dayLimit: one.day_limit, monthLimit: one.month_limit })
    for (const { id, model, notice, valid_from } of reference.non_compliant_product)
      await ctx.db.insert(nonCompliantProduct).values({ id, model, notice, validFrom: valid_from })
  })
}

const camels = new Map<string, string>()

/** Remembered: a city asks for the same few dozen names some hundred million times. */
function camel(column: string): string {
  let name = camels.get(column)
  if (name === undefined) {
    name = column.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
    camels.set(column, name)
  }
  return name
}

/** A generated row as the loader takes it: `unit_path` → `unitPath`; personal values beside the other columns. */
export function factOf(row: FactRow): Record<string, unknown> {
  const { personal, ...columns } = row
  const fact: Record<string, unknown> = {}
  for (const [column, value] of Object.entries(columns)) fact[camel(column)] = value
  for (const [column, value] of Object.entries(personal ?? {})) fact[camel(column)] = value
  return fact
}
