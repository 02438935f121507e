import { newId, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { and, eq } from 'drizzle-orm'
import { repeatChanged } from '../commands/repeat-analysis.ts'
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

/** Start the runs that are due, and each night one over what changed; a second time on the same day starts none. */
export async function scheduleAnalysis(
  services: Services,
  book: IndicatorBook,
  ports: SupervisionPorts,
  trigger: Trigger,
): Promise<void> {
  const today = dayOf(services.clock.now())
  const period = trigger === 'daily' ? yesterdayOf(today) : lastMonthOf(today)
  const origin = { requestId: newId(), clientAddress: 'worker' }
  await runAs(services, systemActor('定期研判'), origin, async (ctx) => {
    await book.refresh(ctx)
    for (const [unitPath, codes] of await codesByUnit(ctx, book, ports, [trigger]))
      if (!(await isStarted(ctx, trigger, unitPath, period)))
        await createRun(ctx, { codes, period, unitPath, trigger, extent: 'due' })
    if (trigger === 'daily') await followChanges(ctx, book, ports, today)
  })
}

/** Every night what changed is judged anew, up to what the runs that are due judge in this night themselves. */
async function followChanges(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  today: string,
): Promise<void> {
  const yesterday = yesterdayOf(today).to
  const until = { daily: yesterdayOf(yesterday).to, monthly: lastMonthOf(yesterday).to }
  for (const [unitPath, codes] of await codesByUnit(ctx, book, ports, ['daily', 'monthly']))
    await repeatChanged(ctx, book, ports, unitPath, 'incremental', codes, until)
}

/** Shipped indicators judge every scheduled unit; a composed one, where it is switched on, its own. */
async function codesByUnit(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  triggers: readonly Trigger[],
): Promise<ReadonlyMap<string, string[]>> {
  const scheduled = await ports.scheduledUnits(ctx)
  const codes = new Map<string, string[]>()
  for (const { code, mode, schedule } of book.definitions) {
    if (mode !== 'post_hoc' || !schedule || !triggers.includes(schedule)) continue
    const composed = book.composed(code)
    const units = composed ? (composed.switchedOn ? [composed.unitPath] : []) : scheduled
    for (const unitPath of units) codes.set(unitPath, [...(codes.get(unitPath) ?? []), code])
  }
  return codes
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
