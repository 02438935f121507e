/**
 * The database before any module: where it is, made, brought up to date. A door of its own, so that supervising and
 * migrating need not load the modules.
 */
import type { Config } from '@hengjian/platform/config'
import { assertKeysFit, type Keys, loadKeys } from '@hengjian/platform/crypto'
import { migrateDatabase } from '@hengjian/platform/db'
import pg from 'pg'
import { rolePasswordOf } from './addresses.ts'

export { adminUrlOf, ensureEmbeddedDatabase } from './addresses.ts'

/**
 * Bring the database up to date with the keys of this installation.
 * @throws KeysError where it was written with others; then nothing was changed
 */
export async function migrate(config: Config, adminUrl: string, log: (line: string) => void): Promise<Keys> {
  const keys = loadKeys(config.dataDir)
  await checkKeys(adminUrl, keys)
  await migrateDatabase({ adminUrl, rolePassword: rolePasswordOf(keys), log })
  return keys
}

/**
 * Refuse keys that the database was not written with. Asked as administrator: the passwords of the application's roles
 * follow from the keys. @throws KeysError
 */
export async function checkKeys(adminUrl: string, keys: Keys): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'hengjian-keys' })
  await client.connect()
  try {
    await assertKeysFit(client, keys)
  } finally {
    await client.end()
  }
}
