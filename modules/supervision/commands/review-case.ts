import { notify } from '@hengjian/notifications'
import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { changeCase, loadCase, stateAfter } from '../cases/case-record.ts'
import type { supervisionContract } from '../contract.ts'
import { caseOutcomes } from '../lifecycle.ts'
import { mayReview } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentCase } from '../present-analysis.ts'

/** Close a case with its outcome, or send it back with a reason. Never by the investigator (SUP-21). */
export const reviewCase =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.reviewCase> =>
  async (ctx, input) => {
    const row = await loadCase(ctx, input.id)
    const forbidden = mayReview(ctx.actor, row)
    if (forbidden) throw new Problem(forbidden)
    const { decision } = input
    const reviewer = { reviewerId: ctx.actor.id, reviewerName: ctx.actor.name }
    const changed =
      decision.kind === 'close'
        ? await changeCase(ctx, row, {
            action: 'closed',
            audit: 'supervision.close-case',
            text: `${caseOutcomes[decision.outcome]}：${decision.opinion}`,
            patch: {
              ...reviewer,
              state: stateAfter(row, 'CLOSE'),
              outcome: decision.outcome,
              reviewOpinion: decision.opinion,
              closedAt: ctx.clock.now(),
            },
          })
        : await changeCase(ctx, row, {
            action: 'returned',
            audit: 'supervision.return-case',
            text: decision.reason,
            patch: { ...reviewer, state: stateAfter(row, 'RETURN'), reviewOpinion: decision.reason },
          })
    await notify(ctx, {
      recipients: row.investigatorId ? [row.investigatorId] : [],
      kind: `supervision.case_${changed.state}`,
      title:
        decision.kind === 'close'
          ? `嫌疑业务 ${row.number} 已办结：${caseOutcomes[decision.outcome]}`
          : `嫌疑业务 ${row.number} 被退回：${decision.reason}`,
      link: `/suspect-cases/${row.id}`,
    })
    return presentCase(
      changed,
      await unitNamesFor(ctx, ports, [row.unitPath, row.assignedPath]),
      ctx.clock.now(),
    )
  }
