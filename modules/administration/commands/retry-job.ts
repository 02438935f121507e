import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { jobProgress } from '@hengjian/platform/jobs'
import { eq } from 'drizzle-orm'
import type { administrationContract } from '../contract.ts'
import { administrationErrors } from '../errors.ts'
import type { AdministrationOptions } from '../ports.ts'
import { jobOf, presentJob } from '../present-job.ts'

/** Try a failed job once more. */
export const retryJob =
  (options: AdministrationOptions): Handler<typeof administrationContract.retryJob> =>
  async (ctx, input) => {
    const job = await jobOf(ctx, input.id, true)
    if (job.state !== 'failed') throw new Problem(administrationErrors.job_not_failed)
    const [row] = await ctx.db
      .update(jobProgress)
      .set({ state: 'retrying', updatedAt: ctx.clock.now(), finishedAt: null })
      .where(eq(jobProgress.id, job.id))
      .returning()
    await ctx.audit.record({ action: 'administration.retry-job', object: { kind: 'job', id: job.id } })
    // Last, for the queue is not part of this transaction: what fails before leaves it alone.
    if (!(await options.jobControl.retry(job.name, job.id)))
      throw new Problem(administrationErrors.job_not_failed, { detail: '任务已从队列中清除' })
    return presentJob(options, row!)
  }
