/** End the session of this call. */
import type { RequestContext } from '@hengjian/platform/context'
import { setSessionCookie } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { forgetSessions } from '../session-cache.ts'
import { session } from '../tables.ts'

export async function signOut(ctx: RequestContext): Promise<Record<string, never>> {
  const { id, sessionId } = ctx.actor
  if (sessionId !== null) await ctx.db.delete(session).where(eq(session.id, sessionId))
  await ctx.audit.record({ action: 'identity.sign-out', object: { kind: 'user', id } })
  ctx.tx.afterCommit(() => forgetSessions(ctx.database, id))
  setSessionCookie(ctx.origin, null)
  return {}
}
