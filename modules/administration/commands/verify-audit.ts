import { newId } from '@hengjian/platform/context'
import type { Handler } from '@hengjian/platform/http'
import { enqueueJob } from '@hengjian/platform/jobs'
import type { administrationContract } from '../contract.ts'
import { verifyIntegrityJob } from '../jobs/verify-integrity.job.ts'
import { auditVerification } from '../tables.ts'
import { presentVerification } from '../verifications.ts'

/** Start a verification of the whole log and all guarded rows in the background. */
export const verifyAudit: Handler<typeof administrationContract.verifyAudit> = async (ctx) => {
  const id = newId()
  const [row] = await ctx.db
    .insert(auditVerification)
    .values({ id, state: 'running', requestedByName: ctx.actor.name, startedAt: ctx.clock.now() })
    .returning()
  await enqueueJob(ctx, verifyIntegrityJob, { id })
  await ctx.audit.record({
    action: 'administration.verify-audit',
    object: { kind: 'audit_verification', id },
  })
  return presentVerification(row!)
}
