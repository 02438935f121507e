/** Create an account with an initial password that is shown once and must be changed. It holds no role yet. */
import { newId, type RequestContext, type Services } from '@hengjian/platform/context'
import { hashPassword } from '@hengjian/platform/crypto'
import { withPreparation } from '@hengjian/platform/http'
import type { UserView } from '../contract.ts'
import { auditOfAccount, presentUser } from '../present.ts'
import { newInitialPassword } from '../rules/password.ts'
import { userAccount } from '../tables.ts'
import { type AccountFields, assertPlausible, columnsOf, homeUnit } from './account-fields.ts'

/** A new initial password and its hash. */
export interface InitialPassword {
  readonly password: string
  readonly hash: string
}

export async function makeInitialPassword(services: Services): Promise<InitialPassword> {
  const password = newInitialPassword()
  return { password, hash: await hashPassword(services.keys, password) }
}

interface Input extends AccountFields {
  userName: string
  name: string
  unitId: string
}

export const createUser = withPreparation(
  makeInitialPassword,
  async (
    ctx: RequestContext,
    input: Input,
    initial: InitialPassword,
  ): Promise<{ user: UserView; initialPassword: string }> => {
    assertPlausible(input)
    const home = await homeUnit(ctx, input.unitId)
    const now = ctx.clock.now()
    const [account] = await ctx.db
      .insert(userAccount)
      .values({
        ...columnsOf(ctx.cipher, input),
        id: newId(),
        userName: input.userName,
        nameEnc: ctx.cipher.encrypt(input.name),
        nameDigest: ctx.cipher.digest('name', input.name)!,
        unitId: home.id,
        unitPath: home.unitPath,
        passwordHash: initial.hash,
        passwordChangedAt: now,
        mustChange: true,
        createdAt: now,
      })
      .returning()
    await ctx.audit.record({
      action: 'identity.create-user',
      object: { kind: 'user', id: account!.id },
      after: auditOfAccount(account!),
    })
    const user = await presentUser(ctx, { account: account!, unit: home }, [])
    return { user, initialPassword: initial.password }
  },
)
