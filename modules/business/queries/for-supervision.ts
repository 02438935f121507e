/** What supervision asks of a transaction: the facts a leader must see, and the work that waits at the desk. */

import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import { and, asc, desc, eq, inArray, ne, or } from 'drizzle-orm'
import { businessKindOf, CHANNELS, STEP_TITLES } from '../kinds.ts'
import { transactionStates } from '../lifecycle.ts'
import type { BusinessPorts } from '../ports.ts'
import { presentTransaction } from '../present.ts'
import { transaction, transactionStep } from '../tables.ts'
import { partiesOf } from './get-transaction.ts'
import { namesFor } from './names.ts'

/** Lines of each list on the workbench; the lists themselves are the place for more. */
const LINES = 20

/** Facts of a transaction in the order in which a leader reads them, personal data masked. */
export async function transactionFacts(ctx: RequestContext, ports: BusinessPorts, id: string) {
  const [row] = await ctx.db.select().from(transaction).where(eq(transaction.id, id))
  if (!row) throw new Problem(platformErrors.not_found)
  assertIntact(ctx, transaction, row)
  const names = await namesFor(ctx, ports, [row])
  const shown = presentTransaction(row, names)
  const { vehicle, applicant } = await partiesOf(ctx, row)
  const steps = await ctx.db
    .select()
    .from(transactionStep)
    .where(eq(transactionStep.transactionId, id))
    .orderBy(asc(transactionStep.ordinal))
  const operators = await ports.namesOf(
    ctx,
    steps.flatMap((one) => (one.operatorId ? [one.operatorId] : [])),
  )
  const reason = row.reason ? businessKindOf(row.businessKind)?.reasons[row.reason] : null
  const fact = (label: string, value: string | null | undefined, link: string | null = null) =>
    value ? [{ label, value, link }] : []
  return {
    facts: [
      ...fact('流水号', row.serial, `/transactions/${row.id}`),
      ...fact('业务类型', [shown.businessTitle, reason].filter(Boolean).join(' · ')),
      ...fact('办理渠道', CHANNELS[row.channel] ?? row.channel),
      ...fact('受理时间', row.acceptedAt.toISOString()),
      ...fact('受理人', shown.handler),
      ...fact('办理机构', shown.unit),
      ...fact(row.subjectKind === 'vehicle' ? '所有人' : '申请人', applicant?.name, shown.personLink),
      ...fact('证件号码', applicant?.idNumber),
      ...fact('手机号', applicant?.mobile),
      ...fact('联系地址', applicant?.address),
      ...fact('号牌号码', vehicle?.plate, shown.vehicleLink),
      ...fact('车辆识别代号', vehicle?.vin),
      ...fact('品牌型号', [vehicle?.brand, vehicle?.model].filter(Boolean).join(' ')),
    ],
    steps: steps.map((one) => ({
      step: one.step,
      title: STEP_TITLES[one.step] ?? one.step,
      state: one.state,
      operatorId: one.operatorId,
      operatorName: one.operatorId ? (operators.get(one.operatorId) ?? null) : null,
      at: one.doneAt,
      opinion: one.opinion,
    })),
  }
}

/** Transactions that wait for the caller's step, and those of the caller's that came back. */
export async function transactionsOf(ctx: RequestContext, ports: BusinessPorts) {
  const may = (step: string) => ctx.actor.permissions.has(`business.transaction.${step}`)
  const line = async (
    rows: (typeof transaction.$inferSelect)[],
    title: (row: typeof transaction.$inferSelect) => string,
  ) => {
    const names = await namesFor(ctx, ports, rows)
    return rows.map((row) => {
      const shown = presentTransaction(row, names)
      return {
        id: row.id,
        title: `${title(row)} ${shown.businessTitle}`,
        detail: [row.serial, shown.plate, shown.person].filter(Boolean).join(' · '),
        at: row.acceptedAt,
        dueAt: row.dueAt,
        link: `/transactions/${row.id}`,
      }
    })
  }
  const stages = [
    ...(may('review')
      ? [and(inArray(transaction.state, ['accepted', 'in_review']), ne(transaction.handlerId, ctx.actor.id))]
      : []),
    ...(may('issue') ? [eq(transaction.state, 'approved')] : []),
    ...(may('archive') ? [eq(transaction.state, 'issued')] : []),
  ]
  const waiting = stages.length
    ? await ctx.db
        .select()
        .from(transaction)
        .where(or(...stages))
        .orderBy(asc(transaction.dueAt), desc(transaction.acceptedAt))
        .limit(LINES)
    : []
  const returned = may('accept')
    ? await ctx.db
        .select()
        .from(transaction)
        .where(and(eq(transaction.state, 'returned'), eq(transaction.handlerId, ctx.actor.id)))
        .orderBy(asc(transaction.dueAt))
        .limit(LINES)
    : []
  return {
    waiting: await line(waiting, (row) => `待办（${transactionStates[row.state as 'accepted']}）`),
    returned: await line(returned, () => '退回补正'),
  }
}
