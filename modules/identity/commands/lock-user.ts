/** Disable an account at once and end its sessions. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { eq } from 'drizzle-orm'
import { endSessions, requireAccount } from '../accounts.ts'
import type { UserView } from '../contract.ts'
import { identityErrors } from '../errors.ts'
import { presentUserNow } from '../present.ts'
import { forgetSessions } from '../session-cache.ts'
import { userAccount } from '../tables.ts'

export async function lockUser(
  ctx: RequestContext,
  input: { id: string; reason: string },
): Promise<UserView> {
  const { account, unit } = await requireAccount(ctx, input.id, true)
  if (account.id === ctx.actor.id) throw new Problem(identityErrors.own_account)
  const change = { state: 'disabled', version: account.version + 1 }
  await ctx.db.update(userAccount).set(change).where(eq(userAccount.id, account.id))
  const ended = await endSessions(ctx, account.id)
  await ctx.audit.record({
    action: 'identity.lock-user',
    object: { kind: 'user', id: account.id },
    before: { state: account.state },
    after: { state: 'disabled', endedSessions: ended },
    reason: input.reason,
  })
  ctx.tx.afterCommit(() => forgetSessions(ctx.database, account.id))
  return presentUserNow(ctx, { account: { ...account, ...change }, unit })
}
