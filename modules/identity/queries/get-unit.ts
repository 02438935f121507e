/** One unit; open to every signed-in user. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { eq } from 'drizzle-orm'
import type { UnitView } from '../contract.ts'
import { presentUnit } from '../present.ts'
import { unit } from '../tables.ts'
import { hasChildren } from '../units.ts'

export async function getUnit(ctx: RequestContext, input: { id: string }): Promise<UnitView> {
  const [row] = await ctx.db.select().from(unit).where(eq(unit.id, input.id))
  if (!row) throw new Problem(platformErrors.not_found)
  return presentUnit(row, await hasChildren(ctx, row.id))
}
