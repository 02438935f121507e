/** Give the second factor in this session (PLT-13). A code counts once. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { eq } from 'drizzle-orm'
import { type Account, countFailure } from '../accounts.ts'
import { identityErrors } from '../errors.ts'
import { ownSession, type SessionRow } from '../own-session.ts'
import { isLocked, noFailures } from '../rules/lockout.ts'
import { STEP_UP_MINUTES } from '../rules/session.ts'
import { acceptedStep } from '../rules/totp.ts'
import { forgetSessions } from '../session-cache.ts'
import { session, userAccount } from '../tables.ts'

export async function stepUp(
  ctx: RequestContext,
  input: { code: string },
): Promise<{ steppedUpUntil: string }> {
  const own = await ownSession(ctx, true)
  const { account } = own
  const now = ctx.clock.now()
  const secret = ctx.cipher.decrypt(account.totpSecretEnc)
  if (secret === null) throw new Problem(identityErrors.totp_not_enrolled)
  if (isLocked(account, now)) throw new Problem(identityErrors.wrong_code)
  const step = acceptedStep(secret, input.code, account.totpLastStep, now)
  if (step === null) {
    await countFailure(ctx, account, 'identity.step-up', 'wrong-code')
    throw new Problem(identityErrors.wrong_code)
  }
  return markSteppedUp(ctx, own, { action: 'identity.step-up', change: { totpLastStep: step } })
}

/** Write that the factor was given now, with what else changes on the account. */
export async function markSteppedUp(
  ctx: RequestContext,
  own: Account & { session: SessionRow },
  { action, change }: { action: string; change: Partial<typeof userAccount.$inferInsert> },
): Promise<{ steppedUpUntil: string }> {
  const now = ctx.clock.now()
  const { id } = own.account
  await ctx.db
    .update(userAccount)
    .set({ ...change, ...noFailures })
    .where(eq(userAccount.id, id))
  await ctx.db.update(session).set({ steppedUpAt: now }).where(eq(session.id, own.session.id))
  await ctx.audit.record({ action, object: { kind: 'user', id } })
  ctx.tx.afterCommit(() => forgetSessions(ctx.database, id))
  return { steppedUpUntil: new Date(now.getTime() + STEP_UP_MINUTES * 60_000).toISOString() }
}
