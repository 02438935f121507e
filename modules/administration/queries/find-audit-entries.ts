import type { Handler } from '@hengjian/platform/http'
import { pageOfEntries } from '../audit-entries.ts'
import type { administrationContract } from '../contract.ts'

/** The audit log. The audit administrator alone may (PLT-5). */
export const findAuditEntries: Handler<typeof administrationContract.findAuditEntries> = (ctx, input) => {
  const { cursor, limit, sort, ...filter } = input
  return pageOfEntries(ctx, filter, { cursor, limit, sort })
}
