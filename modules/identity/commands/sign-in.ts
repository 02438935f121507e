/** Sign in with user name and password (PLT-10). */
import {
  type Actor,
  newId,
  type Origin,
  type RequestContext,
  type Services,
  systemActor,
} from '@hengjian/platform/context'
import { hashPassword, passwordNeedsRehash, randomToken, verifyPassword } from '@hengjian/platform/crypto'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { contextOf, runAs, setSessionCookie, withPreparation } from '@hengjian/platform/http'
import { sm3 } from '@hengjian/sm'
import { eq, lt, or } from 'drizzle-orm'
import { type Account, byUserName, countFailure, endSessions, entranceOf, loadAccount } from '../accounts.ts'
import { acrossUnits, keepThoughRefused } from '../across-units.ts'
import { actorOf } from '../authenticator.ts'
import type { SessionView } from '../contract.ts'
import { identityErrors } from '../errors.ts'
import { presentSession } from '../present.ts'
import { entryRefusal } from '../rules/entry.ts'
import { isLocked, noFailures } from '../rules/lockout.ts'
import { LONGEST_IDLE_MINUTES, LONGEST_SESSION_HOURS, settingsOf } from '../security-settings.ts'
import { forgetSessions } from '../session-cache.ts'
import { countFailedSignIn, waitBeforeSignIn } from '../sign-in-attempts.ts'
import { session, userAccount } from '../tables.ts'

interface Credentials {
  userName: string
  password: string
}

/** What was found before the transaction opened. */
interface Verified {
  /** Hash that the password was compared with; null when there is no such user. */
  readonly against: string | null
  readonly matches: boolean
  /** The same password at today's cost, where the stored one is behind. */
  readonly renewed: string | null
}

/** Compare the password while no connection is held; an unknown user takes the same time. */
async function verify(
  services: Services,
  _actor: Actor,
  input: Credentials,
  origin: Origin,
): Promise<Verified> {
  const { userName } = input
  const { clientAddress } = origin
  const { found, attempts } = await runAs(services, systemActor('sign-in'), origin, async (ctx) => ({
    found: await loadAccount(ctx, byUserName(userName)),
    // Of the whole installation: it must not tell in which unit an account is, or whether there is one.
    attempts: (await settingsOf(ctx, '/')).signInAttempts,
  }))
  const retryAfter = waitBeforeSignIn(services, userName, clientAddress, attempts)
  if (retryAfter > 0) throw new Problem(platformErrors.too_many_requests, { retryAfter })
  const against = found?.account.passwordHash ?? null
  const matches = await verifyPassword(services.keys, input.password, against)
  if (!matches) countFailedSignIn(services, userName, clientAddress)
  const renewed =
    matches && against !== null && passwordNeedsRehash(against)
      ? await hashPassword(services.keys, input.password)
      : null
  return { against, matches, renewed }
}

export const signIn = withPreparation(
  verify,
  (ctx: RequestContext, input: Credentials, verified: Verified): Promise<SessionView> =>
    acrossUnits(ctx, async () => {
      const found = await loadAccount(ctx, byUserName(input.userName), true)
      if (!found) return refuseUnknown(ctx)
      const { account } = found
      const now = ctx.clock.now()
      if (isLocked(account, now)) return refuse(ctx, found, 'locked')
      if (!verified.matches || verified.against !== account.passwordHash) {
        await countFailure(ctx, account, 'identity.sign-in', 'wrong-password')
        throw new Problem(identityErrors.sign_in_failed)
      }
      const refusal = entryRefusal(entranceOf(found), ctx.origin.clientAddress, now)
      if (refusal) return refuse(ctx, found, refusal)
      return enter(ctx, found, verified.renewed)
    }),
)

/** A name nobody has is not written down: people type passwords into that field. */
async function refuseUnknown(ctx: RequestContext): Promise<never> {
  await ctx.audit.record({ action: 'identity.sign-in', result: 'refused', reason: 'unknown-user' })
  await keepThoughRefused(ctx)
  throw new Problem(identityErrors.sign_in_failed)
}

async function refuse(ctx: RequestContext, { account }: Account, reason: string): Promise<never> {
  await ctx.audit.record({
    action: 'identity.sign-in',
    object: { kind: 'user', id: account.id },
    result: 'refused',
    reason,
  })
  await keepThoughRefused(ctx)
  throw new Problem(identityErrors.sign_in_failed)
}

async function enter(ctx: RequestContext, found: Account, renewed: string | null): Promise<SessionView> {
  const { account } = found
  const now = ctx.clock.now()
  await ctx.db
    .update(userAccount)
    .set({ ...noFailures, lastSignedInAt: now, ...(renewed === null ? {} : { passwordHash: renewed }) })
    .where(eq(userAccount.id, account.id))
  if (account.oneSessionOnly) {
    await endSessions(ctx, account.id)
    ctx.tx.afterCommit(() => forgetSessions(ctx.database, account.id))
  } else await removeEnded(ctx, now)

  const token = randomToken()
  const row = {
    id: newId(),
    tokenHash: sm3(token),
    userId: account.id,
    unitPath: account.unitPath,
    clientAddress: ctx.origin.clientAddress,
    createdAt: now,
    lastSeenAt: now,
    steppedUpAt: null,
  }
  await ctx.db.insert(session).values(row)
  const asUser = contextOf(ctx, ctx.tx, await actorOf(ctx, found, row), ctx.origin)
  await asUser.audit.record({ action: 'identity.sign-in', object: { kind: 'user', id: account.id } })
  setSessionCookie(ctx.origin, token)
  return presentSession(ctx, found, row)
}

/** Sessions that ran out in every unit are removed by whoever signs in next. */
async function removeEnded(ctx: RequestContext, now: Date): Promise<void> {
  const idleSince = new Date(now.getTime() - LONGEST_IDLE_MINUTES * 60_000)
  const createdBefore = new Date(now.getTime() - LONGEST_SESSION_HOURS * 3_600_000)
  await ctx.db
    .delete(session)
    .where(or(lt(session.lastSeenAt, idleSince), lt(session.createdAt, createdBefore)))
}
