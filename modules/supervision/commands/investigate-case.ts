/** The investigation of a case: start, record, submit for review (SUP-21). */
import { notify } from '@hengjian/notifications'
import { Problem } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { changeCase, loadCase, stateAfter } from '../cases/case-record.ts'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { nearestHolders } from '../nearest-holders.ts'
import { mayInvestigate } from '../policy.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentCase } from '../present-analysis.ts'

/** Take a case up. The transaction it is about, if any, gets the fact that it is under investigation. */
export const startInvestigation =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.startInvestigation> =>
  async (ctx, input) => {
    const row = await loadCase(ctx, input.id)
    const forbidden = mayInvestigate(ctx.actor, row)
    if (forbidden) throw new Problem(forbidden)
    const changed = await changeCase(ctx, row, {
      action: 'started',
      audit: 'supervision.start-investigation',
      text: null,
      patch: {
        state: stateAfter(row, 'START'),
        investigatorId: ctx.actor.id,
        investigatorName: ctx.actor.name,
        assigneeId: ctx.actor.id,
        assigneeName: ctx.actor.name,
      },
    })
    // A case sent back is started again; its transaction has the fact already.
    if (row.transactionId && !row.timeline.some((entry) => entry.action === 'started'))
      await ports.recordInvestigation(ctx, {
        transactionId: row.transactionId,
        caseId: row.id,
        openedAt: ctx.clock.now(),
      })
    return presentCase(
      changed,
      await unitNamesFor(ctx, ports, [row.unitPath, row.assignedPath]),
      ctx.clock.now(),
    )
  }

/** Write down what was found, what was done about it and who is responsible; may be repeated until submitted. */
export const recordInvestigation =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.recordInvestigation> =>
  async (ctx, input) => {
    const row = await loadCase(ctx, input.id)
    const forbidden = mayInvestigate(ctx.actor, row)
    if (forbidden) throw new Problem(forbidden)
    const { result, measures, responsible } = input
    const changed = await changeCase(ctx, row, {
      action: 'recorded',
      audit: 'supervision.record-investigation',
      text: result,
      patch: { state: stateAfter(row, 'RECORD'), result, measures, responsible },
    })
    return presentCase(
      changed,
      await unitNamesFor(ctx, ports, [row.unitPath, row.assignedPath]),
      ctx.clock.now(),
    )
  }

/** Put the result before the leaders of the unit and those above. */
export const submitCase =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.submitCase> =>
  async (ctx, input) => {
    const row = await loadCase(ctx, input.id)
    const forbidden = mayInvestigate(ctx.actor, row)
    if (forbidden) throw new Problem(forbidden)
    const state = stateAfter(row, 'SUBMIT')
    if (row.result === null) throw new Problem(supervisionErrors.nothing_recorded)
    const changed = await changeCase(ctx, row, {
      action: 'submitted',
      audit: 'supervision.submit-case',
      text: null,
      patch: { state },
    })
    await notify(ctx, {
      recipients: await nearestHolders(
        ctx,
        ports,
        'supervision.case.review',
        row.assignedPath ?? row.unitPath,
        [ctx.actor.id],
      ),
      kind: 'supervision.case_submitted',
      title: `嫌疑业务 ${row.number} 待审核：${row.title}`,
      link: `/suspect-cases/${row.id}`,
    })
    return presentCase(
      changed,
      await unitNamesFor(ctx, ports, [row.unitPath, row.assignedPath]),
      ctx.clock.now(),
    )
  }
