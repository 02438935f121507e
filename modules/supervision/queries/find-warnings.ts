import type { Handler } from '@hengjian/platform/http'
import { and, desc, eq, gte, lt } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { after, pageOfRows } from '../page.ts'
import type { SupervisionPorts } from '../ports.ts'
import { pathsIn, presentWarning, unitNamesFor } from '../present.ts'
import { endOfDay, startOfDay } from '../rules/working-days.ts'
import { warning } from '../tables.ts'
import { under } from '../unit-paths.ts'

/** Warnings within the caller's scope, newest first. */
export const findWarnings =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findWarnings> =>
  async (ctx, input) => {
    const rows = await ctx.db
      .select()
      .from(warning)
      .where(
        and(
          input.transactionId ? eq(warning.transactionId, input.transactionId) : undefined,
          input.code ? eq(warning.code, input.code) : undefined,
          input.state ? eq(warning.state, input.state) : undefined,
          input.effect ? eq(warning.effect, input.effect) : undefined,
          input.handlerId ? eq(warning.handlerId, input.handlerId) : undefined,
          under(warning.unitPath, input.unitPath),
          input.from ? gte(warning.shownAt, startOfDay(input.from)) : undefined,
          input.to ? lt(warning.shownAt, endOfDay(input.to)) : undefined,
          after(input.cursor, warning.shownAt, warning.id, 'desc'),
        ),
      )
      .orderBy(desc(warning.shownAt), desc(warning.id))
      .limit(input.limit + 1)
    const page = pageOfRows(rows, input.limit, (row) => row.shownAt)
    const paths = [
      ...page.items.map((row) => row.unitPath),
      ...pathsIn(page.items.map((row) => row.explanation)),
    ]
    const units = await unitNamesFor(ctx, ports, paths)
    return { ...page, items: page.items.map((row) => presentWarning(row, ctx.actor, units)) }
  }
