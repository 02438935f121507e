/** Change a unit's name, level, local regions, validity or state. Its code and place never change here. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { and, eq } from 'drizzle-orm'
import { requireReach } from '../accounts.ts'
import type { UnitLevel, UnitView } from '../contract.ts'
import { identityErrors } from '../errors.ts'
import { presentUnit } from '../present.ts'
import { forgetSessions } from '../session-cache.ts'
import { unit, userAccount } from '../tables.ts'
import { forgetRegions, hasChildren } from '../units.ts'

interface Input {
  id: string
  name?: string | undefined
  level?: UnitLevel | undefined
  localRegions?: string[] | undefined
  validFrom?: string | null | undefined
  validUntil?: string | null | undefined
  state?: 'active' | 'closed' | undefined
}

export async function updateUnit(ctx: RequestContext, { id, ...change }: Input): Promise<UnitView> {
  const [before] = await ctx.db.select().from(unit).where(eq(unit.id, id))
  if (!before) throw new Problem(platformErrors.not_found)
  requireReach(ctx, before.unitPath)
  const validFrom = change.validFrom === undefined ? before.validFrom : change.validFrom
  const validUntil = change.validUntil === undefined ? before.validUntil : change.validUntil
  if (validFrom && validUntil && validUntil < validFrom) throw new Problem(identityErrors.validity_reversed)
  if (change.state === 'closed' && before.state !== 'closed') await assertUnused(ctx, id)

  const [after] = await ctx.db
    .update(unit)
    .set({ ...change, validFrom, validUntil })
    .where(eq(unit.id, id))
    .returning()
  await ctx.audit.record({ action: 'identity.update-unit', object: { kind: 'unit', id }, before, after })
  ctx.tx.afterCommit(() => {
    forgetRegions(ctx.database)
    forgetSessions(ctx.database)
  })
  return presentUnit(after!, await hasChildren(ctx, id))
}

async function assertUnused(ctx: RequestContext, id: string): Promise<void> {
  const below = await ctx.db
    .select({ id: unit.id })
    .from(unit)
    .where(and(eq(unit.parentId, id), eq(unit.state, 'active')))
    .limit(1)
  const users = await ctx.db
    .select({ id: userAccount.id })
    .from(userAccount)
    .where(and(eq(userAccount.unitId, id), eq(userAccount.state, 'active')))
    .limit(1)
  if (below.length + users.length > 0) throw new Problem(identityErrors.unit_in_use)
}
