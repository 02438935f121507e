import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

/** Verify the audit chain and every guarded row (PLT-21, PLT-22): each night, and when the audit administrator asks. */
export const verifyIntegrityJob = defineJob({
  name: 'administration.verify-integrity',
  /** `id` of the row in `audit_verification` that waits for the result; the nightly run makes its own. */
  input: z.object({ id: z.uuid().optional() }),
  schedule: { cron: '30 2 * * *', input: {} },
  retry: { limit: 2, delaySeconds: 60 },
  singleton: true,
  timeoutSeconds: 4 * 3600,
})
