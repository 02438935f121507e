/**
 * Extension point: other modules join the handling of a transaction without being imported here. Every registered
 * guard is asked inside the command's own database transaction, after the facts of the act have been written.
 */
import type { RequestContext } from '@hengjian/platform/context'

/** What just happened to the transaction. */
export type GuardedEvent = 'accept' | 'amendment' | 'information_change' | 'step'

/** The transaction at hand, as guards need it. Facts are already written. */
export interface GuardedTransaction {
  readonly event: GuardedEvent
  readonly transactionId: string
  readonly serial: string
  readonly subjectKind: 'vehicle' | 'licence'
  readonly businessKind: string
  readonly reason: string | null
  readonly unitId: string
  readonly unitPath: string
  readonly vehicleId: string | null
  readonly personId: string | null
  readonly organisationId: string | null
  readonly agentId: string | null
  readonly handlerId: string | null
  readonly acceptedAt: Date
  readonly local: boolean | null
  /** Step about to be completed when `event` is `step`. */
  readonly step: string | null
}

/** A warning as the handler sees it. */
export interface Warning {
  readonly id: string
  readonly code: string
  readonly title: string
  /** One plain sentence of what was found. */
  readonly sentence: string
  readonly effect: 'prompt' | 'authorise'
  readonly state: 'shown' | 'acknowledged'
}

/** `authorise` holds the transaction until a leader decides. */
export interface GuardOutcome {
  readonly outcome: 'pass' | 'prompt' | 'authorise'
  readonly warnings: readonly Warning[]
  /** Requested authorisation when the outcome is `authorise`. */
  readonly authorisationId: string | null
}

export interface StepGuard {
  readonly name: string
  evaluate(ctx: RequestContext, transaction: GuardedTransaction): Promise<GuardOutcome>
}
