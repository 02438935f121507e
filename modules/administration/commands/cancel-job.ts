import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { jobProgress } from '@hengjian/platform/jobs'
import { eq } from 'drizzle-orm'
import type { administrationContract } from '../contract.ts'
import { administrationErrors } from '../errors.ts'
import type { AdministrationOptions } from '../ports.ts'
import { jobOf, presentJob } from '../present-job.ts'

/** Give a job up: it is not tried again. One under way runs to its end, for nothing may be cut off half done. */
export const cancelJob =
  (options: AdministrationOptions): Handler<typeof administrationContract.cancelJob> =>
  async (ctx, input) => {
    const job = await jobOf(ctx, input.id, true)
    if (job.state !== 'running' && job.state !== 'retrying') throw new Problem(administrationErrors.job_ended)
    const now = ctx.clock.now()
    const [row] = await ctx.db
      .update(jobProgress)
      .set({ state: 'cancelled', updatedAt: now, finishedAt: now })
      .where(eq(jobProgress.id, job.id))
      .returning()
    await ctx.audit.record({ action: 'administration.cancel-job', object: { kind: 'job', id: job.id } })
    // Last, for the queue is not part of this transaction: what fails before leaves it alone.
    if (!(await options.jobControl.cancel(job.name, job.id)))
      throw new Problem(administrationErrors.job_ended)
    return presentJob(options, row!)
  }
