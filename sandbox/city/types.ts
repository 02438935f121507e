/**
 * What the sample city hands out. Fact rows are plain objects with the column names of `modules/business/tables.ts`;
 * instants are `Date`, dates `YYYY-MM-DD`. Personal values stand in clear under `personal`: whoever stores the row
 * encrypts and digests them.
 */

/** Tables that the city fills, in the order in which their rows may be stored (what refers comes after). */
export const FACT_TABLES = [
  'person',
  'vehicle',
  'vehicle_owner',
  'licence',
  'transaction',
  'transaction_step',
  'transaction_change',
  'amendment',
  'correction',
  'number_selection',
  'external_check',
  'person_change',
  'investigation',
  'inspection',
  'inspection_item',
  'examination',
  'examination_item',
  'clock_offset',
  'temporary_plate',
  'licence_transfer',
  'validation',
  'medical_report',
  'full_mark_study',
  'points_change',
] as const

export type FactTableName = (typeof FACT_TABLES)[number]

/** Clear values of a row that must be stored encrypted with a digest beside them. */
export interface Personal {
  readonly name?: string
  readonly id_number?: string
  readonly mobile?: string
  readonly address?: string
  readonly plate?: string
  readonly vin?: string
  readonly before?: string
  readonly after?: string
}

/** A fact as it is stored: column name → value, and `personal` where the table keeps personal values. */
export interface FactRow {
  id: string
  source: 'sample'
  source_key: string
  occurred_at: Date
  unit_id: string
  unit_path: string
  version: 1
  personal?: Personal
  [column: string]: unknown
}

/** Rows of one table; batches come in an order in which everything a row refers to was handed out before it. */
export interface FactBatch {
  readonly table: FactTableName
  readonly rows: FactRow[]
}

export type UnitLevel = 'corps' | 'detachment' | 'brigade' | 'window'

/** `path` is made of unit codes, `/45/4503/450302/`. `local_regions` lists region codes and their city prefix. */
export interface Unit {
  readonly id: string
  readonly code: string
  readonly parent_code: string | null
  readonly path: string
  readonly level: UnitLevel
  readonly name: string
  readonly local_regions: readonly string[]
}

export type InstitutionKind =
  | 'inspection_station'
  | 'exam_site'
  | 'driving_school'
  | 'hospital'
  | 'dealer'
  | 'post_office'
  | 'registration_station'

export interface Institution {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly kind: InstitutionKind
  readonly unit_path: string
  readonly region: string
}

export type StaffPost = 'handler' | 'reviewer' | 'issuer' | 'archivist' | 'leader' | 'examiner' | 'auditor'

export interface Staff {
  readonly id: string
  readonly name: string
  readonly staff_number: string
  readonly unit_path: string
  readonly institution_id: string | null
  readonly post: StaffPost
}

export interface Agent {
  readonly id: string
  readonly name: string
  readonly company: string
  readonly unit_path: string
  readonly personal: Personal
}

/** Row of `agent_quota`. */
export interface AgentQuota {
  readonly agent_id: string
  readonly day_limit: number
  readonly month_limit: number
}

/** Row of `non_compliant_product`. */
export interface NonCompliantProduct {
  readonly id: string
  readonly model: string
  readonly notice: string
  readonly valid_from: string
}

export interface Reference {
  readonly units: Unit[]
  readonly institutions: Institution[]
  readonly staff: Staff[]
  readonly agents: Agent[]
  readonly agent_quota: AgentQuota[]
  readonly non_compliant_product: NonCompliantProduct[]
}

/** What a person at the window would hand in: the act whose acceptance an in-process indicator judges. */
export interface Trigger {
  /** `transaction`: accept it; `amendment`: amend the running transaction `transaction_id`. */
  readonly act: 'transaction' | 'amendment'
  /** Id of the recorded transaction, or null where it is still to be accepted at `accepted_at`. */
  readonly transaction_id: string | null
  readonly subject_kind: 'vehicle' | 'licence'
  readonly business_kind: string
  readonly reason: string | null
  readonly accepted_at: Date
  readonly unit_id: string
  readonly unit_path: string
  readonly handler_id: string
  readonly vehicle_id: string | null
  readonly person_id: string | null
  readonly organisation_id: string | null
  readonly agent_id: string | null
  readonly local: boolean | null
  readonly licence_class: string | null
  readonly changes: readonly { readonly field: string; readonly before: string; readonly after: string }[]
  /** Answers in the order received; the latest of a kind counts. */
  readonly external_checks: readonly { readonly kind: string; readonly outcome: string }[]
  /** Particulars of the person that the act changes. */
  readonly person_changes: readonly { readonly field: string; readonly value: string }[]
  readonly amendment: {
    readonly field: string
    readonly before_region: string
    readonly after_region: string
    readonly before: string
    readonly after: string
  } | null
}

/** One planted anomaly, or its near miss, with the value that an indicator must measure. */
export interface Truth {
  readonly code: string
  readonly mode: 'in_process' | 'post_hoc'
  readonly kind: 'plant' | 'near_miss'
  /** Keys of the judged subject: vehicle_id, person_id, organisation_id, model, institution_id, site_id, subject, … */
  readonly subject: Readonly<Record<string, string>>
  readonly unit_path: string
  /** The month (`YYYY-MM`) or day (`YYYY-MM-DD`) of the run that must (not) report it. */
  readonly month: string
  readonly day: string | null
  readonly measured: number | null
  /** What it is compared with, where that is no plain threshold. */
  readonly base: number | null
  /** Size of the sample behind a rate or share. */
  readonly sample: number | null
  readonly facts: readonly string[]
  readonly sentence: string
  readonly trigger: Trigger | null
}

export interface CityOptions {
  /** Vehicles registered in the two cities at the end of the history, 500 to 4,000,000. */
  readonly vehicles: number
  /** Whole years of history before `until`, 1 to 8. */
  readonly years: number
  /** 32-bit unsigned seed: the same seed gives the same city, byte for byte. */
  readonly seed: number
  /** First day after the history, `YYYY-MM-DD`, first of a month. */
  readonly until?: string
  /** Called after each month and after the standing population. */
  readonly onProgress?: (progress: {
    readonly done: number
    readonly total: number
    readonly rows: number
  }) => void
}

export interface City {
  readonly reference: Reference
  /** The facts, streamed; each call starts anew and yields the same rows. */
  batches(): AsyncGenerator<FactBatch, void, void>
  /** What was planted. Runs through the facts once where no caller of `batches` has done so. */
  groundTruth(): Promise<Truth[]>
}
