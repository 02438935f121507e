import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

/** Start the daily indicators over yesterday (SUP-12). */
export const scheduleDailyAnalysisJob = defineJob({
  name: 'supervision.schedule-daily-analysis',
  input: z.object({ trigger: z.literal('daily') }),
  schedule: { cron: '30 1 * * *', input: { trigger: 'daily' } },
  singleton: true,
  quiet: true,
})

/** Start the monthly indicators over last month, on the first of the month (SUP-12). */
export const scheduleMonthlyAnalysisJob = defineJob({
  name: 'supervision.schedule-monthly-analysis',
  input: z.object({ trigger: z.literal('monthly') }),
  schedule: { cron: '30 2 1 * *', input: { trigger: 'monthly' } },
  singleton: true,
  quiet: true,
})
