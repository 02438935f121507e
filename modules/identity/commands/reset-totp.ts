/** Take the second factor off an account whose holder lost it; sessions end. Left to the security administrator. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { eq } from 'drizzle-orm'
import { endSessions, requireAccount } from '../accounts.ts'
import type { UserView } from '../contract.ts'
import { identityErrors } from '../errors.ts'
import { presentUserNow } from '../present.ts'
import { forgetSessions } from '../session-cache.ts'
import { userAccount } from '../tables.ts'

export async function resetTotp(ctx: RequestContext, input: { id: string }): Promise<UserView> {
  const { account, unit } = await requireAccount(ctx, input.id, true)
  if (account.id === ctx.actor.id) throw new Problem(identityErrors.own_account)
  const change = {
    totpSecretEnc: null,
    totpPendingEnc: null,
    totpLastStep: null,
    version: account.version + 1,
  }
  await ctx.db.update(userAccount).set(change).where(eq(userAccount.id, account.id))
  await endSessions(ctx, account.id)
  await ctx.audit.record({
    action: 'identity.reset-totp',
    object: { kind: 'user', id: account.id },
    before: { enrolled: account.totpSecretEnc !== null },
    after: { enrolled: false },
  })
  ctx.tx.afterCommit(() => forgetSessions(ctx.database, account.id))
  return presentUserNow(ctx, { account: { ...account, ...change }, unit })
}
