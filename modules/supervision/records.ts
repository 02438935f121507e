/** Shapes that rows keep as JSON. */
import type { Explanation } from '@hengjian/indicators'

/** One hit that an authorisation covers. */
export interface Hit {
  readonly code: string
  readonly version: number
  /** `vehicle:<id>`, `person:<id>` … */
  readonly subject: string
  readonly title: string
  readonly warningId: string
}

/** A fact that counted, and the number by which people know it, in clear for readers within its unit. */
export interface StoredEvidence {
  readonly fact: string
  readonly id: string
  readonly at: string | null
  readonly unitPath: string | null
  /** Serial number of the transaction or plate of the vehicle; null where it has none. */
  readonly number: string | null
  /** Record that the console can show for it. */
  readonly page: { readonly fact: string; readonly id: string } | null
}

/** Why it fired, as stored with the hit; what a reader may see of the evidence is decided when it is read. */
export interface StoredExplanation extends Omit<Explanation, 'facts' | 'dimensions'> {
  readonly version: number
  readonly dimensions: readonly { name: string; title: string; value: string; label: string }[]
  readonly evidence: readonly StoredEvidence[]
}

export type ParameterValue = number | string | readonly string[] | null

/** Another dimension, other parameters or another window for one run of one indicator. */
export interface RunOverride {
  readonly code: string
  readonly dimensions?: readonly { name: string; of: string; title?: string | undefined }[] | undefined
  readonly parameters?: Readonly<Record<string, ParameterValue>> | undefined
  readonly window?: 'day' | 'month' | 'period' | undefined
  readonly city?: 'city' | 'all' | undefined
}

/**
 * What a run was asked for: `chosen` indicators over a period as a whole; what was `due` by schedule; what `changed` since
 * the last such run of the unit; `all` indicators over a period, each day and month apart as the schedule judges them.
 */
export type RunExtent = 'chosen' | 'due' | 'changed' | 'all'

/** An indicator and days, both inclusive, that a run judges as the schedule does. */
export interface PlannedPeriod {
  readonly code: string
  readonly from: string
  readonly to: string
}

/** New rows, and new versions of rows, of a fact in a month; `all` for standing facts. */
export interface ChangedFact {
  readonly fact: string
  readonly month: string
  readonly rows: number
}

/** What a judgment rested on, to tell later why another one differs. */
export interface JudgmentBasis {
  /** When settings, regions and calendar were read. */
  readonly at: string
  /** Version of the definition. */
  readonly version: number
  /** Place in the order of the lake's changes: what came before it was there. */
  readonly mark: string
  /** Order in which judgments began: one that began later has seen at least as much. */
  readonly ticket: number
  /** Fingerprints of the local regions, and of a year's working days as `2026 <fingerprint>`; null where not asked. */
  readonly regions: string | null
  readonly calendar: string | null
}

/** How a judgment differs from the one before it over the same days. */
export interface JudgmentComparison {
  /** Run of the judgment before, and when that ended; null: there was none. */
  readonly since: { readonly runId: string; readonly at: string } | null
  readonly appeared: number
  readonly confirmed: number
  readonly changed: number
  readonly vanished: number
  readonly causes: readonly ChangeCause[]
}

/** Why a judgment may differ from the one before, as far as is known. */
export type ChangeCause =
  | { readonly kind: 'facts'; readonly facts: readonly ChangedFact[] }
  | {
      readonly kind: 'settings'
      readonly settings: readonly { unitPath: string; changedByName: string; changedAt: string }[]
    }
  | { readonly kind: 'version'; readonly from: number; readonly to: number }
  | { readonly kind: 'regions' }
  | { readonly kind: 'calendar' }

/** What the drill-down of a finding asks: the run's options and the group's row. */
export interface Drilldown {
  readonly period: { readonly from: string; readonly to: string }
  readonly scope: string
  readonly override: RunOverride | null
  readonly group: { readonly period: string; readonly city: string; readonly [dimension: string]: string }
}

/** A hit of a back-test, with what its drill-down asks. */
export interface BackTestHit {
  readonly subjectKind: string
  readonly subjectKey: string
  readonly subjectLabel: string
  readonly unitPath: string
  readonly period: string
  readonly measured: number | null
  readonly base: number | null
  readonly deviation: number | null
  readonly threshold: number | null
  readonly sample: number | null
  readonly sentence: string
  /** null: of an acceptance that was judged again; `evidence` names its records. */
  readonly drilldown: Drilldown | null
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** At most twenty, the newest. */
  readonly evidence?: readonly { readonly fact: string; readonly id: string; readonly unitPath: string }[]
}

/** What a back-test found. */
export interface BackTestResult {
  /** Needed fields that the data lack; where there are any, nothing was judged. */
  readonly missing: readonly string[]
  readonly groups: number
  readonly fired: number
  readonly smallSample: number
  readonly cannotJudge: number
  readonly milliseconds: number
  readonly byUnitMonth: readonly { unitPath: string; month: string; fired: number }[]
  /** Subjects that fired. */
  readonly subjects: number
  /** Indicators whose findings of the period are about the same subjects, and how many of these. */
  readonly overlap: readonly { code: string; title: string; subjects: number; findings: number }[]
  /** Of acceptances judged again: there were more than are judged at once; the newest were. */
  readonly cut?: boolean
  readonly hits: readonly BackTestHit[]
}

/** Figures on which a suggested threshold was accepted (SUP-22). */
export interface ThresholdEvidence {
  /** Days on which the findings were found, both included. */
  readonly from: string
  readonly to: string
  readonly parameter: string
  readonly threshold: number
  readonly value: number
  readonly confirmed: number
  readonly valuable: number
  readonly falsePositive: number
  readonly sparedFalse: number
  readonly lostRight: number
  readonly precision: number
  readonly precisionAfter: number
  readonly rangeAfter: { readonly from: number; readonly to: number }
}

/** One line of a case's timeline. */
export interface CaseEntry {
  readonly id: string
  readonly at: string
  readonly actorId: string
  readonly actorName: string
  readonly action: CaseAction
  readonly text: string | null
}
export type CaseAction =
  | 'opened'
  | 'finding_added'
  | 'assigned'
  | 'started'
  | 'recorded'
  | 'submitted'
  | 'closed'
  | 'returned'
  | 'reminded'
  | 'escalated'
  | 'worsened'
  | 'reopened'

/** States in which a run has not ended. */
export const OPEN_STATES: readonly string[] = ['queued', 'running', 'retrying']
