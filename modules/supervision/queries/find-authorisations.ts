import type { RequestContext } from '@hengjian/platform/context'
import { keysetRows, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, gt, ne, type SQL, sql } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import { presentAuthorisation, unitNamesFor } from '../present.ts'
import { authorisation } from '../tables.ts'
import { under } from '../unit-paths.ts'

/** What waits for the caller's decision: of the own unit and below, of others, not yet expired. */
export const mineToDecide = (ctx: RequestContext): SQL | undefined =>
  ctx.actor.permissions.has('supervision.authorisation.grant')
    ? and(
        eq(authorisation.state, 'requested'),
        ne(authorisation.handlerId, ctx.actor.id),
        gt(authorisation.expiresAt, ctx.clock.now()),
        under(authorisation.unitPath, ctx.actor.unitPath),
      )
    : sql`false`

const sortKeys = {
  requestedAt: { by: authorisation.requestedAt, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

/** Authorisations within the caller's scope: the queue oldest first, everything else newest first. */
export const findAuthorisations =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findAuthorisations> =>
  async (ctx, input) => {
    const usual = input.queue === 'mine' ? 'requestedAt' : '-requestedAt'
    const { rows, nextCursor } = await keysetRows(
      ctx.db,
      authorisation,
      sortKeys,
      input.sort ?? usual,
      input,
      and(
        input.queue === 'mine' ? mineToDecide(ctx) : undefined,
        input.state ? eq(authorisation.state, input.state) : undefined,
        input.transactionId ? eq(authorisation.transactionId, input.transactionId) : undefined,
        input.handlerId ? eq(authorisation.handlerId, input.handlerId) : undefined,
        under(authorisation.unitPath, input.unitPath),
      ),
    )
    const units = await unitNamesFor(
      ctx,
      ports,
      rows.map((row) => row.unitPath),
    )
    return { items: rows.map((row) => presentAuthorisation(row, units)), nextCursor }
  }
