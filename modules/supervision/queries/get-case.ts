import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { desc, eq } from 'drizzle-orm'
import type { SuspectCase } from '../cases/case-record.ts'
import type { CaseDetail, supervisionContract } from '../contract.ts'
import { type CaseEvent, type CaseState, nextCase } from '../lifecycle.ts'
import { mayAssign, mayInvestigate, mayReopen, mayReview } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor, withSubjectLinks } from '../present.ts'
import { presentCase, presentFinding } from '../present-analysis.ts'
import type { CaseAction } from '../records.ts'
import { finding, suspectCase } from '../tables.ts'

const actions: Record<CaseAction, string> = {
  opened: '登记',
  finding_added: '并入研判结果',
  assigned: '分派',
  started: '开始调查',
  recorded: '记录调查情况',
  submitted: '提交审核',
  closed: '审核办结',
  returned: '退回重办',
  reminded: '到期提醒',
  escalated: '逾期上报',
  worsened: '办结后加重',
  reopened: '重新立案',
}

/** One case with its findings, timeline, and what the caller may do with it now. */
export const getCase =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.getCase> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(suspectCase).where(eq(suspectCase.id, input.id))
    if (!row) throw new Problem(platformErrors.not_found)
    assertIntact(ctx, suspectCase, row)
    const findings = await ctx.db
      .select()
      .from(finding)
      .where(eq(finding.caseId, row.id))
      .orderBy(desc(finding.foundAt), desc(finding.id))
    const paths = [row.unitPath, row.assignedPath, ...findings.map((each) => each.unitPath)]
    const units = await unitNamesFor(ctx, ports, paths)
    const numbers = new Map([[row.id, row.number]])
    const [view] = await withSubjectLinks(ctx, ports, [presentCase(row, units, ctx.clock.now())])
    return {
      ...view!,
      description: row.description,
      transactionId: row.transactionId,
      result: row.result,
      measures: row.measures,
      responsible: row.responsible,
      investigatorName: row.investigatorName,
      reviewerName: row.reviewerName,
      reviewOpinion: row.reviewOpinion,
      findingRows: findings.map((each) => presentFinding(each, units, numbers)),
      timeline: row.timeline.map(({ id, at, actorName, action, text }) => ({
        id,
        at,
        actorName,
        action,
        title: actions[action],
        text,
      })),
      allowed: allowedOn(ctx, row),
    }
  }

function allowedOn(ctx: RequestContext, row: SuspectCase): CaseDetail['allowed'] {
  const may = (permission: string, event: CaseEvent, forbidden: unknown) =>
    ctx.actor.permissions.has(permission) &&
    nextCase(row.state as CaseState, event) !== null &&
    forbidden === null
  const investigate = 'supervision.case.investigate'
  const mine = mayInvestigate(ctx.actor, row)
  const all = {
    assign: may('supervision.case.assign', 'ASSIGN', mayAssign(ctx.actor, row, row.unitPath)),
    start: may(investigate, 'START', mine),
    record: may(investigate, 'RECORD', mine),
    submit: may(investigate, 'SUBMIT', mine) && row.result !== null,
    review: may('supervision.case.review', 'CLOSE', mayReview(ctx.actor, row)),
    reopen: may('supervision.case.review', 'REOPEN', mayReopen(ctx.actor, row)),
  }
  return (Object.keys(all) as (keyof typeof all)[]).filter((action) => all[action])
}
