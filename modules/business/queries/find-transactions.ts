/** List and counts of transactions. Keyset paging; filters and sort keys are indexed. */

import { endOfSubtree, keysetPage, type SortKey } from '@hengjian/platform/db'
import type { Handler } from '@hengjian/platform/http'
import { and, count, eq, gte, inArray, lt, lte, notInArray, or, sql } from 'drizzle-orm'
import type { businessContract } from '../contract.ts'
import type { BusinessPorts } from '../ports.ts'
import { presentTransaction } from '../present.ts'
import { person, transaction, vehicle } from '../tables.ts'
import { namesFor } from './names.ts'

const sortKeys = {
  acceptedAt: { by: transaction.acceptedAt, type: 'timestamptz' },
  // Without a deadline is later than any.
  dueAt: { by: sql`coalesce(${transaction.dueAt}, 'infinity')`, type: 'timestamptz' },
  serial: { by: transaction.serial, type: 'text' },
} as const satisfies Record<string, SortKey>

export function findTransactions(ports: BusinessPorts): Handler<typeof businessContract.findTransactions> {
  return async (ctx, input) => {
    const where = [
      input.state?.length ? inArray(transaction.state, input.state) : undefined,
      input.subjectKind ? eq(transaction.subjectKind, input.subjectKind) : undefined,
      input.businessKind ? eq(transaction.businessKind, input.businessKind) : undefined,
      input.channel ? eq(transaction.channel, input.channel) : undefined,
      input.serial ? eq(transaction.serial, input.serial.toUpperCase()) : undefined,
      input.vehicleId ? eq(transaction.vehicleId, input.vehicleId) : undefined,
      input.personId
        ? or(eq(transaction.personId, input.personId), eq(transaction.organisationId, input.personId))
        : undefined,
      input.handlerId ? eq(transaction.handlerId, input.handlerId) : undefined,
      input.mine ? eq(transaction.handlerId, ctx.actor.id) : undefined,
      input.unitPath
        ? and(
            gte(transaction.unitPath, input.unitPath),
            lt(transaction.unitPath, endOfSubtree(input.unitPath)),
          )
        : undefined,
      input.acceptedFrom ? gte(transaction.acceptedAt, new Date(input.acceptedFrom)) : undefined,
      input.acceptedUntil ? lte(transaction.acceptedAt, new Date(input.acceptedUntil)) : undefined,
    ]
    if (input.plate) {
      const found = await ctx.tx.asFactsReader(() =>
        ctx.db
          .select({ id: vehicle.id })
          .from(vehicle)
          .where(eq(vehicle.plate, input.plate!.toUpperCase()))
          .limit(50),
      )
      where.push(
        found.length
          ? inArray(
              transaction.vehicleId,
              found.map((one) => one.id),
            )
          : sql`false`,
      )
    }
    if (input.idNumber) {
      const digest = ctx.cipher.digest('id_number', input.idNumber)!
      const found = await ctx.tx.asFactsReader(() =>
        ctx.db.select({ id: person.id }).from(person).where(eq(person.idDigest, digest)).limit(5),
      )
      const ids = found.map((one) => one.id)
      where.push(
        ids.length
          ? or(inArray(transaction.personId, ids), inArray(transaction.organisationId, ids))
          : sql`false`,
      )
    }
    const page = keysetPage(sortKeys, transaction.id, input.sort ?? '-acceptedAt', input)
    const found = await ctx.db
      .select({ row: transaction, key: page.key })
      .from(transaction)
      .where(and(...where, page.after))
      .orderBy(...page.orderBy)
      .limit(page.limit)
    const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
    const shown = rows.map(({ row }) => row)
    const names = await namesFor(ctx, ports, shown)
    return { items: shown.map((row) => presentTransaction(row, names)), nextCursor }
  }
}

export const countTransactions: Handler<typeof businessContract.countTransactions> = async (ctx) => {
  const items = await ctx.db
    .select({ state: transaction.state, count: count() })
    .from(transaction)
    .where(notInArray(transaction.state, ['completed', 'withdrawn']))
    .groupBy(transaction.state)
  return { items }
}
