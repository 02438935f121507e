/** One transaction with everything that was done to it (BIZ-8), and what the caller may do now. */

import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { asc, eq } from 'drizzle-orm'
import type { businessContract } from '../contract.ts'
import type { Warning } from '../guard.ts'
import { businessKindOf, STEP_TITLES } from '../kinds.ts'
import { nextState, type TransactionState } from '../lifecycle.ts'
import type { BusinessPorts } from '../ports.ts'
import { presentPerson, presentTransaction, presentVehicle } from '../present.ts'
import {
  amendment,
  externalCheck,
  person,
  transaction,
  transactionChange,
  transactionStep,
  vehicle,
} from '../tables.ts'
import { namesFor } from './names.ts'

type Row = typeof transaction.$inferSelect
type StepRow = typeof transactionStep.$inferSelect

const CHECK_TITLES: Record<string, string> = {
  population: '人口库核查',
  residence_permit: '居住证核查',
  military_licence: '军警驾驶证核查',
}
const OUTCOMES: Record<string, string> = {
  found: '有信息',
  none: '无信息',
  deceased: '已死亡',
  confirmed: '属实',
  refuted: '不属实',
  unavailable: '接口不可用',
}
const FIELDS: Record<string, string> = {
  address: '联系地址',
  mobile: '手机号',
  name: '姓名',
  licence_class: '准驾车型',
  colour: '车身颜色',
}

export function getTransaction(ports: BusinessPorts): Handler<typeof businessContract.getTransaction> {
  return async (ctx, input) => {
    const [row] = await ctx.db.select().from(transaction).where(eq(transaction.id, input.id))
    if (!row) throw new Problem(platformErrors.not_found)
    assertIntact(ctx, transaction, row)
    const of = {
      steps: eq(transactionStep.transactionId, row.id),
      changes: eq(transactionChange.transactionId, row.id),
    }
    const steps = await ctx.db
      .select()
      .from(transactionStep)
      .where(of.steps)
      .orderBy(asc(transactionStep.ordinal))
    for (const one of steps) assertIntact(ctx, transactionStep, one)
    const changes = await ctx.db.select().from(transactionChange).where(of.changes)
    const amendments = await ctx.db
      .select()
      .from(amendment)
      .where(eq(amendment.transactionId, row.id))
      .orderBy(asc(amendment.at))
    const checks = await ctx.db
      .select()
      .from(externalCheck)
      .where(eq(externalCheck.transactionId, row.id))
      .orderBy(asc(externalCheck.at))
    const parties = await partiesOf(ctx, row)
    const operators = [
      ...steps.map((one) => one.operatorId),
      ...amendments.map((one) => one.operatorId),
      row.agentId,
    ]
    const who = await ports.namesOf(
      ctx,
      operators.filter((id): id is string => id !== null),
    )
    const said = await ports.warningsOf(ctx, row.id)
    const kind = businessKindOf(row.businessKind)
    const name = (id: string | null) => (id ? (who.get(id) ?? null) : null)
    return {
      ...presentTransaction(row, await namesFor(ctx, ports, [row])),
      ...parties,
      agentId: row.agentId,
      agent: name(row.agentId),
      licenceClass: row.licenceClass,
      issuingCountry: row.issuingCountry,
      local: row.local,
      workingTime: row.workingTime,
      changes: changes.map((one) => ({
        field: one.field,
        title: kind?.changes[one.field] ?? FIELDS[one.field] ?? one.field,
        before: one.before,
        after: one.afterEnc ? '（已加密）' : one.after,
      })),
      steps: steps.map((one) => ({
        id: one.id,
        step: one.step,
        state: one.state,
        operatorId: one.operatorId,
        operator: name(one.operatorId),
        openedAt: one.openedAt.toISOString(),
        doneAt: one.doneAt?.toISOString() ?? null,
        opinion: one.opinion,
      })),
      ...said,
      actions: actionsOf(ctx, row, steps, said.warnings),
      timeline: [
        ...steps
          .filter((one) => one.doneAt)
          .map((one) => ({
            at: one.doneAt!.toISOString(),
            kind: one.state === 'returned' ? 'returned' : 'step',
            title: `${STEP_TITLES[one.step] ?? one.step}${one.state === 'returned' ? '退回' : '完成'}`,
            who: name(one.operatorId),
            detail: one.opinion,
          })),
        ...amendments.map((one) => ({
          at: one.at.toISOString(),
          kind: 'amendment',
          title: `流水修改：${FIELDS[one.field] ?? one.field}`,
          who: name(one.operatorId),
          detail: one.reason,
        })),
        ...checks.map((one) => ({
          at: one.at.toISOString(),
          kind: 'check',
          title: `${CHECK_TITLES[one.kind] ?? one.kind}：${OUTCOMES[one.outcome] ?? one.outcome}`,
          who: null,
          detail: one.durationMs === null ? null : `用时 ${one.durationMs} 毫秒`,
        })),
      ].sort((a, b) => a.at.localeCompare(b.at)),
    }
  }
}

/** Vehicle and applicant, shown with the transaction wherever their files are kept. */
export async function partiesOf(ctx: RequestContext, row: Row) {
  const personId = row.personId ?? row.organisationId
  const { vehicleId } = row
  const [cars, applicants] = await Promise.all([
    vehicleId
      ? ctx.tx.asFactsReader(() => ctx.db.select().from(vehicle).where(eq(vehicle.id, vehicleId)))
      : [],
    personId ? ctx.tx.asFactsReader(() => ctx.db.select().from(person).where(eq(person.id, personId))) : [],
  ])
  const [car, applicant] = [cars[0], applicants[0]]
  return {
    vehicle: car ? presentVehicle(car) : null,
    applicant: applicant ? presentPerson(ctx, applicant) : null,
  }
}

type Action =
  | 'review'
  | 'issue'
  | 'archive'
  | 'return'
  | 'resubmit'
  | 'withdraw'
  | 'suspend'
  | 'resume'
  | 'amend'
  | 'acknowledge'

/** Buttons and server agree: the same lifecycle and the same permissions decide. */
function actionsOf(
  ctx: RequestContext,
  row: Row,
  steps: readonly StepRow[],
  warnings: readonly Warning[],
): Action[] {
  const state = row.state as TransactionState
  const may = (permission: string) => ctx.actor.permissions.has(`business.transaction.${permission}`)
  const open = steps.find((one) => one.state === 'open')
  const actions: Action[] = []
  const stepEvent = { review: 'REVIEWED', issue: 'ISSUED', archive: 'ARCHIVED' } as const
  if (open && open.step in stepEvent && may(open.step)) {
    const step = open.step as keyof typeof stepEvent
    const own = step === 'review' && row.handlerId === ctx.actor.id
    if (!own && nextState(state, { type: stepEvent[step], last: false })) actions.push(step)
  }
  if (may('review') && nextState(state, { type: 'RETURN' })) actions.push('return')
  if (may('accept') && nextState(state, { type: 'RESUBMIT' })) actions.push('resubmit')
  if (may('withdraw') && nextState(state, { type: 'WITHDRAW' })) actions.push('withdraw')
  if (may('withdraw') && nextState(state, { type: 'SUSPEND' })) actions.push('suspend')
  if (may('withdraw') && state === 'suspended') actions.push('resume')
  if (may('amend') && !['completed', 'withdrawn', 'held', 'suspended'].includes(state)) actions.push('amend')
  if (warnings.some((one) => one.effect === 'prompt' && one.state === 'shown')) actions.push('acknowledge')
  return actions
}
