/** End all sessions of the caller, this one included. */
import type { RequestContext } from '@hengjian/platform/context'
import { setSessionCookie } from '@hengjian/platform/http'
import { endSessions } from '../accounts.ts'
import { forgetSessions } from '../session-cache.ts'

export async function signOutEverywhere(ctx: RequestContext): Promise<{ ended: number }> {
  const { id } = ctx.actor
  const ended = await endSessions(ctx, id)
  await ctx.audit.record({
    action: 'identity.sign-out-everywhere',
    object: { kind: 'user', id },
    after: { ended },
  })
  ctx.tx.afterCommit(() => forgetSessions(ctx.database, id))
  setSessionCookie(ctx.origin, null)
  return { ended }
}
