import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'
import { giveUpBackTestJob } from './give-up-back-test.job.ts'

/** Judge a composed version over a past period and keep what it would have found. Taken up again after a kill. */
export const runBackTestJob = defineJob({
  name: 'supervision.run-back-test',
  input: z.object({ backTestId: z.uuid() }),
  timeoutSeconds: 1800,
  givenUp: giveUpBackTestJob.name,
})
