/** Asking for a job inside the transaction of what makes it necessary: no commit, no job; commit, and it will run. */
import type { RequestContext } from '@hengjian/platform/context'
import type { JobDefinition } from './define-job.ts'

/** Kind of the outbox event that asks for a job. */
export const JOB_REQUESTED = 'job.requested'

/** Ask for a job in the caller's transaction. The dispatcher hands it to the queue within a second of the commit. */
export async function enqueueJob<I>(ctx: RequestContext, job: JobDefinition<I>, input: I): Promise<void> {
  await ctx.emit(JOB_REQUESTED, { job: job.name, input: job.input.parse(input) as unknown })
}
