/** Put hits before the leaders: part of the transaction that is being held, or again after an expiry. */
import { notify } from '@hengjian/notifications'
import { newId, type RequestContext } from '@hengjian/platform/context'
import { insertGuarded } from '@hengjian/platform/guard'
import { inArray } from 'drizzle-orm'
import { nearestHolders } from '../nearest-holders.ts'
import { parameterValueOf, type SupervisionPorts } from '../ports.ts'
import { addWorkingDays } from '../rules/working-days.ts'
import { authorisation, warning } from '../tables.ts'

/** What an authorisation keeps of the transaction it is about. */
interface HeldTransaction {
  readonly transactionId: string
  readonly serial: string
  readonly businessKind: string
  readonly unitId: string
  readonly unitPath: string
}

export type Authorisation = typeof authorisation.$inferSelect

/** Request a decision on the hits of these warnings; tells everybody who may take it. */
export async function requestAuthorisation(
  ctx: RequestContext,
  ports: SupervisionPorts,
  transaction: HeldTransaction,
  warnings: readonly (typeof warning.$inferSelect)[],
): Promise<Authorisation> {
  const now = ctx.clock.now()
  const days = await parameterValueOf(ctx, ports, 'supervision.authorisation_days', transaction.unitPath)
  const id = newId()
  const hits = warnings.map((row) => ({
    code: row.code,
    version: row.version,
    subject: row.subjectKey,
    title: row.title,
    warningId: row.id,
  }))
  const lastAuditId = await ctx.audit.record({
    action: 'supervision.request-authorisation',
    object: { kind: 'authorisation', id },
    after: { transactionId: transaction.transactionId, hits },
  })
  const row = {
    id,
    unitId: transaction.unitId,
    unitPath: transaction.unitPath,
    transactionId: transaction.transactionId,
    serial: transaction.serial,
    businessKind: transaction.businessKind,
    handlerId: ctx.actor.id,
    handlerName: ctx.actor.name,
    state: 'requested',
    hits,
    requestedAt: now,
    expiresAt: addWorkingDays(now, days, await ports.calendarOf(ctx)),
    decidedAt: null,
    decidedBy: null,
    decidedByName: null,
    reason: null,
    version: 1,
    checkValue: null,
    lastAuditId,
  }
  await insertGuarded(ctx, authorisation, [row])
  await ctx.db
    .update(warning)
    .set({ authorisationId: id })
    .where(
      inArray(
        warning.id,
        warnings.map((each) => each.id),
      ),
    )
  await ctx.emit('authorisation.requested', { authorisationId: id, transactionId: transaction.transactionId })
  await notify(ctx, {
    recipients: await nearestHolders(ctx, ports, 'supervision.authorisation.grant', transaction.unitPath, [
      ctx.actor.id,
    ]),
    kind: 'supervision.authorisation_requested',
    title: `业务流水 ${transaction.serial} 待授权：${hits.map((hit) => hit.title).join('、')}`,
    link: `/authorisations/${id}`,
  })
  return row
}
