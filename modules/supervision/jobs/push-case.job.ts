import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

/** Send a case to the personnel and discipline system. When all attempts have failed it waits among the failed jobs. */
export const pushCaseJob = defineJob({
  name: 'supervision.push-case',
  input: z.object({ caseId: z.uuid() }),
  retry: { limit: 8, delaySeconds: 15 },
})
