/** Jobs of the tests, and the child process that is killed in the middle of one. */
import { z } from 'zod'
import { defineJob, handleJob, type JobHandler } from './index.ts'

export const noteJob = defineJob({
  name: 'test.note',
  input: z.object({ word: z.string() }),
  retry: { limit: 3, delaySeconds: 1 },
})

/** Writes its word once, then does what `after` says before the job is finished. */
export const noteHandler = (after: (attempt: number) => Promise<void> | void): JobHandler =>
  handleJob(noteJob, async (job, { word }) => {
    await job.once('note', (ctx) => ctx.audit.record({ action: 'test.note', reason: word }))
    await job.progress(job.attempt, 3, word)
    await after(job.attempt)
  })

export const eventJob = defineJob({
  name: 'test.on-event',
  input: z.object({ id: z.string() }),
  on: ['test.happened'],
  quiet: true,
})

export const nightlyJob = defineJob({
  name: 'test.nightly',
  input: z.object({}),
  schedule: { cron: '0 3 * * *', input: {} },
})
