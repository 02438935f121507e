import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

/** End authorisations on which nobody decided in time. */
export const expireAuthorisationsJob = defineJob({
  name: 'supervision.expire-authorisations',
  input: z.object({}),
  schedule: { cron: '*/5 * * * *', input: {} },
  singleton: true,
  quiet: true,
})
