/** Return, resubmit, withdraw, suspend, resume, release and refuse: moves of a transaction that complete no step. */

import type { RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { businessContract } from '../contract.ts'
import { businessErrors } from '../errors.ts'
import type { Step } from '../kinds.ts'
import { nextState, runningStateAfter, type TransactionEvent, type TransactionState } from '../lifecycle.ts'
import type { BusinessPorts } from '../ports.ts'
import { announceFacts } from '../record-facts.ts'
import { numberSelection, transaction, transactionStep } from '../tables.ts'
import { undoAcceptance } from './apply-result.ts'
import { doneSteps, openStep } from './complete-step.ts'
import { type Decided, judge } from './judge.ts'
import { loadTransaction, type Transaction, type TransactionStep } from './load-transaction.ts'

type Make = (steps: readonly TransactionStep[]) => TransactionEvent

/** Move a loaded transaction by `event`; writes state, audit entry and announcement. */
async function move(
  ctx: RequestContext,
  loaded: { row: Transaction; steps: TransactionStep[] },
  action: string,
  event: TransactionEvent,
  reason?: string,
): Promise<{ row: Transaction; auditId: string }> {
  const { row } = loaded
  const state = nextState(row.state as TransactionState, event)
  if (!state) throw new Problem(businessErrors.not_allowed_in_state, { data: { state: row.state } })
  const auditId = await ctx.audit.record({
    action: `business.${action}`,
    object: { kind: 'transaction', id: row.id },
    before: { state: row.state },
    after: { state },
    ...(reason ? { reason } : {}),
  })
  const changed = await updateGuarded(ctx, transaction, row, { state, lastAuditId: auditId })
  await announceFacts(ctx, 'transaction', [[changed.id, changed.version]])
  return { row: changed, auditId }
}

async function answer(ctx: RequestContext, ports: BusinessPorts, row: Transaction): Promise<Decided> {
  return {
    id: row.id,
    serial: row.serial,
    state: row.state as TransactionState,
    ...(await ports.warningsOf(ctx, row.id)),
  }
}

/** Close the open step as returned, with the reason as its opinion. */
async function closeStep(
  ctx: RequestContext,
  step: TransactionStep,
  reason: string,
  auditId: string,
): Promise<void> {
  const closed = await updateGuarded(ctx, transactionStep, step, {
    state: 'returned',
    operatorId: ctx.actor.id,
    doneAt: ctx.clock.now(),
    opinion: reason,
    lastAuditId: auditId,
  })
  await announceFacts(ctx, 'transaction_step', [[closed.id, closed.version]])
}

/** Send back for completion: the clock keeps the due date, the open step ends as returned. */
export function returnTransaction(ports: BusinessPorts): Handler<typeof businessContract.returnTransaction> {
  return async (ctx, input) => {
    const loaded = await loadTransaction(ctx, input.id)
    const { row, auditId } = await move(ctx, loaded, 'return-transaction', { type: 'RETURN' }, input.reason)
    const open = loaded.steps.find((one) => one.state === 'open')
    if (open) await closeStep(ctx, open, input.reason, auditId)
    return answer(ctx, ports, row)
  }
}

/** Back to review after completion; judged anew. */
export function resubmitTransaction(
  ports: BusinessPorts,
): Handler<typeof businessContract.resubmitTransaction> {
  return async (ctx, input) => {
    const loaded = await loadTransaction(ctx, input.id)
    const returned = loaded.steps.filter((one) => one.state === 'returned').at(-1)
    const { row, auditId } = await move(
      ctx,
      loaded,
      'resubmit-transaction',
      { type: 'RESUBMIT' },
      input.opinion,
    )
    await openStep(
      ctx,
      row,
      (returned?.step ?? 'review') as Step,
      loaded.steps.length,
      ctx.clock.now(),
      auditId,
    )
    return judge(ctx, ports, row, 'step', 'accept')
  }
}

/** End without result (退办). A number selected in it is given back. */
export function withdrawTransaction(
  ports: BusinessPorts,
): Handler<typeof businessContract.withdrawTransaction> {
  return async (ctx, input) => {
    const loaded = await loadTransaction(ctx, input.id)
    const { row, auditId } = await move(
      ctx,
      loaded,
      'withdraw-transaction',
      { type: 'WITHDRAW' },
      input.reason,
    )
    await endWithoutResult(ctx, ports, row, loaded.steps, input.reason, auditId)
    return answer(ctx, ports, row)
  }
}

async function endWithoutResult(
  ctx: RequestContext,
  ports: BusinessPorts,
  row: Transaction,
  steps: readonly TransactionStep[],
  reason: string,
  auditId: string,
): Promise<void> {
  const open = steps.find((one) => one.state === 'open')
  if (open) await closeStep(ctx, open, reason, auditId)
  const now = ctx.clock.now()
  const given = await ctx.db
    .update(numberSelection)
    .set({ withdrawnAt: now, version: sql`${numberSelection.version} + 1` })
    .where(and(eq(numberSelection.transactionId, row.id), isNull(numberSelection.withdrawnAt)))
    .returning({ id: numberSelection.id, version: numberSelection.version })
  await announceFacts(
    ctx,
    'number_selection',
    given.map((one) => [one.id, one.version]),
  )
  await undoAcceptance(ctx, row, now)
  await ports.onWithdrawn(ctx, row.id)
}

const simpleMove =
  (ports: BusinessPorts, action: string, make: Make) =>
  async (ctx: RequestContext, input: { id: string; reason?: string | undefined }): Promise<Decided> => {
    const loaded = await loadTransaction(ctx, input.id)
    const { row } = await move(ctx, loaded, action, make(loaded.steps), input.reason)
    return answer(ctx, ports, row)
  }

export const suspendTransaction = (
  ports: BusinessPorts,
): Handler<typeof businessContract.suspendTransaction> =>
  simpleMove(ports, 'suspend-transaction', () => ({ type: 'SUSPEND' }))

export const resumeTransaction = (ports: BusinessPorts): Handler<typeof businessContract.resumeTransaction> =>
  simpleMove(ports, 'resume-transaction', (steps) => ({
    type: 'RESUME',
    to: runningStateAfter(doneSteps(steps)),
  }))

/** What supervision does to a held transaction when its leader has decided. */
export interface TransactionHold {
  /** The leader granted: work goes on where it stopped. */
  release(ctx: RequestContext, transactionId: string): Promise<void>
  /** The leader refused: the transaction ends without result. */
  refuse(ctx: RequestContext, transactionId: string, reason: string): Promise<void>
}

export function transactionHold(ports: BusinessPorts): TransactionHold {
  return {
    async release(ctx, transactionId) {
      const loaded = await loadTransaction(ctx, transactionId)
      await move(ctx, loaded, 'release-transaction', {
        type: 'RELEASE',
        to: runningStateAfter(doneSteps(loaded.steps)),
      })
    },
    async refuse(ctx, transactionId, reason) {
      const loaded = await loadTransaction(ctx, transactionId)
      const { row, auditId } = await move(ctx, loaded, 'refuse-transaction', { type: 'REFUSE' }, reason)
      await endWithoutResult(ctx, ports, row, loaded.steps, reason, auditId)
    },
  }
}
