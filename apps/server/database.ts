/**
 * The database before any module: where it is, made, brought up to date. A door of its own, so that supervising and
 * migrating need not load the modules.
 */
import type { Config } from '@hengjian/platform/config'
import { type Keys, loadKeys } from '@hengjian/platform/crypto'
import { migrateDatabase } from '@hengjian/platform/db'
import { rolePasswordOf } from './addresses.ts'

export { adminUrlOf, ensureEmbeddedDatabase } from './addresses.ts'

/** Bring the database up to date with the keys of this installation. */
export async function migrate(config: Config, adminUrl: string, log: (line: string) => void): Promise<Keys> {
  const keys = loadKeys(config.dataDir)
  await migrateDatabase({ adminUrl, rolePassword: rolePasswordOf(keys), log })
  return keys
}
