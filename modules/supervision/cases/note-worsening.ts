/**
 * What was decided in a closed case does not rise again when its days are judged anew: its findings stay in it. Where
 * later data made them clearly worse, the case says so, and a person may reopen it.
 */
import type { Comparison } from '@hengjian/indicators'
import { notify } from '@hengjian/notifications'
import type { RequestContext } from '@hengjian/platform/context'
import { and, desc, eq, inArray, lte, ne, or } from 'drizzle-orm'
import { queuePush, secondThresholdOf } from '../discipline/queue-push.ts'
import { nearestHolders } from '../nearest-holders.ts'
import type { SupervisionPorts } from '../ports.ts'
import { worsenedBy } from '../rules/worsening.ts'
import { finding, findingChange } from '../tables.ts'
import { changeCase, loadCase, type SuspectCase } from './case-record.ts'
import type { Finding } from './open-cases.ts'

const WORDS = { second_threshold: '越过第二阈值', further: '明显加重' } as const

/**
 * Note what of these findings, all of them in cases, makes closed ones worse; open ones that it takes over the second
 * threshold go to the discipline system. Answers the findings that were noted.
 */
export async function noteWorsening(
  ctx: RequestContext,
  ports: SupervisionPorts,
  findings: readonly Finding[],
): Promise<ReadonlySet<string>> {
  const noted = new Set<string>()
  for (const [caseId, own] of Map.groupBy(findings, (row) => row.caseId!)) {
    let row = await loadCase(ctx, caseId)
    if (row.state !== 'closed') {
      await queuePush(ctx, row, own)
      continue
    }
    for (const each of own) {
      const decided = await decidedOn(ctx, row, each)
      const how = decided && worsenedBy(decided, each, await secondThresholdOf(ctx, each))
      if (!how) continue
      noted.add(each.id)
      row = await changeCase(ctx, row, {
        action: 'worsened',
        audit: 'supervision.note-worsened-case',
        text: `${WORDS[how]}：${each.sentence}（办结时：${decided.sentence}）`,
        patch: { worsenedAt: ctx.clock.now() },
      })
    }
    if (own.some(({ id }) => noted.has(id)))
      await notify(ctx, {
        recipients: await nearestHolders(
          ctx,
          ports,
          'supervision.case.review',
          row.assignedPath ?? row.unitPath,
        ),
        kind: 'supervision.case_worsened',
        title: `已办结的嫌疑业务 ${row.number} 依据后到数据加重，请决定是否重新调查`,
        link: `/suspect-cases/${row.id}`,
      })
  }
  return noted
}

/** The finding as the case was decided on, or as it was last noted: what creeps is noted when it has crept far enough. */
async function decidedOn(ctx: RequestContext, row: SuspectCase, now: Finding): Promise<Finding | null> {
  const noted = ctx.db
    .select({ id: findingChange.findingId })
    .from(findingChange)
    .where(eq(findingChange.worsenedCaseId, row.id))
  const [found] = await ctx.db
    .select()
    .from(finding)
    .where(
      and(
        eq(finding.caseId, row.id),
        ne(finding.id, now.id),
        eq(finding.code, now.code),
        eq(finding.groupKey, now.groupKey),
        eq(finding.period, now.period),
        or(lte(finding.foundAt, row.closedAt!), inArray(finding.id, noted)),
      ),
    )
    .orderBy(desc(finding.foundAt), desc(finding.id))
    .limit(1)
  return found ?? null
}
