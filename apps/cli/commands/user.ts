/** `hengjian user`: the first accounts of a new installation. Everything else is done in the console. */
import { ensureBuiltInRoles, ensureUnits, ensureUsers, permissionCatalogue } from '@hengjian/identity'
import { parseConfig } from '@hengjian/platform/config'
import type { DataScope } from '@hengjian/platform/db'
import { runAs } from '@hengjian/platform/http'
import { permissionSources } from '@hengjian/server'
import { type Command, Option } from 'commander'
import { sql } from 'drizzle-orm'
import * as OTPAuth from 'otpauth'
import { commandActor, commandOrigin, UsageError } from '../options.ts'
import { readSignIns } from '../sample/load-sample.ts'
import { makePassword } from '../sample/sign-ins.ts'
import { withServices } from '../with-services.ts'

interface CreateOptions {
  name: string
  unit: string
  unitName?: string
  role: string[]
  scope: DataScope
  json?: boolean
}

export function addUser(program: Command): void {
  const user = program.command('user').description('Accounts, for the first steps of a new installation')
  user
    .command('create')
    .description('Create an account with an initial password, which must be changed at first sign-in')
    .argument('<user-name>')
    .requiredOption('--name <name>', "the person's name")
    .requiredOption('--unit <code>', 'code of the unit')
    .option('--unit-name <name>', 'create the unit under this name as a root when it does not exist')
    .requiredOption(
      '--role <code...>',
      'roles, e.g. system_administrator, security_administrator, audit_administrator',
    )
    .addOption(
      new Option('--scope <scope>', 'whose records the account sees')
        .choices(['own', 'unit', 'unit_and_below', 'all'])
        .default('unit_and_below'),
    )
    .option('--json', 'print the result as JSON')
    .action(create)
  user
    .command('code')
    .description('Print the second factor of a sample account (their secrets are kept beside the sample)')
    .argument('<user-name>')
    .action((userName: string) => {
      const account = readSignIns(parseConfig(process.env).dataDir).find((one) => one.userName === userName)
      if (!account?.totpSecret) throw new UsageError(`${userName} is no sample account with a second factor`)
      console.log(new OTPAuth.TOTP({ secret: OTPAuth.Secret.fromBase32(account.totpSecret) }).generate())
    })
}

async function create(userName: string, options: CreateOptions): Promise<void> {
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
