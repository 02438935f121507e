import type { Handler } from '@hengjian/platform/http'
import type { administrationContract } from '../contract.ts'
import type { AdministrationOptions } from '../ports.ts'
import { jobOf, presentJob } from '../present-job.ts'

/** How far one job is. */
export const getJob =
  (options: AdministrationOptions): Handler<typeof administrationContract.getJob> =>
  async (ctx, input) =>
    presentJob(options, await jobOf(ctx, input.id))
