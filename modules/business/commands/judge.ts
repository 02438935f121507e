/** Let every guard judge what just happened to a transaction; hold it when one of them asks for a leader. */
import type { RequestContext } from '@hengjian/platform/context'
import { updateGuarded } from '@hengjian/platform/guard'
import type { GuardedEvent, GuardOutcome, Warning } from '../guard.ts'
import type { Step } from '../kinds.ts'
import { nextState, type TransactionState } from '../lifecycle.ts'
import type { BusinessPorts } from '../ports.ts'
import { announceFacts } from '../record-facts.ts'
import { transaction } from '../tables.ts'
import type { Transaction } from './load-transaction.ts'

/** What a command on a transaction answers. */
export interface Decided {
  id: string
  serial: string
  state: TransactionState
  warnings: Warning[]
  authorisationId: string | null
}

/** Ask the guards in order and join their outcomes. */
async function ask(
  ctx: RequestContext,
  ports: BusinessPorts,
  row: Transaction,
  event: GuardedEvent,
  step: Step | null,
): Promise<GuardOutcome> {
  const joined = {
    outcome: 'pass' as GuardOutcome['outcome'],
    warnings: [] as Warning[],
    authorisationId: null as string | null,
  }
  for (const guard of ports.guards) {
    const said = await guard.evaluate(ctx, {
      event,
      transactionId: row.id,
      serial: row.serial,
      subjectKind: row.subjectKind as 'vehicle',
      businessKind: row.businessKind,
      reason: row.reason,
      unitId: row.unitId,
      unitPath: row.unitPath,
      vehicleId: row.vehicleId,
      personId: row.personId,
      organisationId: row.organisationId,
      agentId: row.agentId,
      handlerId: row.handlerId,
      acceptedAt: row.acceptedAt,
      local: row.local,
      step,
    })
    joined.warnings.push(...said.warnings)
    joined.authorisationId ??= said.authorisationId
    if (said.outcome === 'authorise' || (said.outcome === 'prompt' && joined.outcome === 'pass'))
      joined.outcome = said.outcome
  }
  return joined
}

/** Judge `event` and hold the transaction where a guard says so. */
export async function judge(
  ctx: RequestContext,
  ports: BusinessPorts,
  row: Transaction,
  event: GuardedEvent,
  step: Step | null,
): Promise<Decided & { held: boolean }> {
  const said = await ask(ctx, ports, row, event, step)
  const held = said.outcome === 'authorise'
  let state = row.state as TransactionState
  if (held && state !== 'held') {
    state = nextState(state, { type: 'HOLD' }) ?? state
    const auditId = await ctx.audit.record({
      action: 'business.hold-transaction',
      object: { kind: 'transaction', id: row.id },
      before: { state: row.state },
      after: { state, indicators: said.warnings.map((warning) => warning.code) },
    })
    const changed = await updateGuarded(ctx, transaction, row, { state, lastAuditId: auditId })
    await announceFacts(ctx, 'transaction', [[changed.id, changed.version]])
  }
  return {
    id: row.id,
    serial: row.serial,
    state,
    warnings: [...said.warnings],
    authorisationId: said.authorisationId,
    held,
  }
}
