/** Second thresholds by unit, inherited from above (SUP-13). */
import type { RequestContext } from '@hengjian/platform/context'
import { assertIntact } from '@hengjian/platform/guard'
import { and, eq, sql } from 'drizzle-orm'
import { pushThreshold } from './tables.ts'
import { pathsAbove } from './unit-paths.ts'

export type PushThreshold = typeof pushThreshold.$inferSelect

/** What the unit and those above it set for an indicator, from the top. An altered row throws `platform.integrity`. */
export async function secondThresholdsAbove(
  ctx: RequestContext,
  code: string,
  unitPath: string,
): Promise<PushThreshold[]> {
  const rows = await ctx.db
    .select()
    .from(pushThreshold)
    .where(
      and(
        eq(pushThreshold.code, code),
        sql`${pushThreshold.unitPath} = ANY(${sql.param(pathsAbove(unitPath))})`,
      ),
    )
    .orderBy(pushThreshold.unitPath)
  for (const row of rows) assertIntact(ctx, pushThreshold, row)
  return rows
}
