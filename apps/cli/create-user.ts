/** Making an account from the command line. */
import { ensureBuiltInRoles, ensureUnits, ensureUsers, permissionCatalogue } from '@hengjian/identity'
import type { DataScope } from '@hengjian/platform/db'
import { runAs } from '@hengjian/platform/http'
import { permissionSources } from '@hengjian/server'
import { sql } from 'drizzle-orm'
import { commandActor, commandOrigin } from './actor.ts'
import { UsageError } from './options.ts'
import { makePassword } from './sample/sign-ins.ts'
import { withServices } from './with-services.ts'

/** Options of `hengjian user create`. */
export interface CreateUserOptions {
  name: string
  unit: string
  unitName?: string
  role: string[]
  scope: DataScope
  json?: boolean
}

/** Create the account and print its initial password. @throws UsageError when the name is taken */
export async function createUser(userName: string, options: CreateUserOptions): Promise<void> {
  const password = makePassword()
  const id = await withServices('user', (services) =>
    runAs(services, commandActor(), commandOrigin(), async (ctx) => {
      await ensureBuiltInRoles(ctx, permissionCatalogue(permissionSources))
      if (options.unitName)
        await ensureUnits(ctx, [
          { code: options.unit, name: options.unitName, level: 'other', parentCode: null },
        ])
      const seed = {
        userName,
        name: options.name,
        unitCode: options.unit,
        roles: options.role,
        scope: options.scope,
        password,
      }
      const { rows } = await ctx.db.execute(
        sql`SELECT 1 FROM user_account WHERE lower(user_name) = lower(${userName})`,
      )
      if (rows.length > 0) throw new UsageError(`an account ${userName} exists already`)
      const ids = await ensureUsers(ctx, [seed])
      return ids.get(userName)
    }),
  )
  if (options.json) console.log(JSON.stringify({ id, userName, password }))
  else console.log(`${userName} may sign in with the initial password ${password}`)
}
