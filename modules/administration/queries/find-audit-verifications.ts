import { keysetPage, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import type { administrationContract } from '../contract.ts'
import { auditVerification } from '../tables.ts'
import { presentVerification } from '../verifications.ts'

const sortKeys = {
  startedAt: { by: auditVerification.startedAt, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

/** Verifications, newest first unless told. */
export const findAuditVerifications: Handler<typeof administrationContract.findAuditVerifications> = async (
  ctx,
  input,
) => {
  const page = keysetPage(sortKeys, auditVerification.id, input.sort ?? '-startedAt', input)
  const found = await ctx.db
    .select({ row: auditVerification, key: page.key })
    .from(auditVerification)
    .where(page.after)
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
  return { items: rows.map(({ row }) => presentVerification(row)), nextCursor }
}
