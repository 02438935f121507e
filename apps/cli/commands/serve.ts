/** `hengjian serve`: run the roles of this process against a database that is already up. */

import { parseConfig } from '@hengjian/platform/config'
import { serve } from '@hengjian/server'
import type { Command } from 'commander'

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Run the roles named in ROLES (default web,worker) until told to stop')
    .option('--roles <list>', 'roles to run instead of ROLES, e.g. web,worker')
    .action(async (options: { roles?: string }) => {
      await serve(parseConfig({ ...process.env, ...(options.roles ? { ROLES: options.roles } : {}) }))
    })
}
