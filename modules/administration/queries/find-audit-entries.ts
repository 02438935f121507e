import type { Handler } from '@hengjian/platform/http'
import { pageOfEntries } from '../audit-entries.ts'
import type { administrationContract } from '../contract.ts'

/** The audit log, newest first. The audit administrator alone may (PLT-5). */
export const findAuditEntries: Handler<typeof administrationContract.findAuditEntries> = (ctx, input) => {
  const { cursor, limit, ...filter } = input
  return pageOfEntries(ctx, filter, { cursor, limit })
}
