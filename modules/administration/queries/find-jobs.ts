import type { Handler } from '@hengjian/platform/http'
import { jobProgress } from '@hengjian/platform/jobs'
import { and, eq } from 'drizzle-orm'
import type { administrationContract } from '../contract.ts'
import { newestFirst, olderThan, pageOfRows } from '../page.ts'
import type { AdministrationOptions } from '../ports.ts'
import { presentJob } from '../present-job.ts'

/** Background jobs that have begun, last changed first. */
export const findJobs =
  (options: AdministrationOptions): Handler<typeof administrationContract.findJobs> =>
  async (ctx, input) => {
    const { updatedAt, id } = jobProgress
    const rows = await ctx.db
      .select()
      .from(jobProgress)
      .where(
        and(
          input.name === undefined ? undefined : eq(jobProgress.name, input.name),
          input.state === undefined ? undefined : eq(jobProgress.state, input.state),
          olderThan(input.cursor, updatedAt, id),
        ),
      )
      .orderBy(newestFirst(updatedAt, id))
      .limit(input.limit + 1)
    const page = pageOfRows(rows, input.limit, (row) => row.updatedAt)
    return { ...page, items: page.items.map((row) => presentJob(options, row)) }
  }
