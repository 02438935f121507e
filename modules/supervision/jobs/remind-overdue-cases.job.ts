import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

/** Remind of cases that are nearly due; report overdue ones to the level above. */
export const remindOverdueCasesJob = defineJob({
  name: 'supervision.remind-overdue-cases',
  input: z.object({}),
  schedule: { cron: '0 8 * * *', input: {} },
  singleton: true,
  quiet: true,
})
