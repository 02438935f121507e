/** Change one's own password (PLT-10). Other sessions end. */
import { type Actor, newId, type RequestContext, type Services } from '@hengjian/platform/context'
import { hashPassword, verifyPassword } from '@hengjian/platform/crypto'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { runAs, withPreparation } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { countFailure, endSessions } from '../accounts.ts'
import type { SessionView } from '../contract.ts'
import { identityErrors } from '../errors.ts'
import { ownAccount, ownSession } from '../own-session.ts'
import { presentSession } from '../present.ts'
import { isLocked, noFailures } from '../rules/lockout.ts'
import { passwordFaults } from '../rules/password.ts'
import { HISTORY_KEPT, settingsOf } from '../security-settings.ts'
import { forgetSessions } from '../session-cache.ts'
import { userAccount } from '../tables.ts'

interface Passwords {
  currentPassword: string
  newPassword: string
}

interface Prepared {
  readonly against: string
  readonly matches: boolean
  readonly faults: readonly string[]
  readonly reused: boolean
  readonly hash: string | null
}

/** All comparing and stretching, while no connection is held. */
async function prepare(services: Services, actor: Actor, input: Passwords): Promise<Prepared> {
  const { account } = await ownAccount(services, actor)
  const against = account.passwordHash
  const matches = await verifyPassword(services.keys, input.currentPassword, against)
  const settings = await runAs(services, actor, { requestId: newId(), clientAddress: '' }, (ctx) =>
    settingsOf(ctx, account.unitPath),
  )
  const faults = passwordFaults(input.newPassword, account.userName, settings)
  const former = [against, ...account.passwordHistory].slice(0, settings.passwordHistory)
  const reused = matches && faults.length === 0 && (await isOneOf(services, input.newPassword, former))
  const usable = matches && faults.length === 0 && !reused
  return {
    against,
    matches,
    faults,
    reused,
    hash: usable ? await hashPassword(services.keys, input.newPassword) : null,
  }
}

async function isOneOf(services: Services, password: string, hashes: readonly string[]): Promise<boolean> {
  for (const hash of hashes) if (await verifyPassword(services.keys, password, hash)) return true
  return false
}

export const changePassword = withPreparation(
  prepare,
  async (ctx: RequestContext, _input: Passwords, prepared: Prepared): Promise<SessionView> => {
    const own = await ownSession(ctx, true)
    const { account } = own
    const now = ctx.clock.now()
    if (isLocked(account, now)) throw new Problem(identityErrors.wrong_password)
    if (prepared.against !== account.passwordHash) throw new Problem(platformErrors.conflict)
    if (!prepared.matches) {
      await countFailure(ctx, account, 'identity.change-password', 'wrong-password')
      throw new Problem(identityErrors.wrong_password, {
        issues: [{ path: 'currentPassword', message: identityErrors.wrong_password.title }],
      })
    }
    if (prepared.hash === null) throw refusalOf(prepared)

    const change = {
      passwordHash: prepared.hash,
      passwordHistory: [account.passwordHash, ...account.passwordHistory].slice(0, HISTORY_KEPT - 1),
      passwordChangedAt: now,
      mustChange: false,
      ...noFailures,
      version: account.version + 1,
    }
    await ctx.db.update(userAccount).set(change).where(eq(userAccount.id, account.id))
    const ended = await endSessions(ctx, account.id, own.session.id)
    await ctx.audit.record({
      action: 'identity.change-password',
      object: { kind: 'user', id: account.id },
      after: { endedSessions: ended },
    })
    ctx.tx.afterCommit(() => forgetSessions(ctx.database, account.id))
    return presentSession(ctx, { ...own, account: { ...account, ...change } }, own.session)
  },
)

function refusalOf({ faults, reused }: Prepared): Problem {
  const entry = reused ? identityErrors.reused_password : identityErrors.weak_password
  const messages = reused ? [entry.title] : faults
  return new Problem(entry, { issues: messages.map((message) => ({ path: 'newPassword', message })) })
}
