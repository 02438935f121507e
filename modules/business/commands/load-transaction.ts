/** Load a transaction for a command: locked, verified as this program wrote it, with its steps. */

import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import { asc, eq } from 'drizzle-orm'
import { transaction, transactionStep } from '../tables.ts'

export type Transaction = typeof transaction.$inferSelect
export type TransactionStep = typeof transactionStep.$inferSelect

/** The transaction and its steps in order; 404 outside the caller's scope. */
export async function loadTransaction(
  ctx: RequestContext,
  id: string,
): Promise<{ row: Transaction; steps: TransactionStep[] }> {
  const [row] = await ctx.db.select().from(transaction).where(eq(transaction.id, id)).for('update')
  if (!row) throw new Problem(platformErrors.not_found)
  assertIntact(ctx, transaction, row)
  const steps = await ctx.db
    .select()
    .from(transactionStep)
    .where(eq(transactionStep.transactionId, id))
    .orderBy(asc(transactionStep.ordinal))
  for (const one of steps) assertIntact(ctx, transactionStep, one)
  return { row, steps }
}
