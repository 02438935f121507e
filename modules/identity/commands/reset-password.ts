/** Give an account a new initial password, shown once; its sessions end. The second factor stays. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { withPreparation } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { endSessions, requireAccount } from '../accounts.ts'
import { identityErrors } from '../errors.ts'
import { noFailures } from '../rules/lockout.ts'
import { HISTORY_KEPT } from '../security-settings.ts'
import { forgetSessions } from '../session-cache.ts'
import { userAccount } from '../tables.ts'
import { type InitialPassword, makeInitialPassword } from './create-user.ts'

export const resetPassword = withPreparation(
  makeInitialPassword,
  async (
    ctx: RequestContext,
    input: { id: string },
    initial: InitialPassword,
  ): Promise<{ initialPassword: string }> => {
    const { account } = await requireAccount(ctx, input.id, true)
    // One's own is changed with the current one in hand.
    if (account.id === ctx.actor.id) throw new Problem(identityErrors.own_account)
    await ctx.db
      .update(userAccount)
      .set({
        ...noFailures,
        passwordHash: initial.hash,
        passwordHistory: [account.passwordHash, ...account.passwordHistory].slice(0, HISTORY_KEPT - 1),
        passwordChangedAt: ctx.clock.now(),
        mustChange: true,
        version: account.version + 1,
      })
      .where(eq(userAccount.id, account.id))
    const ended = await endSessions(ctx, account.id)
    await ctx.audit.record({
      action: 'identity.reset-password',
      object: { kind: 'user', id: account.id },
      after: { endedSessions: ended },
    })
    ctx.tx.afterCommit(() => forgetSessions(ctx.database, account.id))
    return { initialPassword: initial.password }
  },
)
