/** The caller's own account and session, for operations on oneself. */
import type { Actor, RequestContext, Services } from '@hengjian/platform/context'
import { newId } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { runAs } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { type Account, requireAccount } from './accounts.ts'
import { session } from './tables.ts'

export type SessionRow = typeof session.$inferSelect

/** Account and session of the caller. A system actor has neither. */
export async function ownSession(
  ctx: RequestContext,
  lock = false,
): Promise<Account & { session: SessionRow }> {
  const { id, sessionId } = ctx.actor
  if (sessionId === null) throw new Problem(platformErrors.sign_in_required)
  const found = await requireAccount(ctx, id, lock)
  const [row] = await ctx.db.select().from(session).where(eq(session.id, sessionId))
  if (!row) throw new Problem(platformErrors.sign_in_required)
  return { ...found, session: row }
}

/** The caller's account read in a transaction of its own, for preparations that must hold no connection. */
export const ownAccount = (services: Services, actor: Actor): Promise<Account> =>
  runAs(services, actor, { requestId: newId(), clientAddress: '' }, (ctx) => requireAccount(ctx, actor.id))
