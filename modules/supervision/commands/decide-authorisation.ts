/** A leader grants or refuses (SUP-1). Both need a second factor, a reason, and a person who had no part in it. */
import { notify } from '@hengjian/notifications'
import type { RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { type AuthorisationState, nextAuthorisation } from '../lifecycle.ts'
import { mayDecide } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { presentAuthorisation, unitNamesFor } from '../present.ts'
import { authorisation, warning } from '../tables.ts'
import { loadAuthorisation } from './load-authorisation.ts'
import type { Authorisation } from './request-authorisation.ts'

/** Grant: the transaction goes on once nothing else about it waits for a decision. */
export const grantAuthorisation =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.grantAuthorisation> =>
  async (ctx, input) => {
    const row = await decide(ctx, ports, input, 'GRANT')
    if (!(await othersWait(ctx, row.transactionId))) await ports.transactions.release(ctx, row.transactionId)
    return presentAuthorisation(row, await unitNamesFor(ctx, ports, [row.unitPath]))
  }

/** Refuse: the transaction ends with the leader's reason; whatever else waits for a decision about it is withdrawn. */
export const refuseAuthorisation =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.refuseAuthorisation> =>
  async (ctx, input) => {
    const row = await decide(ctx, ports, input, 'REFUSE')
    await withdrawAuthorisations(ctx, row.transactionId)
    await ports.transactions.refuse(ctx, row.transactionId, input.reason)
    return presentAuthorisation(row, await unitNamesFor(ctx, ports, [row.unitPath]))
  }

async function decide(
  ctx: RequestContext,
  ports: SupervisionPorts,
  input: { id: string; reason: string },
  event: 'GRANT' | 'REFUSE',
): Promise<Authorisation> {
  const row = await loadAuthorisation(ctx, input.id)
  const { steps } = await ports.transactions.facts(ctx, row.transactionId)
  const forbidden = mayDecide(
    ctx.actor,
    row,
    steps.map((step) => step.operatorId),
  )
  if (forbidden) throw new Problem(forbidden)
  const state = nextAuthorisation(row.state as AuthorisationState, event)
  if (!state) throw new Problem(supervisionErrors.not_allowed_in_state, { data: { state: row.state } })
  const now = ctx.clock.now()
  // The job that expires them may be some minutes behind.
  if (now >= row.expiresAt) throw new Problem(supervisionErrors.authorisation_expired)
  const lastAuditId = await ctx.audit.record({
    action: event === 'GRANT' ? 'supervision.grant-authorisation' : 'supervision.refuse-authorisation',
    object: { kind: 'authorisation', id: row.id },
    before: { state: row.state },
    after: { state, hits: row.hits },
    reason: input.reason,
  })
  const decided = await updateGuarded(ctx, authorisation, row, {
    state,
    decidedAt: now,
    decidedBy: ctx.actor.id,
    decidedByName: ctx.actor.name,
    reason: input.reason,
    lastAuditId,
  })
  await ctx.db
    .update(warning)
    .set({ state: 'acknowledged', acknowledgedAt: now })
    .where(and(eq(warning.authorisationId, row.id), eq(warning.state, 'shown')))
  await ctx.emit(`authorisation.${state}`, { authorisationId: row.id, transactionId: row.transactionId })
  await notify(ctx, {
    recipients: [row.handlerId],
    kind: `supervision.authorisation_${state}`,
    title: `业务流水 ${row.serial} ${event === 'GRANT' ? '已获授权' : '未获授权'}：${input.reason}`,
    link: `/transactions/${row.transactionId}`,
  })
  return decided
}

const othersWait = async (ctx: RequestContext, transactionId: string): Promise<boolean> => {
  const rows = await ctx.db
    .select({ id: authorisation.id })
    .from(authorisation)
    .where(and(eq(authorisation.transactionId, transactionId), eq(authorisation.state, 'requested')))
    .limit(1)
  return rows.length > 0
}

/** The transaction ended: what waits for a decision about it ends too. Called by the module that keeps transactions. */
export async function withdrawAuthorisations(ctx: RequestContext, transactionId: string): Promise<void> {
  const rows = await ctx.db
    .select()
    .from(authorisation)
    .where(and(eq(authorisation.transactionId, transactionId), eq(authorisation.state, 'requested')))
    .for('update')
  for (const row of rows) await endUndecided(ctx, row, 'WITHDRAW', 'supervision.withdraw-authorisation')
}

/** End an authorisation on which nobody decided. */
export async function endUndecided(
  ctx: RequestContext,
  row: Authorisation,
  event: 'WITHDRAW' | 'EXPIRE',
  action: string,
): Promise<void> {
  const state = nextAuthorisation(row.state as AuthorisationState, event)
  if (!state) throw new Problem(supervisionErrors.not_allowed_in_state, { data: { state: row.state } })
  const lastAuditId = await ctx.audit.record({
    action,
    object: { kind: 'authorisation', id: row.id },
    before: { state: row.state },
    after: { state },
  })
  await updateGuarded(ctx, authorisation, row, { state, lastAuditId })
  await ctx.emit(`authorisation.${state}`, { authorisationId: row.id, transactionId: row.transactionId })
}
