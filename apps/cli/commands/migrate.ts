/** `hengjian migrate`: bring the database up to date. */

import { parseConfig } from '@hengjian/platform/config'
import { adminUrlOf, migrate } from '@hengjian/server/database'
import type { Command } from 'commander'

export function defineMigrate(command: Command): void {
  command.action(async () => {
    const config = parseConfig(process.env)
    await migrate(config, await adminUrlOf(config), console.log)
    console.log('The database is up to date.')
  })
}
