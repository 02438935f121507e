import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentRun } from '../present-analysis.ts'
import { OPEN_STATES } from '../records.ts'
import { analysisRun } from '../tables.ts'

/** Stop a run: at once while it waits, otherwise within a second or two. What was found stays. */
export const cancelRun =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.cancelRun> =>
  async (ctx, input) => {
    const [run] = await ctx.db.select().from(analysisRun).where(eq(analysisRun.id, input.id)).for('update')
    if (!run) throw new Problem(platformErrors.not_found)
    if (!OPEN_STATES.includes(run.state)) throw new Problem(supervisionErrors.run_finished)
    await ctx.audit.record({
      action: 'supervision.cancel-analysis',
      object: { kind: 'analysis_run', id: run.id },
      before: { state: run.state },
    })
    const patch =
      run.state !== 'running'
        ? { cancelRequested: true, state: 'cancelled', retryAt: null, finishedAt: ctx.clock.now() }
        : { cancelRequested: true }
    await ctx.db.update(analysisRun).set(patch).where(eq(analysisRun.id, run.id))
    return presentRun({ ...run, ...patch }, await unitNamesFor(ctx, ports, [run.unitPath]))
  }
