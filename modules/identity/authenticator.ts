/** Session cookie → actor (the `Authenticator` of platform/http). */
import { type Actor, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { type Authenticator, runAs } from '@hengjian/platform/http'
import { sm3 } from '@hengjian/sm'
import { eq } from 'drizzle-orm'
import { type Account, dueOf, entranceOf, loadAccount, permissionsOf, scopeOfAccount } from './accounts.ts'
import { csrfTokenOf } from './present.ts'
import { entryRefusal } from './rules/entry.ts'
import { isAlive } from './rules/session.ts'
import { settingsOf } from './security-settings.ts'
import { type CachedSession, recall, remember } from './session-cache.ts'
import { session, userAccount } from './tables.ts'

/** Use is written down at most once a minute. */
const TOUCH_MS = 60_000
/** Longest token anyone was ever given, with room. */
const MAX_TOKEN = 100

/** The authenticator over the session table. */
export function createAuthenticator(services: Services): Authenticator {
  return {
    csrfToken: (sessionId) => csrfTokenOf(services, sessionId),
    async authenticate(token, origin) {
      if (!token || token.length > MAX_TOKEN) return null
      const hash = sm3(token)
      const key = hash.toString('hex')
      let found = recall(services.database, key)
      if (!found) {
        found = await runAs(services, systemActor('authentication'), origin, (ctx) => loadSession(ctx, hash))
        if (!found) return null
        remember(services.database, key, found)
      }
      const now = services.clock.now()
      if (!isAlive(found, now, found.settings) || entryRefusal(found.entrance, origin.clientAddress, now))
        return null
      return found.actor
    },
  }
}

/** The session of a token's hash, marked as used; null when there is none or it has ended, which removes it. */
async function loadSession(ctx: RequestContext, tokenHash: Buffer): Promise<CachedSession | null> {
  const [row] = await ctx.db.select().from(session).where(eq(session.tokenHash, tokenHash))
  if (!row) return null
  const now = ctx.clock.now()
  const found = await loadAccount(ctx, eq(userAccount.id, row.userId))
  const settings = await settingsOf(ctx, row.unitPath)
  if (!found || !isAlive(row, now, settings)) {
    await ctx.db.delete(session).where(eq(session.id, row.id))
    return null
  }
  if (now.getTime() - row.lastSeenAt.getTime() >= TOUCH_MS)
    await ctx.db.update(session).set({ lastSeenAt: now }).where(eq(session.id, row.id))
  return {
    actor: await actorOf(ctx, found, row),
    entrance: entranceOf(found),
    settings,
    createdAt: row.createdAt,
    lastSeenAt: now,
  }
}

/** The actor of an account in a session. Until a due password change or second factor is done it holds no permission. */
export async function actorOf(
  ctx: RequestContext,
  found: Account,
  row: { id: string; steppedUpAt: Date | null },
): Promise<Actor> {
  const { account, unit } = found
  const settings = await settingsOf(ctx, account.unitPath)
  const due = dueOf(account, row.steppedUpAt, ctx.clock.now(), settings)
  return {
    kind: 'user',
    id: account.id,
    name: ctx.cipher.decrypt(account.nameEnc),
    unitId: unit.id,
    unitPath: unit.unitPath,
    scope: scopeOfAccount(account),
    permissions: new Set(due.password || due.secondFactor ? [] : await permissionsOf(ctx, account.id)),
    sessionId: row.id,
    steppedUpAt: row.steppedUpAt,
  }
}
