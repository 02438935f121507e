/** List and counts of transactions. Keyset paging by acceptance time and id; filters map to indexed columns. */

import { endOfSubtree } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { and, count, desc, eq, gte, inArray, lt, lte, notInArray, or, sql } from 'drizzle-orm'
import type { businessContract } from '../contract.ts'
import type { BusinessPorts } from '../ports.ts'
import { presentTransaction } from '../present.ts'
import { person, transaction, vehicle } from '../tables.ts'
import { namesFor } from './names.ts'

export function findTransactions(ports: BusinessPorts): Handler<typeof businessContract.findTransactions> {
  return async (ctx, input) => {
    const where = [
      input.state?.length ? inArray(transaction.state, input.state) : undefined,
      input.subjectKind ? eq(transaction.subjectKind, input.subjectKind) : undefined,
      input.businessKind ? eq(transaction.businessKind, input.businessKind) : undefined,
      input.channel ? eq(transaction.channel, input.channel) : undefined,
      input.serial ? eq(transaction.serial, input.serial.toUpperCase()) : undefined,
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
    const after = input.cursor ? parseCursor(input.cursor) : null
    const rows = await ctx.db
      .select()
      .from(transaction)
      .where(
        and(
          ...where,
          after
            ? sql`(${transaction.acceptedAt}, ${transaction.id}) < (${after.at}, ${after.id})`
            : undefined,
        ),
      )
      .orderBy(desc(transaction.acceptedAt), desc(transaction.id))
      .limit(input.limit + 1)
    const page = rows.slice(0, input.limit)
    const names = await namesFor(ctx, ports, page)
    const last = page.at(-1)
    return {
      items: page.map((row) => presentTransaction(row, names)),
      nextCursor: rows.length > input.limit && last ? `${last.acceptedAt.toISOString()}~${last.id}` : null,
    }
  }
}

function parseCursor(cursor: string): { at: string; id: string } {
  const [at, id] = cursor.split('~')
  if (!at || !id || Number.isNaN(Date.parse(at)) || !/^[0-9a-f-]{36}$/.test(id))
    throw new Problem(platformErrors.invalid_input, {
      issues: [{ path: 'cursor', message: '翻页位置无效，请从第一页开始' }],
    })
  return { at, id }
}

export const countTransactions: Handler<typeof businessContract.countTransactions> = async (ctx) => {
  const items = await ctx.db
    .select({ state: transaction.state, count: count() })
    .from(transaction)
    .where(notInArray(transaction.state, ['completed', 'withdrawn']))
    .groupBy(transaction.state)
  return { items }
}
