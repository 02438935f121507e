/** Look at every guarded row once a night: lists do not check what they show (kernel: guarded rows). */
import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

export const sweepGuardedJob = defineJob({
  name: 'server.sweep-guarded',
  input: z.object({}),
  schedule: { cron: '0 3 * * *', input: {} },
  singleton: true,
  timeoutSeconds: 6 * 3600,
})
