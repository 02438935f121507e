/** Which cases go to the personnel and discipline system (SUP-13): those with a finding over the second threshold. */
import type { RequestContext } from '@hengjian/platform/context'
import { assertIntact } from '@hengjian/platform/guard'
import { enqueueJob } from '@hengjian/platform/jobs'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { SuspectCase } from '../cases/case-record.ts'
import { pushCaseJob } from '../jobs/push-case.job.ts'
import { casePush, type finding, pushThreshold } from '../tables.ts'
import { pathsAbove } from '../unit-paths.ts'

type Finding = typeof finding.$inferSelect

/** The second threshold in force for a unit: that of the nearest unit which says one. Null: cases are not pushed. */
async function secondThresholdOf(
  ctx: RequestContext,
  code: string,
  unitPath: string,
): Promise<number | null> {
  const [row] = await ctx.db
    .select()
    .from(pushThreshold)
    .where(
      and(
        eq(pushThreshold.code, code),
        sql`${pushThreshold.unitPath} = ANY(${sql.param(pathsAbove(unitPath))})`,
      ),
    )
    .orderBy(desc(sql`length(${pushThreshold.unitPath})`))
    .limit(1)
  if (row) assertIntact(ctx, pushThreshold, row)
  return row?.value ?? null
}

const crosses: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
  '<': (value, threshold) => value < threshold,
  '<=': (value, threshold) => value <= threshold,
}

/** Ask for the push of a case when one of the findings that joined it crosses the second threshold. Once for a case. */
export async function queuePush(
  ctx: RequestContext,
  row: Pick<SuspectCase, 'id' | 'unitPath'>,
  findings: readonly Finding[],
): Promise<void> {
  if (!ctx.config.discipline) return
  for (const each of findings) {
    const value = each.deviation ?? each.measured
    if (value === null || each.variant !== '' || each.smallSample) continue
    const threshold = await secondThresholdOf(ctx, each.code, each.unitPath)
    if (threshold === null || !crosses[each.comparison]!(value, threshold)) continue
    const queued = await ctx.db
      .insert(casePush)
      .values({
        caseId: row.id,
        unitPath: row.unitPath,
        findingId: each.id,
        threshold,
        state: 'queued',
        queuedAt: ctx.clock.now(),
        attempts: 0,
      })
      .onConflictDoNothing()
      .returning({ caseId: casePush.caseId })
    if (queued.length === 0) return
    await ctx.audit.record({
      action: 'supervision.queue-case-push',
      object: { kind: 'suspect_case', id: row.id },
      after: { code: each.code, value, threshold },
    })
    return enqueueJob(ctx, pushCaseJob, { caseId: row.id })
  }
}
