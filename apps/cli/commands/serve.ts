/** `hengjian serve`: run the roles of this process against a database that is already up. */

import { parseConfig } from '@hengjian/platform/config'
import type { Command } from 'commander'

export function defineServe(command: Command): void {
  command
    .option('--roles <list>', 'roles to run instead of ROLES, e.g. web,worker')
    .action(async (options: { roles?: string }) => {
      const { serve } = await import('@hengjian/server')
      await serve(parseConfig({ ...process.env, ...(options.roles ? { ROLES: options.roles } : {}) }))
    })
}
