/** Confirm an enrolled second factor by a code of it; that is also a step-up (PLT-13). */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { countFailure } from '../accounts.ts'
import { identityErrors } from '../errors.ts'
import { ownSession } from '../own-session.ts'
import { isLocked } from '../rules/lockout.ts'
import { acceptedStep } from '../rules/totp.ts'
import { markSteppedUp } from './step-up.ts'

export async function confirmTotp(
  ctx: RequestContext,
  input: { code: string },
): Promise<{ steppedUpUntil: string }> {
  const own = await ownSession(ctx, true)
  const { account } = own
  const now = ctx.clock.now()
  const pending = ctx.cipher.decrypt(account.totpPendingEnc)
  if (pending === null) throw new Problem(identityErrors.totp_not_enrolled)
  if (isLocked(account, now)) throw new Problem(identityErrors.wrong_code)
  const step = acceptedStep(pending, input.code, null, now)
  if (step === null) {
    await countFailure(ctx, account, 'identity.confirm-totp', 'wrong-code')
    throw new Problem(identityErrors.wrong_code)
  }
  return markSteppedUp(ctx, own, {
    action: 'identity.confirm-totp',
    change: { totpSecretEnc: account.totpPendingEnc, totpPendingEnc: null, totpLastStep: step },
  })
}
