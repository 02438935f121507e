/** What business handling needs from others, as small interfaces; the composition root fills them. */
import type { RequestContext, Services } from '@hengjian/platform/context'
import type { StepGuard } from './guard.ts'

/** Outcome of an external check. `unavailable`: no answer in time; what follows is the indicator's fallback. */
export type CheckOutcome = 'found' | 'none' | 'deceased' | 'confirmed' | 'refuted' | 'unavailable'
export type CheckKind = 'population' | 'residence_permit' | 'military_licence'

/** Connector to the registers of other agencies (SUP-2). */
export interface ExternalChecks {
  /** Ask one register about a person. Never throws: no answer is `unavailable`. */
  ask(
    kind: CheckKind,
    subject: { idNumber: string; name: string },
  ): Promise<{ outcome: CheckOutcome; durationMs: number }>
}

/** Working days of the agency, 调休 included. */
export interface WorkingCalendar {
  isWorkingDay(day: Temporal.PlainDate): boolean
}

export interface BusinessPorts {
  readonly guards: readonly StepGuard[]
  /** Null: no connector is configured at this installation; checks are not asked and not recorded. */
  readonly externalChecks: ExternalChecks | null
  /** Region prefixes that are local to a unit, e.g. `['4503']`. */
  localRegionsOf(ctx: RequestContext, unitPath: string): Promise<readonly string[]>
  /** Rule of a unit's residence-permit numbers (`matchesPermitRule`), kept by supervision; null = none is set. */
  permitRuleOf(ctx: RequestContext, unitPath: string): Promise<string | null>
  /** Display names of units, institutions, staff, users and agents by id. */
  namesOf(ctx: RequestContext, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Display names of units by path. */
  unitNamesOf(ctx: RequestContext, paths: readonly string[]): Promise<ReadonlyMap<string, string>>
  calendarOf(services: Services): Promise<WorkingCalendar>
  /** Office hours of a unit on working days: spans in minutes of the day, from and until. */
  officeHoursOf(ctx: RequestContext, unitPath: string): Promise<readonly (readonly [number, number])[]>
  /** Warnings of a transaction with the authorisation it waits for, kept by supervision. */
  warningsOf(
    ctx: RequestContext,
    transactionId: string,
  ): Promise<{ warnings: import('./guard.ts').Warning[]; authorisationId: string | null }>
  /** Supervision is told that the transaction ended, so that a waiting authorisation ends too. */
  onWithdrawn(ctx: RequestContext, transactionId: string): Promise<void>
}
