/** `hengjian migrate`: bring the database up to date. */

import { parseConfig } from '@hengjian/platform/config'
import { adminUrlOf, migrate } from '@hengjian/server'
import type { Command } from 'commander'

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Bring the database up to date (roles, tables, policies). Safe to repeat.')
    .action(async () => {
      const config = parseConfig(process.env)
      await migrate(config, await adminUrlOf(config), console.log)
      console.log('The database is up to date.')
    })
}
