import { newId, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { eq } from 'drizzle-orm'
import { sendCase } from '../discipline/send-case.ts'
import { casePush, finding, suspectCase } from '../tables.ts'
import { pushCaseJob } from './push-case.job.ts'

export const pushCaseHandler = (): JobHandler =>
  handleJob(pushCaseJob, ({ services, signal }, { caseId }) => pushCase(services, caseId, signal))

/**
 * One attempt. Nothing is held open while the other side is asked. A case that was delivered is left alone; one whose
 * delivery was not noted is sent again under the same key, which the other side takes once.
 */
export async function pushCase(services: Services, caseId: string, signal: AbortSignal): Promise<void> {
  const { discipline } = services.config
  if (!discipline) throw new Error('the discipline system is not configured')
  const as = <T>(work: (ctx: RequestContext) => Promise<T>) =>
    runAs(services, systemActor('队伍管理系统推送'), { requestId: newId(), clientAddress: 'worker' }, work)
  const content = await as((ctx) => contentOf(ctx, caseId))
  if (content === null) return
  const note = (change: Partial<typeof casePush.$inferInsert>) =>
    as(async (ctx) => {
      const [push] = await ctx.db.select().from(casePush).where(eq(casePush.caseId, caseId)).for('update')
      const attempts = push!.attempts + 1
      await ctx.db
        .update(casePush)
        .set({ ...change, attempts })
        .where(eq(casePush.caseId, caseId))
      await ctx.audit.record({
        action: 'supervision.push-case',
        object: { kind: 'suspect_case', id: caseId },
        after: { ...change, attempts },
        ...(change.lastError ? { result: 'failed' as const } : {}),
      })
    })
  try {
    const receipt = await sendCase(discipline, caseId, content, { now: () => services.clock.now(), signal })
    await note({ state: 'delivered', receipt, deliveredAt: services.clock.now(), lastError: null })
  } catch (error) {
    await note({ state: 'failing', lastError: (error as Error).message })
    throw error
  }
}

/** What is sent: numbers, codes and the finding that crossed; no personal data. Null when it was delivered before. */
async function contentOf(ctx: RequestContext, caseId: string) {
  const [push] = await ctx.db.select().from(casePush).where(eq(casePush.caseId, caseId))
  if (!push || push.state === 'delivered') return null
  const [row] = await ctx.db.select().from(suspectCase).where(eq(suspectCase.id, caseId))
  const [crossed] = await ctx.db.select().from(finding).where(eq(finding.id, push.findingId))
  return {
    caseId,
    number: row!.number,
    unitPath: row!.unitPath,
    indicator: crossed!.code,
    indicatorTitle: crossed!.title,
    subjectKind: crossed!.subjectKind,
    measured: crossed!.measured,
    deviation: crossed!.deviation,
    threshold: crossed!.threshold,
    secondThreshold: push.threshold,
    periodFrom: crossed!.periodFrom,
    periodTo: crossed!.periodTo,
    openedAt: row!.openedAt.toISOString(),
    dueAt: row!.dueAt.toISOString(),
  }
}
