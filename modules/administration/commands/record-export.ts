/** A list was taken out of the console as a file (PLT-20): who, which list, how many rows, under which filters. */
import type { Handler } from '@hengjian/platform/http'
import type { administrationContract } from '../contract.ts'

export const recordExport: Handler<typeof administrationContract.recordExport> = async (ctx, input) => {
  await ctx.audit.record({ action: 'administration.export-list', after: input })
  return {}
}
