/** Lift a lockout and enable the account again. */
import type { RequestContext } from '@hengjian/platform/context'
import { eq } from 'drizzle-orm'
import { requireAccount } from '../accounts.ts'
import type { UserView } from '../contract.ts'
import { presentUserNow } from '../present.ts'
import { noFailures } from '../rules/lockout.ts'
import { forgetSessions } from '../session-cache.ts'
import { userAccount } from '../tables.ts'

export async function unlockUser(ctx: RequestContext, input: { id: string }): Promise<UserView> {
  const { account, unit } = await requireAccount(ctx, input.id, true)
  const change = { ...noFailures, state: 'active', version: account.version + 1 }
  await ctx.db.update(userAccount).set(change).where(eq(userAccount.id, account.id))
  await ctx.audit.record({
    action: 'identity.unlock-user',
    object: { kind: 'user', id: account.id },
    before: { state: account.state, lockedUntil: account.lockedUntil },
    after: { state: 'active', lockedUntil: null },
  })
  ctx.tx.afterCommit(() => forgetSessions(ctx.database, account.id))
  return presentUserNow(ctx, { account: { ...account, ...change }, unit })
}
