import { scopeOf } from '@hengjian/platform/context'
import { keysetPage, rangeOf, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, gte, inArray, lt, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { administrationContract } from '../contract.ts'
import { catalogueOf, definitionOf, valueOfRow } from '../parameters.ts'
import type { AdministrationOptions } from '../ports.ts'
import { parameterValue } from '../tables.ts'
import { assertReadable, pathsAbove } from '../unit-paths.ts'

const sortKeys = {
  changedAt: { by: parameterValue.changedAt, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

/** Who changed a parameter, when, from what to what and why, newest first: within the caller's scope and above it. */
export function findParameterChanges(
  options: AdministrationOptions,
): Handler<typeof administrationContract.findParameterChanges> {
  const catalogue = catalogueOf(options.parameters)
  return async (ctx, input) => {
    const { code } = definitionOf(catalogue, input.code)
    if (input.unitPath !== undefined) assertReadable(ctx.actor, input.unitPath)
    const { lo, hi } = rangeOf(scopeOf(ctx.actor))
    const { unitPath } = parameterValue
    const before = alias(parameterValue, 'before')
    const page = keysetPage(sortKeys, parameterValue.id, '-changedAt', input)
    const found = await ctx.db
      .select({ row: parameterValue, before, key: page.key })
      .from(parameterValue)
      .leftJoin(
        before,
        and(
          eq(before.code, parameterValue.code),
          eq(before.unitPath, unitPath),
          eq(before.version, sql`${parameterValue.version} - 1`),
        ),
      )
      .where(
        and(
          eq(parameterValue.code, code),
          input.unitPath === undefined
            ? or(and(gte(unitPath, lo), lt(unitPath, hi)), inArray(unitPath, pathsAbove(ctx.actor.unitPath)))
            : eq(unitPath, input.unitPath),
          page.after,
        ),
      )
      .orderBy(...page.orderBy)
      .limit(page.limit)
    const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
    const items = rows.map(({ row, before }) => ({
      id: row.id,
      version: row.version,
      unitPath: row.unitPath,
      before: before ? valueOfRow(before) : null,
      after: valueOfRow(row),
      reason: row.reason,
      changedById: row.changedById,
      changedByName: row.changedByName,
      changedAt: row.changedAt.toISOString(),
    }))
    return { items, nextCursor }
  }
}
