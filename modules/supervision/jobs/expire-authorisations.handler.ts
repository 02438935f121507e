import { notify } from '@hengjian/notifications'
import { newId, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { and, asc, eq, lte } from 'drizzle-orm'
import { endUndecided } from '../commands/decide-authorisation.ts'
import { authorisation } from '../tables.ts'
import { expireAuthorisationsJob } from './expire-authorisations.job.ts'

const BATCH = 200

export const expireAuthorisationsHandler = (): JobHandler =>
  handleJob(expireAuthorisationsJob, (job) => expireAuthorisations(job.services))

/** Expire what is past its time and tell the handler, who may ask again. Answers how many. */
export async function expireAuthorisations(services: Services): Promise<void> {
  for (let found = BATCH; found === BATCH; ) {
    const origin = { requestId: newId(), clientAddress: 'worker' }
    found = await runAs(services, systemActor('授权时限'), origin, async (ctx) => {
      const rows = await ctx.db
        .select()
        .from(authorisation)
        .where(and(eq(authorisation.state, 'requested'), lte(authorisation.expiresAt, ctx.clock.now())))
        .orderBy(asc(authorisation.expiresAt))
        .limit(BATCH)
        .for('update', { skipLocked: true })
      for (const row of rows) {
        await endUndecided(ctx, row, 'EXPIRE', 'supervision.expire-authorisation')
        await notify(ctx, {
          recipients: [row.handlerId],
          kind: 'supervision.authorisation_expired',
          title: `业务流水 ${row.serial} 的授权申请已过期，请重新申请`,
          link: `/authorisations/${row.id}`,
        })
      }
      return rows.length
    })
  }
}
