import { newId, type Services, systemActor } from '@hengjian/platform/context'
import { updateGuarded } from '@hengjian/platform/guard'
import { runAs } from '@hengjian/platform/http'
import { handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { and, eq, lt } from 'drizzle-orm'
import { type FindingState, nextFinding } from '../lifecycle.ts'
import { dayOf } from '../rules/working-days.ts'
import { finding } from '../tables.ts'
import { reopenFindingsJob } from './reopen-findings.job.ts'

const BATCH = 500

export const reopenFindingsHandler = (): JobHandler =>
  handleJob(reopenFindingsJob, (job) => reopenFindings(job.services))

/** A suppression ends with its last day: the finding is open again, with its reason kept. */
export async function reopenFindings(services: Services): Promise<void> {
  for (let found = BATCH; found === BATCH; ) {
    const origin = { requestId: newId(), clientAddress: 'worker' }
    found = await runAs(services, systemActor('屏蔽时限'), origin, async (ctx) => {
      const rows = await ctx.db
        .select()
        .from(finding)
        .where(and(eq(finding.state, 'suppressed'), lt(finding.suppressedUntil, dayOf(ctx.clock.now()))))
        .limit(BATCH)
        .for('update', { skipLocked: true })
      if (rows.length === 0) return 0
      const lastAuditId = await ctx.audit.record({
        action: 'supervision.reopen-findings',
        after: { findings: rows.map((row) => row.id) },
      })
      for (const row of rows) {
        const state = nextFinding(row.state as FindingState, 'REOPEN')!
        await updateGuarded(ctx, finding, row, { state, lastAuditId })
      }
      return rows.length
    })
  }
}
