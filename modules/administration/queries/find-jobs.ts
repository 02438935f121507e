import { keysetPage, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { jobProgress } from '@hengjian/platform/jobs'
import { and, eq } from 'drizzle-orm'
import type { administrationContract } from '../contract.ts'
import type { AdministrationOptions } from '../ports.ts'
import { presentJob } from '../present-job.ts'

const sortKeys = {
  updatedAt: { by: jobProgress.updatedAt, type: 'timestamptz' },
  startedAt: { by: jobProgress.startedAt, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

/** Background jobs that have begun, last changed first unless told. */
export const findJobs =
  (options: AdministrationOptions): Handler<typeof administrationContract.findJobs> =>
  async (ctx, input) => {
    const page = keysetPage(sortKeys, jobProgress.id, input.sort ?? '-updatedAt', input)
    const found = await ctx.db
      .select({ row: jobProgress, key: page.key })
      .from(jobProgress)
      .where(
        and(
          input.name === undefined ? undefined : eq(jobProgress.name, input.name),
          input.state === undefined ? undefined : eq(jobProgress.state, input.state),
          page.after,
        ),
      )
      .orderBy(...page.orderBy)
      .limit(page.limit)
    const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
    return { items: rows.map(({ row }) => presentJob(options, row)), nextCursor }
  }
