import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

/** Judge a composed version over a past period and keep what it would have found. */
export const runBackTestJob = defineJob({
  name: 'supervision.run-back-test',
  input: z.object({ backTestId: z.uuid() }),
  timeoutSeconds: 1800,
})
