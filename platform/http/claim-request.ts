/** A repeated request while the first still runs: it waits for the first's answer, holding nothing. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'

/**
 * Make this transaction the only one that works on the client's `requestId`, until it ends. Where another still does,
 * throws `platform.in_progress`: `callOperation` rolls back and tries again for a few seconds. Ask afterwards whether
 * the request was done already: the first has then committed or failed.
 */
export async function claimRequest(ctx: RequestContext, requestId: string): Promise<void> {
  const { rows } = await ctx.tx.client.query<{ claimed: boolean }>({
    name: 'claim_request',
    text: 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS claimed',
    values: [`request ${requestId}`],
  })
  if (!rows[0]!.claimed) throw new Problem(platformErrors.in_progress)
}
