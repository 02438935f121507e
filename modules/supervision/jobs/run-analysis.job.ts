import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'
import { giveUpAnalysisJob } from './give-up-analysis.job.ts'

/** Judge the indicators of one analysis run, one after the other. Resumes where a killed process left off. */
export const runAnalysisJob = defineJob({
  name: 'supervision.run-analysis',
  input: z.object({ runId: z.uuid() }),
  timeoutSeconds: 6 * 3600,
  givenUp: giveUpAnalysisJob.name,
})
