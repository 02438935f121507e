import { notify } from '@hengjian/notifications'
import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { and, eq } from 'drizzle-orm'
import { changeCase, loadCase, stateAfter } from '../cases/case-record.ts'
import { openCaseAbout } from '../cases/open-cases.ts'
import type { supervisionContract } from '../contract.ts'
import { queuePush } from '../discipline/queue-push.ts'
import { supervisionErrors } from '../errors.ts'
import { nearestHolders } from '../nearest-holders.ts'
import { mayReopen } from '../policy.ts'
import { parameterValueOf, type SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentCase } from '../present-analysis.ts'
import { deadlineAfter } from '../rules/working-days.ts'
import { finding } from '../tables.ts'

/** A person takes a closed case up again, with a new deadline; what was recorded and decided stays in its timeline. */
export const reopenCase =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.reopenCase> =>
  async (ctx, { id, reason }) => {
    const row = await loadCase(ctx, id)
    const forbidden = mayReopen(ctx.actor, row)
    if (forbidden) throw new Problem(forbidden)
    const state = stateAfter(row, 'REOPEN')
    if (await openCaseAbout(ctx, row)) throw new Problem(supervisionErrors.another_case_open)
    const now = ctx.clock.now()
    const days = await parameterValueOf(ctx, ports, 'supervision.case_days', row.unitPath)
    const changed = await changeCase(ctx, row, {
      action: 'reopened',
      audit: 'supervision.reopen-case',
      text: reason,
      patch: {
        state,
        outcome: null,
        closedAt: null,
        worsenedAt: null,
        dueAt: deadlineAfter(now, days, await ports.calendarOf(ctx)),
        remindedAt: null,
        escalatedAt: null,
      },
    })
    const standing = await ctx.db
      .select()
      .from(finding)
      .where(and(eq(finding.caseId, id), eq(finding.state, 'in_case')))
    await queuePush(ctx, changed, standing)
    await notify(ctx, {
      recipients: await nearestHolders(
        ctx,
        ports,
        'supervision.case.assign',
        row.assignedPath ?? row.unitPath,
      ),
      kind: 'supervision.case_reopened',
      title: `嫌疑业务 ${row.number} 已重新立案，待分派：${reason}`,
      link: `/suspect-cases/${row.id}`,
    })
    return presentCase(changed, await unitNamesFor(ctx, ports, [row.unitPath, row.assignedPath]), now)
  }
