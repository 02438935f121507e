/** The lake's own jobs: merging small files every minute, sweeping and verifying every night. */
import { defineJob, handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { z } from 'zod'
import type { Lake } from './index.ts'

const compactLakeJob = defineJob({
  name: 'lake.compact',
  input: z.object({}),
  schedule: { cron: '* * * * *', input: {} },
  singleton: true,
  quiet: true,
})

const verifyLakeJob = defineJob({
  name: 'lake.verify',
  input: z.object({}),
  schedule: { cron: '20 3 * * *', input: {} },
  singleton: true,
  timeoutSeconds: 4 * 3_600,
})

/** Handlers for the worker. A file that is missing or altered is logged, recorded in the audit log, and fails the job. */
export const lakeUpkeep = (lake: Lake): JobHandler[] => [
  handleJob(compactLakeJob, async () => {
    await lake.compact()
  }),
  handleJob(verifyLakeJob, async (job) => {
    const swept = await lake.sweep()
    const faults = await lake.verify()
    await job.progress(1, 1, `清理 ${swept} 个文件，发现 ${faults.length} 个异常文件`)
    if (faults.length === 0) return
    await job.once('faults', (ctx) =>
      ctx.audit.record({ action: 'lake.verify', result: 'failed', after: { faults: faults.slice(0, 100) } }),
    )
    throw new Error(`lake: ${faults.map(({ path, fault }) => `${path} ${fault}`).join(', ')}`)
  }),
]
