/** Changes that wait for a second person: of a setting, or of a second threshold. */
import { notify } from '@hengjian/notifications'
import { newId, type RequestContext } from '@hengjian/platform/context'
import { insertGuarded } from '@hengjian/platform/guard'
import { nearestHolders } from '../nearest-holders.ts'
import { parameterValueOf, type SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { settingChange } from '../tables.ts'

type SettingChange = typeof settingChange.$inferInsert
/** What is proposed. */
type Proposal = Pick<
  SettingChange,
  'code' | 'unitPath' | 'revision' | 'reason' | 'enabled' | 'parameters' | 'tightenOnly'
> &
  Required<Pick<SettingChange, 'evidence' | 'about' | 'pushFrom' | 'pushTo'>>

/** Does the unit's parameter ask for a second person? `from`: the least of its values that covers such a change. */
export const needsSecondPerson = async (
  ctx: RequestContext,
  ports: SupervisionPorts,
  unitPath: string,
  from: 1 | 2,
): Promise<boolean> => (await parameterValueOf(ctx, ports, 'supervision.four_eyes', unitPath)) >= from

/** Put the change before those who may approve it; answers its id. */
export async function proposeChange(
  ctx: RequestContext,
  ports: SupervisionPorts,
  title: string,
  proposal: Proposal,
): Promise<string> {
  const id = newId()
  const { actor } = ctx
  const lastAuditId = await ctx.audit.record({
    action: 'supervision.propose-setting-change',
    object: { kind: 'setting_change', id },
    after: proposal,
    reason: proposal.reason,
  })
  await insertGuarded(ctx, settingChange, [
    {
      id,
      ...proposal,
      state: 'proposed',
      proposedBy: actor.id,
      proposedByName: actor.name,
      proposedPath: actor.unitPath,
      proposedAt: ctx.clock.now(),
      decidedBy: null,
      decidedByName: null,
      decidedAt: null,
      opinion: null,
      version: 1,
      lastAuditId,
    },
  ])
  await tell(ctx, ports, id, title, proposal)
  return id
}

async function tell(
  ctx: RequestContext,
  ports: SupervisionPorts,
  id: string,
  title: string,
  { code, unitPath, about }: Proposal,
): Promise<void> {
  const { actor } = ctx
  const approvers = await nearestHolders(ctx, ports, 'supervision.indicator.approve', actor.unitPath, [
    actor.id,
  ])
  const units = await unitNamesFor(ctx, ports, [unitPath])
  const what = `${code} ${title}${about ? '第二阈值' : ''}（${units.get(unitPath) ?? unitPath}）`
  const link = `/setting-changes?id=${id}`
  const kind = 'supervision.setting_change_proposed'
  await notify(ctx, {
    recipients: approvers,
    kind,
    title: `${actor.name} 提出调整 ${what}，等待您批准`,
    link,
  })
  await notify(ctx, {
    recipients: [actor.id],
    kind,
    title:
      approvers.length > 0
        ? `您提出的 ${what}调整已提交，批准前原值有效`
        : `您提出的 ${what}调整已提交，但本级及上级没有可批准的人员`,
    link,
  })
}
