/** Human numbers from a database sequence, gaps allowed: kind letter, local date, eight digits. */
import type { RequestContext } from '@hengjian/platform/context'
import { localTime } from './due-date.ts'

/** `T26112000012345` from prefix, instant and ordinal. */
function serialNumber(prefix: string, at: Date, ordinal: number): string {
  const day = localTime(at).toPlainDate().toString().slice(2).replaceAll('-', '')
  return `${prefix}${day}${String(ordinal).padStart(8, '0')}`
}

/** The next serial of business transactions. */
export async function nextTransactionSerial(ctx: RequestContext): Promise<string> {
  const { rows } = await ctx.tx.client.query<{ ordinal: string }>({
    name: 'next_transaction_number',
    text: `SELECT nextval('transaction_number') AS ordinal`,
  })
  return serialNumber('T', ctx.clock.now(), Number(rows[0]!.ordinal))
}
