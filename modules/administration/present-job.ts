/** Jobs as the console reads them. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { jobProgress } from '@hengjian/platform/jobs'
import { eq } from 'drizzle-orm'
import type { JobView } from './contract.ts'
import type { AdministrationOptions } from './ports.ts'

export type JobRow = typeof jobProgress.$inferSelect

export const presentJob = (options: Pick<AdministrationOptions, 'jobTitles'>, row: JobRow): JobView => ({
  id: row.id,
  name: row.name,
  title: options.jobTitles[row.name] ?? row.name,
  state: row.state as JobView['state'],
  done: row.done,
  total: row.total,
  message: row.message,
  startedAt: row.startedAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
})

/** The job's row, locked for a change. Throws `platform.not_found`. */
export async function jobOf(ctx: RequestContext, id: string, lock = false): Promise<JobRow> {
  const query = ctx.db.select().from(jobProgress).where(eq(jobProgress.id, id))
  const [row] = await (lock ? query.for('update') : query)
  if (!row) throw new Problem(platformErrors.not_found)
  return row
}
