import { keysetRows, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, gte, lt } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import { pathsIn, presentWarning, unitNamesFor } from '../present.ts'
import { endOfDay, startOfDay } from '../rules/working-days.ts'
import { warning } from '../tables.ts'
import { under } from '../unit-paths.ts'

const sortKeys = {
  shownAt: { by: warning.shownAt, type: 'timestamptz' },
  code: { by: warning.code, type: 'text' },
} as const satisfies Record<string, SortKey>

/** Warnings within the caller's scope, newest first unless told. */
export const findWarnings =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findWarnings> =>
  async (ctx, input) => {
    const { rows, nextCursor } = await keysetRows(
      ctx.db,
      warning,
      sortKeys,
      input.sort ?? '-shownAt',
      input,
      and(
        input.transactionId ? eq(warning.transactionId, input.transactionId) : undefined,
        input.code ? eq(warning.code, input.code) : undefined,
        input.state ? eq(warning.state, input.state) : undefined,
        input.effect ? eq(warning.effect, input.effect) : undefined,
        input.handlerId ? eq(warning.handlerId, input.handlerId) : undefined,
        input.subjectKey ? eq(warning.subjectKey, input.subjectKey) : undefined,
        under(warning.unitPath, input.unitPath),
        input.from ? gte(warning.shownAt, startOfDay(input.from)) : undefined,
        input.to ? lt(warning.shownAt, endOfDay(input.to)) : undefined,
      ),
    )
    const paths = [...rows.map((row) => row.unitPath), ...pathsIn(rows.map((row) => row.explanation))]
    const units = await unitNamesFor(ctx, ports, paths)
    return { items: rows.map((row) => presentWarning(row, ctx.actor, units)), nextCursor }
  }
