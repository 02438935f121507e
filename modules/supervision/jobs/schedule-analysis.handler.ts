import { newId, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { and, eq } from 'drizzle-orm'
import { createRun } from '../commands/start-analysis.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { lastMonthOf, type Period, yesterdayOf } from '../rules/period.ts'
import { dayOf } from '../rules/working-days.ts'
import { analysisRun } from '../tables.ts'
import { scheduleDailyAnalysisJob, scheduleMonthlyAnalysisJob } from './schedule-analysis.job.ts'

type Trigger = 'daily' | 'monthly'

export const scheduleAnalysisHandlers = (book: IndicatorBook, ports: SupervisionPorts): JobHandler[] => [
  handleJob(scheduleDailyAnalysisJob, (job) => scheduleAnalysis(job.services, book, ports, 'daily')),
  handleJob(scheduleMonthlyAnalysisJob, (job) => scheduleAnalysis(job.services, book, ports, 'monthly')),
]

/** Start the runs that are due, one for each scheduled unit; a second time on the same day starts none. */
export async function scheduleAnalysis(
  services: Services,
  book: IndicatorBook,
  ports: SupervisionPorts,
  trigger: Trigger,
): Promise<void> {
  const today = dayOf(services.clock.now())
  const period = trigger === 'daily' ? yesterdayOf(today) : lastMonthOf(today)
  const codes = book.definitions
    .filter((each) => each.mode === 'post_hoc' && each.schedule === trigger)
    .map((each) => each.code)
  if (codes.length === 0) return
  const origin = { requestId: newId(), clientAddress: 'worker' }
  await runAs(services, systemActor('定期研判'), origin, async (ctx) => {
    for (const unitPath of await ports.scheduledUnits(ctx))
      if (!(await isStarted(ctx, trigger, unitPath, period)))
        await createRun(ctx, { codes, overrides: [], period, unitPath, trigger })
  })
}

async function isStarted(
  ctx: RequestContext,
  trigger: Trigger,
  unitPath: string,
  period: Period,
): Promise<boolean> {
  const rows = await ctx.db
    .select({ id: analysisRun.id })
    .from(analysisRun)
    .where(
      and(
        eq(analysisRun.trigger, trigger),
        eq(analysisRun.unitPath, unitPath),
        eq(analysisRun.periodFrom, period.from),
        eq(analysisRun.periodTo, period.to),
      ),
    )
  return rows.length > 0
}
