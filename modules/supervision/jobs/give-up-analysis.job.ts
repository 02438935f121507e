import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

/** Mark a run as failed when its last attempt failed, or died with its process. */
export const giveUpAnalysisJob = defineJob({
  name: 'supervision.give-up-analysis',
  input: z.object({ runId: z.uuid() }),
  quiet: true,
})
