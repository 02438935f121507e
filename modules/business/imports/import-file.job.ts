/** Carry an import to its end; a killed worker's import is taken up by the next one where it stood. */
import { defineJob } from '@hengjian/platform/jobs'
import { z } from 'zod'

export const importJob = defineJob({
  name: 'business.import-file',
  input: z.object({ runId: z.uuid() }),
  retry: { limit: 10, delaySeconds: 5 },
  timeoutSeconds: 20 * 3_600,
})
