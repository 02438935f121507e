/** Shapes that rows keep as JSON. */

/** One hit that an authorisation covers. */
export interface Hit {
  readonly code: string
  readonly version: number
  /** `vehicle:<id>`, `person:<id>` … */
  readonly subject: string
  readonly title: string
  readonly warningId: string
}

/** A fact that counted. `key` is its number already masked, for readers outside its unit. */
export interface StoredEvidence {
  readonly fact: string
  readonly id: string
  readonly at: string | null
  readonly unitPath: string | null
  /** Serial number, plate …, in clear for readers within the unit. */
  readonly number: string | null
}

/** Why it fired, as stored with the hit; what a reader may see of the evidence is decided when it is read. */
export interface StoredExplanation {
  readonly sentence: string
  readonly definition: string
  readonly legalBasis: string | null
  readonly status: 'fired' | 'unavailable'
  readonly measured: number | null
  readonly base: number | null
  readonly deviation: number | null
  readonly comparison: '>' | '>=' | '<' | '<='
  readonly threshold: number | null
  readonly unit: string
  readonly sample: number | null
  readonly parameters: readonly { name: string; title: string; value: ParameterValue }[]
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
