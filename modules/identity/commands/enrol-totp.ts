/** Begin to enrol a second factor (PLT-13): a secret is shown, and counts once a code of it was given. */
import type { Actor, RequestContext, Services } from '@hengjian/platform/context'
import { verifyPassword } from '@hengjian/platform/crypto'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { withPreparation } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { countFailure } from '../accounts.ts'
import { identityErrors } from '../errors.ts'
import { ownAccount, ownSession } from '../own-session.ts'
import { isLocked } from '../rules/lockout.ts'
import { steppedUpUntil } from '../rules/session.ts'
import { newTotpSecret, totpUri } from '../rules/totp.ts'
import { userAccount } from '../tables.ts'

interface Input {
  currentPassword: string
}
interface Prepared {
  readonly against: string
  readonly matches: boolean
}

async function prepare(services: Services, actor: Actor, input: Input): Promise<Prepared> {
  const { account } = await ownAccount(services, actor)
  const against = account.passwordHash
  return { against, matches: await verifyPassword(services.keys, input.currentPassword, against) }
}

export const enrolTotp = withPreparation(
  prepare,
  async (
    ctx: RequestContext,
    _input: Input,
    prepared: Prepared,
  ): Promise<{ secret: string; uri: string }> => {
    const { account, session } = await ownSession(ctx, true)
    const now = ctx.clock.now()
    if (isLocked(account, now)) throw new Problem(identityErrors.wrong_password)
    if (prepared.against !== account.passwordHash) throw new Problem(platformErrors.conflict)
    if (!prepared.matches) {
      await countFailure(ctx, account, 'identity.enrol-totp', 'wrong-password')
      throw new Problem(identityErrors.wrong_password)
    }
    // Who replaces a factor must hold the one before.
    if (account.totpSecretEnc !== null && steppedUpUntil(session.steppedUpAt, now) === null)
      throw new Problem(platformErrors.step_up_required)

    const secret = newTotpSecret()
    await ctx.db
      .update(userAccount)
      .set({ totpPendingEnc: ctx.cipher.encrypt(secret) })
      .where(eq(userAccount.id, account.id))
    await ctx.audit.record({ action: 'identity.enrol-totp', object: { kind: 'user', id: account.id } })
    return { secret, uri: totpUri(secret, account.userName) }
  },
)
