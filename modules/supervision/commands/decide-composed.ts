/** Four eyes on a composed version: its author submits it, another person approves or refuses it (SUP-3). */
import { notify } from '@hengjian/notifications'
import type { RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import {
  type ComposedVersion,
  composedAfter,
  definedOrRefused,
  loadComposedIndicator,
  loadVersion,
} from '../composition/composed-record.ts'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { ComposedState } from '../lifecycle.ts'
import { nearestHolders } from '../nearest-holders.ts'
import { mayDecideVersion } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { presentComposed } from '../queries/find-composed.ts'
import { composedVersion } from '../tables.ts'

const linkOf = (code: string) => `/composed-indicators/${code}`

/** Submit: by its author; who may approve it is told. */
export const submitComposed =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.submitComposed> =>
  async (ctx, { code, number, reason }) => {
    const indicator = await loadComposedIndicator(ctx, code)
    const row = await loadVersion(ctx, code, number)
    if (row.proposedBy !== ctx.actor.id) throw new Problem(supervisionErrors.not_the_author)
    const state = composedAfter(row, 'SUBMIT')
    definedOrRefused(code, row.composition)
    const lastAuditId = await ctx.audit.record({
      action: 'supervision.submit-composed',
      object: { kind: 'composed_indicator', id: code },
      after: { number, composition: row.composition },
      reason,
    })
    await updateGuarded(ctx, composedVersion, row, {
      state,
      submittedAt: ctx.clock.now(),
      reason,
      lastAuditId,
    })
    const approvers = await nearestHolders(ctx, ports, 'supervision.indicator.approve', row.proposedPath, [
      row.proposedBy,
    ])
    await notify(ctx, {
      recipients: approvers,
      kind: 'supervision.composed_submitted',
      title: `${ctx.actor.name} 提交自编指标 ${code} ${row.composition.title} 第 ${number} 版，等待您批准`,
      link: linkOf(code),
    })
    return presentComposed(ctx, ports, indicator, number === indicator.newest ? state : undefined)
  }

/** Approve: the version may be switched on. */
export const approveComposed =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.approveComposed> =>
  (ctx, { code, number, opinion }) =>
    decide(ctx, ports, { code, number, opinion: opinion ?? null, event: 'APPROVE' })

/** Refuse: its author reads why. */
export const refuseComposed =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.refuseComposed> =>
  (ctx, { code, number, opinion }) =>
    decide(ctx, ports, { code, number, opinion, event: 'REFUSE' })

async function decide(
  ctx: RequestContext,
  ports: SupervisionPorts,
  { code, number, opinion, event }: Decision,
) {
  const indicator = await loadComposedIndicator(ctx, code)
  const row = await loadVersion(ctx, code, number)
  const forbidden = mayDecideVersion(ctx.actor, row)
  if (forbidden) throw new Problem(forbidden)
  const state = composedAfter(row, event)
  if (event === 'APPROVE') definedOrRefused(code, row.composition)
  const lastAuditId = await ctx.audit.record({
    action: event === 'APPROVE' ? 'supervision.approve-composed' : 'supervision.refuse-composed',
    object: { kind: 'composed_indicator', id: code },
    before: { number, state: row.state },
    after: { state, definition: row.definition },
    ...(opinion ? { reason: opinion } : {}),
  })
  await updateGuarded(ctx, composedVersion, row, {
    state,
    decidedBy: ctx.actor.id,
    decidedByName: ctx.actor.name,
    decidedAt: ctx.clock.now(),
    opinion,
    lastAuditId,
  })
  await tellAuthor(ctx, row, state, opinion)
  return presentComposed(ctx, ports, indicator, number === indicator.newest ? state : undefined)
}

interface Decision {
  readonly code: string
  readonly number: number
  readonly opinion: string | null
  readonly event: 'APPROVE' | 'REFUSE'
}

const tellAuthor = (
  ctx: RequestContext,
  row: ComposedVersion,
  state: ComposedState,
  opinion: string | null,
) =>
  notify(ctx, {
    recipients: [row.proposedBy],
    kind: `supervision.composed_${state}`,
    title: `您编制的指标 ${row.code} 第 ${row.number} 版${state === 'approved' ? '已获批准，可以启用' : '未获批准'}${opinion ? `：${opinion}` : ''}`,
    link: linkOf(row.code),
  })
