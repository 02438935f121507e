import type { Handler } from '@hengjian/platform/http'
import type { administrationContract } from '../contract.ts'
import { newestFirst, olderThan, pageOfRows } from '../page.ts'
import { auditVerification } from '../tables.ts'
import { presentVerification } from '../verifications.ts'

/** Verifications, newest first. */
export const findAuditVerifications: Handler<typeof administrationContract.findAuditVerifications> = async (
  ctx,
  input,
) => {
  const { startedAt, id } = auditVerification
  const rows = await ctx.db
    .select()
    .from(auditVerification)
    .where(olderThan(input.cursor, startedAt, id))
    .orderBy(newestFirst(startedAt, id))
    .limit(input.limit + 1)
  const page = pageOfRows(rows, input.limit, (row) => row.startedAt)
  return { ...page, items: page.items.map(presentVerification) }
}
