import { notify } from '@hengjian/notifications'
import type { RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { assertIntact, nameInLog, sealRow } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { entryOf, loadCase, type SuspectCase, stateAfter } from '../cases/case-record.ts'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { mayAssign } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentCase } from '../present-analysis.ts'
import { finding, suspectCase } from '../tables.ts'

/**
 * Assign a case to a unit, and to one of its people where one is named. The unit may lie outside the caller's scope:
 * the row is handed over by the database function `assign_suspect_case`, its findings with it.
 */
export const assignCase =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.assignCase> =>
  async (ctx, input) => {
    const row = await loadCase(ctx, input.id)
    const forbidden = mayAssign(ctx.actor, row, input.unitPath)
    if (forbidden) throw new Problem(forbidden)
    const state = stateAfter(row, 'ASSIGN')
    const names = await unitNamesFor(ctx, ports, [input.unitPath, row.unitPath])
    if (!names.has(input.unitPath)) throw new Problem(supervisionErrors.unknown_unit)
    const assignee = await assigneeOf(ctx, ports, input)
    const unitName = names.get(input.unitPath)!
    const text = [unitName, assignee?.name, input.note].filter(Boolean).join(' · ')
    const changed = await handOver(ctx, row, {
      state,
      assignedPath: input.unitPath,
      assigneeId: input.assigneeId ?? null,
      assigneeName: assignee?.name ?? null,
      timeline: [...row.timeline, entryOf(ctx, 'assigned', text)],
    })
    await ctx.emit('case.assigned', { caseId: row.id, number: row.number, unitPath: input.unitPath })
    await notify(ctx, {
      recipients: input.assigneeId
        ? [input.assigneeId]
        : await ports.holdersOf(ctx, 'supervision.case.investigate', input.unitPath),
      kind: 'supervision.case_assigned',
      title: `嫌疑业务 ${row.number} 已分派：${row.title}`,
      link: `/suspect-cases/${row.id}`,
    })
    return presentCase(changed, names, ctx.clock.now())
  }

/** The person named, who must belong to the unit. */
async function assigneeOf(
  ctx: RequestContext,
  ports: SupervisionPorts,
  input: { unitPath: string; assigneeId?: string | undefined },
) {
  if (input.assigneeId === undefined) return null
  const user = await ports.userOf(ctx, input.assigneeId)
  if (user?.unitPath === input.unitPath) return user
  throw new Problem(supervisionErrors.not_assigned_to_you, {
    issues: [{ path: 'assigneeId', message: '该人员不属于所选机构' }],
  })
}

async function handOver(
  ctx: RequestContext,
  row: SuspectCase,
  patch: Partial<SuspectCase>,
): Promise<SuspectCase> {
  const lastAuditId = await ctx.audit.record({
    action: 'supervision.assign-case',
    object: { kind: 'suspect_case', id: row.id },
    before: { state: row.state, assignedPath: row.assignedPath, assigneeId: row.assigneeId },
    after: { state: patch.state, assignedPath: patch.assignedPath, assigneeId: patch.assigneeId },
  })
  const next = { ...row, ...patch, version: row.version + 1, lastAuditId }
  const findings = await ctx.db.select().from(finding).where(eq(finding.caseId, row.id)).for('update')
  const moved = findings.map((each) => {
    assertIntact(ctx, finding, each)
    return { ...each, assignedPath: next.assignedPath, version: each.version + 1, lastAuditId }
  })
  nameInLog(ctx.db, suspectCase, [next])
  nameInLog(ctx.db, finding, moved)
  await ctx.tx.client.query('SELECT assign_suspect_case($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)', [
    next.id,
    next.version,
    next.state,
    next.assignedPath,
    next.assigneeId,
    next.assigneeName,
    JSON.stringify(next.timeline),
    lastAuditId,
    sealRow(ctx.cipher, suspectCase, next),
    findings.map((each) => each.id),
    moved.map((each) => sealRow(ctx.cipher, finding, each)),
  ])
  return next
}
