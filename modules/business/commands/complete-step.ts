/** Complete a step: review, issue, archive. The guards judge before it is done; the last step ends the transaction. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { insertGuarded, updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import type { businessContract } from '../contract.ts'
import { businessErrors } from '../errors.ts'
import { businessKindOf, type Step, stepAfter } from '../kinds.ts'
import { nextState, stepEvents, type TransactionState } from '../lifecycle.ts'
import type { BusinessPorts } from '../ports.ts'
import { announceFacts } from '../record-facts.ts'
import { transaction, transactionStep } from '../tables.ts'
import { stepFact } from './accept-transaction.ts'
import { applyResult } from './apply-result.ts'
import { judge } from './judge.ts'
import { loadTransaction, type Transaction, type TransactionStep } from './load-transaction.ts'

/** Permission that each step asks for. */
const stepPermissions = {
  review: 'business.transaction.review',
  issue: 'business.transaction.issue',
  archive: 'business.transaction.archive',
} as const

export function completeStep(ports: BusinessPorts): Handler<typeof businessContract.completeStep> {
  return async (ctx, input) => {
    if (!ctx.actor.permissions.has(stepPermissions[input.step])) throw new Problem(platformErrors.forbidden)
    const { row, steps } = await loadTransaction(ctx, input.id)
    const current = decide(ctx, row, steps, input.step)

    const judged = await judge(ctx, ports, row, 'step', input.step)
    if (judged.held) return judged
    if (judged.warnings.some((warning) => warning.effect === 'prompt' && warning.state === 'shown'))
      throw new Problem(businessErrors.warnings_open, { data: { warnings: judged.warnings } })

    const kind = businessKindOf(row.businessKind)
    const following = kind ? stepAfter(kind, input.step) : null
    const state = nextState(row.state as TransactionState, {
      type: stepEvents[input.step],
      last: following === null,
    })
    if (!state) throw new Problem(businessErrors.not_allowed_in_state, { data: { state: row.state } })
    const now = ctx.clock.now()
    const auditId = await ctx.audit.record({
      action: `business.${input.step}-transaction`,
      object: { kind: 'transaction', id: row.id },
      before: { state: row.state },
      after: { state },
      ...(input.opinion ? { reason: input.opinion } : {}),
    })
    const done = await updateGuarded(ctx, transactionStep, current, {
      state: 'done',
      operatorId: ctx.actor.id,
      doneAt: now,
      opinion: input.opinion ?? null,
      clientAddress: ctx.origin.clientAddress,
      lastAuditId: auditId,
    })
    const changed = await updateGuarded(ctx, transaction, row, {
      state,
      ...(state === 'completed' ? { completedAt: now } : {}),
      lastAuditId: auditId,
    })
    if (following) await openStep(ctx, changed, following, steps.length, now, auditId)
    else await applyResult(ctx, changed, now, ports.localRegionsOf)
    await announceFacts(ctx, 'transaction_step', [[done.id, done.version]])
    await announceFacts(ctx, 'transaction', [[changed.id, changed.version]])
    return { ...judged, state }
  }
}

/** Open the next step of a transaction. */
export async function openStep(
  ctx: RequestContext,
  row: Transaction,
  step: Step,
  ordinal: number,
  at: Date,
  auditId: string,
): Promise<void> {
  const opened = { ...stepFact(ctx, row, step, ordinal, at), lastAuditId: auditId }
  await insertGuarded(ctx, transactionStep, [opened])
  await announceFacts(ctx, 'transaction_step', [[opened.id, opened.version]])
}

/** The open step, if this caller may complete it now. */
function decide(
  ctx: RequestContext,
  row: Transaction,
  steps: readonly TransactionStep[],
  step: Step,
): TransactionStep {
  const current = steps.find((one) => one.state === 'open')
  if (
    current?.step !== step ||
    nextState(row.state as TransactionState, { type: stepEvents[step as 'review'], last: false }) === null
  )
    throw new Problem(businessErrors.not_the_step, {
      data: { state: row.state, open: current?.step ?? null },
    })
  // One person must not hold the accepting and the reviewing post of one case.
  if (step === 'review' && steps.some((one) => one.step === 'accept' && one.operatorId === ctx.actor.id))
    throw new Problem(businessErrors.same_person)
  return current
}

/** Steps of a transaction that are done, in order. */
export const doneSteps = (steps: readonly TransactionStep[]): Step[] =>
  steps.filter((one) => one.state === 'done').map((one) => one.step as Step)
