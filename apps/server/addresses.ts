/** Where the database is: the embedded PostgreSQL of DATA_DIR, or the one of DATABASE_URL. */

import type { Config } from '@hengjian/platform/config'
import type { Keys } from '@hengjian/platform/crypto'
import { findPostgres } from '@hengjian/platform/postgres'
import { hmacSm3 } from '@hengjian/sm'
import pg from 'pg'

/** Database of the installation inside the embedded server. */
const EMBEDDED_DATABASE = 'hengjian'

/** Password of the application's database roles; follows from the installation's keys and is stored nowhere else. */
export const rolePasswordOf = (keys: Keys): string =>
  Buffer.from(hmacSm3(keys.nodeKey, Buffer.from('database roles'))).toString('hex')

/** Owner's address for migrations. Throws when the embedded server is not running. */
export async function adminUrlOf(config: Config): Promise<string> {
  if (config.databaseUrl) return config.databaseUrl
  const found = await findPostgres({ dataDir: config.dataDir })
  if (!found)
    throw new Error(
      `no PostgreSQL runs for ${config.dataDir}: start it with "hengjian start", or set DATABASE_URL`,
    )
  return throughSocket(inDatabase(found.adminUrl), found.socketDir, config.dataDir)
}

/**
 * By the socket in DATA_DIR, which costs less than TCP. A socket elsewhere (its path was too long) may move when
 * PostgreSQL is restarted; then TCP, whose port stays.
 */
export function throughSocket(url: string, socketDir: string, dataDir: string): string {
  if (!socketDir.startsWith(dataDir)) return url
  const address = new URL(url)
  address.searchParams.set('host', socketDir)
  return address.href
}

/** Create the installation's database in the embedded server if it is not there yet; answers its address. */
export async function ensureEmbeddedDatabase(serverUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
      EMBEDDED_DATABASE,
    ])
    if (!rowCount) await client.query(`CREATE DATABASE ${EMBEDDED_DATABASE}`)
  } finally {
    await client.end()
  }
  return inDatabase(serverUrl)
}

function inDatabase(serverUrl: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${EMBEDDED_DATABASE}`
  return url.href
}
