/** `hengjian user`: the first accounts of a new installation. Everything else is done in the console. */
import { parseConfig } from '@hengjian/platform/config'
import { type Command, Option } from 'commander'
import * as OTPAuth from 'otpauth'
import type { CreateUserOptions } from '../create-user.ts'
import { UsageError } from '../options.ts'
import { readSignIns } from '../sample/sign-ins.ts'

export function defineUser(user: Command): void {
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
    .action(async (userName: string, options: CreateUserOptions) => {
      const { createUser } = await import('../create-user.ts')
      await createUser(userName, options)
    })
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
