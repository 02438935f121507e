/** Change an account. Moving it to another unit, or disabling it, ends its sessions. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { updateGuarded } from '@hengjian/platform/guard'
import { eq } from 'drizzle-orm'
import { endSessions, requireAccount } from '../accounts.ts'
import type { UserView } from '../contract.ts'
import { identityErrors } from '../errors.ts'
import { auditOfAccount, presentUserNow } from '../present.ts'
import { forgetSessions } from '../session-cache.ts'
import { userAccount, userRole } from '../tables.ts'
import { type AccountFields, assertPlausible, columnsOf, homeUnit } from './account-fields.ts'

interface Input extends AccountFields {
  id: string
  version: number
  unitId?: string | undefined
  state?: 'active' | 'disabled' | undefined
}

/** Fields whose values the audit log must not hold; it says that they changed. */
const PERSONAL = ['name', 'idNumber', 'mobile'] as const

export async function updateUser(ctx: RequestContext, input: Input): Promise<UserView> {
  const { account, unit } = await requireAccount(ctx, input.id, true)
  if (account.version !== input.version) throw new Problem(platformErrors.conflict)
  if (input.state === 'disabled' && account.id === ctx.actor.id) throw new Problem(identityErrors.own_account)
  assertPlausible({ validFrom: account.validFrom, validUntil: account.validUntil, ...definedOf(input) })
  const moved = input.unitId !== undefined && input.unitId !== account.unitId
  const home = moved ? await homeUnit(ctx, input.unitId!) : unit

  const [after] = await ctx.db
    .update(userAccount)
    .set({
      ...columnsOf(ctx.cipher, input),
      ...(input.state === undefined ? {} : { state: input.state }),
      unitId: home.id,
      unitPath: home.unitPath,
      version: account.version + 1,
    })
    .where(eq(userAccount.id, account.id))
    .returning()
  const lastAuditId = await ctx.audit.record({
    action: 'identity.update-user',
    object: { kind: 'user', id: account.id },
    before: auditOfAccount(account),
    after: { ...auditOfAccount(after!), changed: PERSONAL.filter((field) => input[field] !== undefined) },
  })
  if (moved) {
    const held = await ctx.db.select().from(userRole).where(eq(userRole.userId, account.id))
    for (const row of held) await updateGuarded(ctx, userRole, row, { unitPath: home.unitPath, lastAuditId })
  }
  if (moved || after!.state !== 'active') await endSessions(ctx, account.id)
  ctx.tx.afterCommit(() => forgetSessions(ctx.database, account.id))
  return presentUserNow(ctx, { account: after!, unit: home })
}

const definedOf = (input: Input): AccountFields =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
