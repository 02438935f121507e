/** What followers and handlers have done with is deleted after a while. */
import { scopeOf, systemActor } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'
import { z } from 'zod'
import { defineJob, handleJob, type JobHandler } from './define-job.ts'

const SYSTEM = scopeOf(systemActor('jobs'))

/** The queue forgets a finished job after seven days: marks of what was done must outlive that. */
const pruneJob = defineJob({
  name: 'platform.prune',
  input: z.object({}),
  schedule: { cron: '40 3 * * *', input: {} },
  singleton: true,
})

/**
 * Delete outbox events that every follower has passed (after a week), marks of done jobs and rows of the list of jobs
 * (after 30 days). Answers how many events went.
 */
export function prune(database: Database): Promise<number> {
  return database.transaction(SYSTEM, async ({ client }) => {
    const events = await client.query(
      `DELETE FROM outbox o USING (SELECT xid, seq::bigint AS seq FROM outbox_cursor ORDER BY xid, seq::bigint LIMIT 1) c
        WHERE (o.xid, o.seq) <= (c.xid, c.seq) AND o.at < now() - interval '7 days'`,
    )
    await client.query(`DELETE FROM consumed WHERE at < now() - interval '30 days'`)
    await client.query(`DELETE FROM job_progress WHERE updated_at < now() - interval '30 days'`)
    return events.rowCount ?? 0
  })
}

/** Handler for the worker. */
export const pruneHandler: JobHandler = handleJob(pruneJob, async (job) => {
  const events = await prune(job.services.database)
  await job.progress(1, 1, `清理 ${events} 条已处理事件`)
})
