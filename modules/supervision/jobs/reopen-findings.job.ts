import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

/** Open findings again whose suppression has ended. */
export const reopenFindingsJob = defineJob({
  name: 'supervision.reopen-findings',
  input: z.object({}),
  schedule: { cron: '10 0 * * *', input: {} },
  singleton: true,
  quiet: true,
})
