/** Which cases go to the personnel and discipline system (SUP-13): those with a finding over the second threshold. */
import type { Comparison } from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import { enqueueJob } from '@hengjian/platform/jobs'
import type { SuspectCase } from '../cases/case-record.ts'
import { pushCaseJob } from '../jobs/push-case.job.ts'
import { heldSecondThreshold } from '../rules/second-threshold.ts'
import { comparedValue, crosses } from '../rules/threshold.ts'
import { secondThresholdsAbove } from '../second-thresholds.ts'
import { settingsAbove } from '../settings.ts'
import { casePush, type finding } from '../tables.ts'

type Finding = typeof finding.$inferSelect

/** The second threshold in force for the finding's unit. Null: its cases are not pushed. */
export async function secondThresholdOf(ctx: RequestContext, { code, unitPath, comparison }: Finding) {
  const rows = await secondThresholdsAbove(ctx, code, unitPath)
  if (rows.length === 0) return null
  const settings = await settingsAbove(ctx, unitPath, [code])
  return heldSecondThreshold(comparison as Comparison, rows, settings)?.value ?? null
}

/** Ask for the push of a case when one of the findings that joined it crosses the second threshold. Once for a case. */
export async function queuePush(
  ctx: RequestContext,
  row: Pick<SuspectCase, 'id' | 'unitPath'>,
  findings: readonly Finding[],
): Promise<void> {
  if (!ctx.config.discipline) return
  for (const each of findings) {
    const value = comparedValue(each)
    if (value === null || each.variant !== '' || each.smallSample) continue
    const threshold = await secondThresholdOf(ctx, each)
    if (threshold === null || !crosses(value, each.comparison, threshold)) continue
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
