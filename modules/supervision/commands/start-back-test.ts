import { newId } from '@hengjian/platform/context'
import type { Handler } from '@hengjian/platform/http'
import { enqueueJob } from '@hengjian/platform/jobs'
import { loadVersion } from '../composition/composed-record.ts'
import type { supervisionContract } from '../contract.ts'
import { runBackTestJob } from '../jobs/run-back-test.job.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentBackTest } from '../queries/get-back-test.ts'
import { backTest } from '../tables.ts'
import { checkPeriod } from './start-analysis.ts'

/** Try a version on past data; a worker does it (SUP-3). */
export const startBackTest =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.startBackTest> =>
  async (ctx, { code, number, from, to }) => {
    checkPeriod({ from, to })
    const { unitPath } = await loadVersion(ctx, code, number)
    const row: typeof backTest.$inferSelect = {
      id: newId(),
      code,
      number,
      unitPath,
      periodFrom: from,
      periodTo: to,
      state: 'queued',
      requestedBy: ctx.actor.id,
      requestedByName: ctx.actor.name,
      requestedAt: ctx.clock.now(),
      finishedAt: null,
      message: null,
      result: null,
      cancelRequested: false,
    }
    await ctx.db.insert(backTest).values(row)
    await ctx.audit.record({
      action: 'supervision.start-back-test',
      object: { kind: 'back_test', id: row.id },
      after: { code, number, from, to, unitPath },
    })
    await enqueueJob(ctx, runBackTestJob, { backTestId: row.id })
    return presentBackTest(row, await unitNamesFor(ctx, ports, [unitPath]))
  }
