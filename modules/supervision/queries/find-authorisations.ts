import type { RequestContext } from '@hengjian/platform/context'
import type { Handler } from '@hengjian/platform/http'
import { and, asc, desc, eq, gt, ne, type SQL, sql } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { after, pageOfRows } from '../page.ts'
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

/** Authorisations within the caller's scope: the queue oldest first, everything else newest first. */
export const findAuthorisations =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findAuthorisations> =>
  async (ctx, input) => {
    const direction = input.queue === 'mine' ? 'asc' : 'desc'
    const order = direction === 'asc' ? asc : desc
    const rows = await ctx.db
      .select()
      .from(authorisation)
      .where(
        and(
          input.queue === 'mine' ? mineToDecide(ctx) : undefined,
          input.state ? eq(authorisation.state, input.state) : undefined,
          input.transactionId ? eq(authorisation.transactionId, input.transactionId) : undefined,
          input.handlerId ? eq(authorisation.handlerId, input.handlerId) : undefined,
          under(authorisation.unitPath, input.unitPath),
          after(input.cursor, authorisation.requestedAt, authorisation.id, direction),
        ),
      )
      .orderBy(order(authorisation.requestedAt), order(authorisation.id))
      .limit(input.limit + 1)
    const page = pageOfRows(rows, input.limit, (row) => row.requestedAt)
    const units = await unitNamesFor(
      ctx,
      ports,
      page.items.map((row) => row.unitPath),
    )
    return { ...page, items: page.items.map((row) => presentAuthorisation(row, units)) }
  }
