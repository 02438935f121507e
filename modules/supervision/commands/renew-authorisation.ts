import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { mayRenew } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { presentAuthorisation, unitNamesFor } from '../present.ts'
import { warning } from '../tables.ts'
import { loadAuthorisation } from './load-authorisation.ts'
import { requestAuthorisation } from './request-authorisation.ts'

/** Ask again after an authorisation expired: a new one with the same hits, so that the transaction is not stuck. */
export const renewAuthorisation =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.renewAuthorisation> =>
  async (ctx, input) => {
    const expired = await loadAuthorisation(ctx, input.id)
    const forbidden = mayRenew(ctx.actor, expired)
    if (forbidden) throw new Problem(forbidden)
    const warnings = await ctx.db
      .select()
      .from(warning)
      .where(and(eq(warning.transactionId, expired.transactionId), eq(warning.authorisationId, expired.id)))
    // No warning refers to it any more: it was asked again already.
    if (expired.state !== 'expired' || warnings.length === 0)
      throw new Problem(supervisionErrors.not_allowed_in_state, { data: { state: expired.state } })
    const row = await requestAuthorisation(ctx, ports, expired, warnings)
    return presentAuthorisation(row, await unitNamesFor(ctx, ports, [row.unitPath]))
  }
