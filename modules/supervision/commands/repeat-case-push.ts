import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { enqueueJob } from '@hengjian/platform/jobs'
import { eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { pushCaseJob } from '../jobs/push-case.job.ts'
import { casePush } from '../tables.ts'

/** Send a case again that could not be delivered. The other side takes it once, however often it comes. */
export const repeatCasePush =
  (): Handler<typeof supervisionContract.repeatCasePush> => async (ctx, input) => {
    const [push] = await ctx.db.select().from(casePush).where(eq(casePush.caseId, input.id)).for('update')
    if (!push) throw new Problem(platformErrors.not_found)
    if (push.state !== 'failing' || !ctx.config.discipline)
      throw new Problem(supervisionErrors.not_allowed_in_state, { data: { state: push.state } })
    await ctx.audit.record({
      action: 'supervision.repeat-case-push',
      object: { kind: 'suspect_case', id: input.id },
    })
    await enqueueJob(ctx, pushCaseJob, { caseId: input.id })
    return { caseId: input.id }
  }
