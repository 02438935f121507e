import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

/** Mark a back-test as failed when its last attempt failed, or died with its process. */
export const giveUpBackTestJob = defineJob({
  name: 'supervision.give-up-back-test',
  input: z.object({ backTestId: z.uuid() }),
  quiet: true,
})
