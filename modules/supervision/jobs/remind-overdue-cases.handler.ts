import { notify } from '@hengjian/notifications'
import { newId, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { and, asc, isNull, lte, ne, type SQL } from 'drizzle-orm'
import { changeCase, type SuspectCase } from '../cases/case-record.ts'
import { parameterValueOf, type SupervisionPorts } from '../ports.ts'
import { addWorkingDays } from '../rules/working-days.ts'
import { suspectCase } from '../tables.ts'
import { remindOverdueCasesJob } from './remind-overdue-cases.job.ts'

const BATCH = 200

export const remindOverdueCasesHandler = (ports: SupervisionPorts): JobHandler =>
  handleJob(remindOverdueCasesJob, (job) => remindOverdueCases(job.services, ports))

/** Each case is reminded of once before its deadline and reported once after it (SUP-21). */
export async function remindOverdueCases(services: Services, ports: SupervisionPorts): Promise<void> {
  const actor = systemActor('嫌疑业务时限')
  const inBatches = async (work: (ctx: RequestContext) => Promise<number>) => {
    for (let found = BATCH; found === BATCH; )
      found = await runAs(services, actor, { requestId: newId(), clientAddress: 'worker' }, work)
  }
  await inBatches((ctx) => escalate(ctx, ports))
  await inBatches((ctx) => remind(ctx, ports))
}

const openCases = (ctx: RequestContext, condition: SQL | undefined): Promise<SuspectCase[]> =>
  ctx.db
    .select()
    .from(suspectCase)
    .where(and(ne(suspectCase.state, 'closed'), condition))
    .orderBy(asc(suspectCase.dueAt))
    .limit(BATCH)
    .for('update', { skipLocked: true })

const keeperOf = (row: SuspectCase) => row.assignedPath ?? row.unitPath

async function remind(ctx: RequestContext, ports: SupervisionPorts): Promise<number> {
  const now = ctx.clock.now()
  const days = await parameterValueOf(ctx, ports, 'supervision.case_reminder_days', '/')
  const soon = addWorkingDays(now, days, await ports.calendarOf(ctx))
  const rows = await openCases(ctx, and(isNull(suspectCase.remindedAt), lte(suspectCase.dueAt, soon)))
  for (const row of rows) {
    await changeCase(ctx, row, {
      action: 'reminded',
      audit: 'supervision.remind-case',
      text: null,
      patch: { remindedAt: now },
    })
    await notify(ctx, {
      recipients: row.assigneeId
        ? [row.assigneeId]
        : await ports.holdersOf(ctx, 'supervision.case.investigate', keeperOf(row)),
      kind: 'supervision.case_due',
      title: `嫌疑业务 ${row.number} 即将到期：${row.title}`,
      link: `/suspect-cases/${row.id}`,
    })
  }
  return rows.length
}

async function escalate(ctx: RequestContext, ports: SupervisionPorts): Promise<number> {
  const now = ctx.clock.now()
  const rows = await openCases(ctx, and(isNull(suspectCase.escalatedAt), lte(suspectCase.dueAt, now)))
  for (const row of rows) {
    await changeCase(ctx, row, {
      action: 'escalated',
      audit: 'supervision.escalate-case',
      text: null,
      // Past its deadline nobody needs to hear that it is near.
      patch: { escalatedAt: now, remindedAt: row.remindedAt ?? now },
    })
    await notify(ctx, {
      // An overdue case is everybody's business up the line, once.
      recipients: await ports.holdersOf(ctx, 'supervision.case.review', keeperOf(row), { orAbove: true }),
      kind: 'supervision.case_overdue',
      title: `嫌疑业务 ${row.number} 已逾期：${row.title}`,
      link: `/suspect-cases/${row.id}`,
    })
  }
  return rows.length
}
