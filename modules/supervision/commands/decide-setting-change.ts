/** A second person approves or refuses a change of a setting; who proposed it may withdraw it. */
import { notify } from '@hengjian/notifications'
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact, updateGuarded } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import { nextSettingChange, type SettingChangeEvent, type SettingChangeState } from '../lifecycle.ts'
import { mayDecideChange } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { presentSettingChanges, type SettingChange } from '../queries/find-setting-changes.ts'
import { settingChange } from '../tables.ts'
import { applyPushThreshold, assertPushable } from './apply-push-threshold.ts'
import { applySetting, assertSettable, currentSetting, lockSetting } from './apply-setting.ts'

/** Approve: the values hold from the next evaluation on, unless the setting or its bounds have changed meanwhile. */
export const approveSettingChange =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.approveSettingChange> =>
  async (ctx, input) => {
    const row = await loadForDecision(ctx, input.id)
    stateAfter(row, 'APPROVE')
    await lockSetting(ctx, row)
    const apply = await (row.about === 'push_threshold' ? secondThresholdOf : settingOf)(
      ctx,
      book,
      ports,
      row,
    )
    const decided = await end(ctx, book, row, 'APPROVE', input.opinion ?? null)
    await apply()
    return presented(ctx, book, ports, decided)
  }

/** The setting that the change would make, checked as on the day it was proposed; call the answer to apply it. */
async function settingOf(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  row: SettingChange,
): Promise<() => Promise<void>> {
  const { code, unitPath, enabled, parameters, tightenOnly, reason, evidence } = row
  const setting = { code, unitPath, enabled, parameters, tightenOnly }
  await assertSettable(ctx, ports, book.definitionOf(code), setting)
  const current = await currentSetting(ctx, row)
  if ((current?.revision ?? 0) !== row.revision) throw new Problem(supervisionErrors.setting_changed)
  const by = { id: row.proposedBy, name: row.proposedByName }
  return () => applySetting(ctx, setting, current, { reason, evidence, by, approver: ctx.actor })
}

/** The second threshold that the change would make, likewise. */
async function secondThresholdOf(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  row: SettingChange,
): Promise<() => Promise<void>> {
  const { code, unitPath, reason } = row
  const second = { code, unitPath, value: row.pushTo }
  const current = await assertPushable(ctx, ports, book.definitionOf(code), second)
  if ((current?.version ?? 0) !== row.revision) throw new Problem(supervisionErrors.setting_changed)
  const how = { reason, byName: row.proposedByName, approverName: ctx.actor.name }
  return () => applyPushThreshold(ctx, second, current, how)
}

/** Refuse: the old values go on holding. */
export const refuseSettingChange =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.refuseSettingChange> =>
  async (ctx, input) => {
    const row = await loadForDecision(ctx, input.id)
    return presented(ctx, book, ports, await end(ctx, book, row, 'REFUSE', input.opinion))
  }

/** Withdraw: by who proposed it. */
export const withdrawSettingChange =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.withdrawSettingChange> =>
  async (ctx, input) => {
    const row = await load(ctx, input.id)
    if (row.proposedBy !== ctx.actor.id) throw new Problem(platformErrors.forbidden)
    return presented(ctx, book, ports, await end(ctx, book, row, 'WITHDRAW', null))
  }

async function load(ctx: RequestContext, id: string): Promise<SettingChange> {
  const [row] = await ctx.db.select().from(settingChange).where(eq(settingChange.id, id)).for('update')
  if (!row) throw new Problem(platformErrors.not_found)
  assertIntact(ctx, settingChange, row)
  return row
}

async function loadForDecision(ctx: RequestContext, id: string): Promise<SettingChange> {
  const row = await load(ctx, id)
  const forbidden = mayDecideChange(ctx.actor, row)
  if (forbidden) throw new Problem(forbidden)
  return row
}

const WORDS = { APPROVE: '已获批准，现已生效', REFUSE: '未获批准', WITHDRAW: '已撤回' } as const
const ACTIONS = {
  APPROVE: 'supervision.approve-setting-change',
  REFUSE: 'supervision.refuse-setting-change',
  WITHDRAW: 'supervision.withdraw-setting-change',
} as const

function stateAfter(row: SettingChange, event: SettingChangeEvent): SettingChangeState {
  const state = nextSettingChange(row.state as SettingChangeState, event)
  if (!state) throw new Problem(supervisionErrors.not_allowed_in_state, { data: { state: row.state } })
  return state
}

async function end(
  ctx: RequestContext,
  book: IndicatorBook,
  row: SettingChange,
  event: SettingChangeEvent,
  opinion: string | null,
): Promise<SettingChange> {
  const state = stateAfter(row, event)
  const lastAuditId = await ctx.audit.record({
    action: ACTIONS[event],
    object: { kind: 'setting_change', id: row.id },
    before: { state: row.state },
    after: { state },
    ...(opinion ? { reason: opinion } : {}),
  })
  const decided = await updateGuarded(ctx, settingChange, row, {
    state,
    decidedBy: ctx.actor.id,
    decidedByName: ctx.actor.name,
    decidedAt: ctx.clock.now(),
    opinion,
    lastAuditId,
  })
  if (event !== 'WITHDRAW')
    await notify(ctx, {
      recipients: [row.proposedBy],
      kind: `supervision.setting_change_${state}`,
      title: `您提出的 ${row.code} ${book.definitionOf(row.code).titleZh} 调整${WORDS[event]}${opinion ? `：${opinion}` : ''}`,
      link: `/setting-changes?id=${row.id}`,
    })
  return decided
}

const presented = async (
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  row: SettingChange,
) => (await presentSettingChanges(ctx, book, ports, [row]))[0]!
