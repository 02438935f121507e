/**
 * Takes down what happens: builds fact rows, keeps them until enough have gathered, and hands them out in an order in
 * which everything a row refers to comes first.
 */
import { dateOf, dayOfInstant, instantAt } from './calendar.ts'
import { ID_KIND } from './numbers.ts'
import { Tally } from './truth.ts'
import {
  FACT_TABLES,
  type FactBatch,
  type FactRow,
  type FactTableName,
  type Staff,
  type Unit,
} from './types.ts'
import type { Window, World } from './world.ts'

/** Rows held before they are handed out; bounds the generator's memory. */
const HELD_ROWS = 16_000

export type Stage = 'completed' | 'withdrawn' | 'accepted' | 'in_review' | 'issued'

/** When the later steps were done, as instants. */
export interface Timeline {
  readonly review: number
  readonly issue: number
  readonly archive: number
}

export interface TransactionSpec {
  readonly window: Window
  readonly handler?: Staff
  readonly subject: 'vehicle' | 'licence'
  readonly kind: string
  readonly reason?: string | null
  readonly at: number
  readonly timeline: Timeline
  /** How far it got; default completed. */
  readonly stage?: Stage
  readonly channel?: 'window' | 'institution' | 'online' | 'kiosk'
  readonly vehicleId?: string | null
  readonly personId?: string | null
  readonly organisationId?: string | null
  readonly agentId?: string | null
  readonly institutionId?: string | null
  readonly local?: boolean | null
  readonly workingTime?: boolean
  readonly licenceClass?: string | null
  readonly issuingCountry?: string | null
  readonly originRegion?: string | null
  readonly permitNumberValid?: boolean | null
  readonly changes?: readonly { readonly field: string; readonly before: string; readonly after: string }[]
  readonly checks?: readonly { readonly kind: string; readonly outcome: string }[]
}

export class Recorder {
  readonly world: World
  rows = 0
  /** Temporary plates issued, and registrations accepted and not withdrawn, by `countKey`. */
  readonly temporaryPlates = new Tally()
  readonly registrations = new Tally()
  private readonly held = new Map<FactTableName, FactRow[]>(FACT_TABLES.map((table) => [table, []]))
  private heldRows = 0
  private readonly counters = new Array<number>(64).fill(0)

  constructor(world: World) {
    this.world = world
  }

  get full(): boolean {
    return this.heldRows >= HELD_ROWS
  }

  push(table: FactTableName, row: FactRow): void {
    this.held.get(table)!.push(row)
    this.heldRows++
    this.rows++
  }

  /** Hands out all that is held. */
  *drain(): Generator<FactBatch> {
    for (const table of FACT_TABLES) {
      const rows = this.held.get(table)!
      if (rows.length === 0) continue
      this.held.set(table, [])
      yield { table, rows }
    }
    this.heldRows = 0
  }

  /** The next id of a kind. Numbering follows the order of recording and nothing else. */
  nextId(kind: number, ms: number): string {
    const index = this.counters[kind]!
    this.counters[kind] = index + 1
    return this.world.id(kind, index, ms)
  }

  fact(table: FactTableName, kind: number, ms: number, unit: Unit, columns: Record<string, unknown>): string {
    const id = this.nextId(kind, ms)
    this.push(table, {
      id,
      source: 'sample',
      source_key: id,
      occurred_at: new Date(ms),
      unit_id: unit.id,
      unit_path: unit.path,
      version: 1,
      ...columns,
    })
    return id
  }

  owner(
    unit: Unit,
    vehicleId: string,
    owner: { person?: string; organisation?: string },
    from: number,
    to: number | null,
    coOwner = false,
  ): string {
    return this.fact('vehicle_owner', ID_KIND.owner, from, unit, {
      vehicle_id: vehicleId,
      person_id: owner.person ?? null,
      organisation_id: owner.organisation ?? null,
      co_owner: coOwner,
      from: new Date(from),
      to: to === null ? null : new Date(to),
    })
  }

  transaction(spec: TransactionSpec): string {
    const { window, at, timeline } = spec
    const { unit } = window
    const stage = spec.stage ?? 'completed'
    const number = this.counters[ID_KIND.transaction]!
    const handler = spec.handler ?? window.handlers[number % window.handlers.length]!
    const acceptedAt = new Date(at)
    const id = this.fact('transaction', ID_KIND.transaction, at, unit, {
      serial: `S${dateOf(dayOfInstant(at)).slice(2).replaceAll('-', '')}${String(number).padStart(8, '0')}`,
      subject_kind: spec.subject,
      business_kind: spec.kind,
      reason: spec.reason ?? (spec.kind === 'temporary_plate' ? plateReason(number) : null),
      state: stage,
      channel: spec.channel ?? 'window',
      vehicle_id: spec.vehicleId ?? null,
      person_id: spec.personId ?? null,
      organisation_id: spec.organisationId ?? null,
      agent_id: spec.agentId ?? null,
      institution_id: spec.institutionId ?? null,
      kiosk_id: null,
      handler_id: handler.id,
      accepted_at: acceptedAt,
      completed_at: stage === 'completed' ? new Date(timeline.archive) : null,
      due_at: new Date(instantAt(this.world.calendar.workingDayAfter(dayOfInstant(at), 2), 1050)),
      local: spec.local ?? null,
      working_time: spec.workingTime ?? true,
      licence_class: spec.licenceClass ?? null,
      issuing_country: spec.issuingCountry ?? null,
      origin_region: spec.originRegion ?? null,
      permit_number_valid: spec.permitNumberValid ?? null,
      client_address: `10.${45 + (number % 3)}.${number % 200}.${(number >>> 8) % 250}`,
    })
    this.steps(id, spec, handler, stage, number)
    if (spec.kind === 'registration' && stage !== 'withdrawn')
      this.registrations.count(countKey(unit, at), true)
    if (spec.kind === 'temporary_plate' && stage === 'completed')
      this.temporaryPlate(unit, timeline.archive, {
        transactionId: id,
        vehicleId: spec.vehicleId!,
        personId: spec.personId ?? null,
        organisationId: spec.organisationId ?? null,
        crossDistrict: (spec.reason ?? plateReason(number)) === 'cross_district',
      })
    for (const { kind, outcome } of spec.checks ?? [])
      this.check(id, unit, spec.personId ?? null, kind, outcome, at)
    for (const change of spec.changes ?? [])
      this.fact('transaction_change', ID_KIND.change, at, unit, { transaction_id: id, ...change })
    return id
  }

  private steps(id: string, spec: TransactionSpec, handler: Staff, stage: Stage, number: number): void {
    const { window, at, timeline } = spec
    const accepted = at + 240_000
    this.step(id, window.unit, 1, 'accept', 'done', handler, at, accepted)
    if (stage === 'accepted') return
    const reviewer = window.reviewers[number % window.reviewers.length]!
    const review = Math.max(timeline.review, accepted + 1000)
    if (stage === 'in_review') {
      this.step(id, window.unit, 2, 'review', 'open', null, accepted, null)
      return
    }
    const returned = stage === 'withdrawn'
    this.step(id, window.unit, 2, 'review', returned ? 'returned' : 'done', reviewer, accepted, review)
    if (returned) return
    this.step(
      id,
      window.unit,
      3,
      'issue',
      'done',
      window.issuers[number % window.issuers.length]!,
      review,
      timeline.issue,
    )
    const archivist = window.archivists[number % window.archivists.length]!
    if (stage === 'issued') this.step(id, window.unit, 4, 'archive', 'open', null, timeline.issue, null)
    else this.step(id, window.unit, 4, 'archive', 'done', archivist, timeline.issue, timeline.archive)
  }

  private step(
    id: string,
    unit: Unit,
    ordinal: number,
    step: string,
    state: string,
    operator: Staff | null,
    opened: number,
    done: number | null,
  ): void {
    this.fact('transaction_step', ID_KIND.step, done ?? opened, unit, {
      transaction_id: id,
      ordinal,
      step,
      state,
      operator_id: operator?.id ?? null,
      opened_at: new Date(opened),
      done_at: done === null ? null : new Date(done),
    })
  }

  check(
    transactionId: string,
    unit: Unit,
    personId: string | null,
    kind: string,
    outcome: string,
    at: number,
  ): void {
    const order = this.counters[ID_KIND.check]!
    const ms = at + 2000 + (order % 1000)
    this.fact('external_check', ID_KIND.check, ms, unit, {
      transaction_id: transactionId,
      person_id: personId,
      kind,
      outcome,
      at: new Date(ms),
      duration_ms: 80 + ((order * 37) % 400),
    })
  }

  temporaryPlate(
    unit: Unit,
    at: number,
    plate: {
      readonly transactionId: string | null
      readonly vehicleId: string
      readonly personId: string | null
      readonly organisationId?: string | null
      readonly crossDistrict: boolean
    },
  ): string {
    this.temporaryPlates.count(countKey(unit, at), true)
    return this.fact('temporary_plate', ID_KIND.temporaryPlate, at, unit, {
      transaction_id: plate.transactionId,
      vehicle_id: plate.vehicleId,
      person_id: plate.personId,
      organisation_id: plate.organisationId ?? null,
      cross_district: plate.crossDistrict,
      issued_at: new Date(at),
    })
  }

  /** A change to the file of a vehicle. */
  correction(unit: Unit, operator: Staff, vehicleId: string, field: string, at: number): string {
    return this.fact('correction', ID_KIND.correction, at, unit, {
      target_kind: 'vehicle',
      target: vehicleId,
      field,
      at: new Date(at),
      operator_id: operator.id,
    })
  }

  /** A number selected; `original`: one that the user had on another vehicle before. */
  selection(
    unit: Unit,
    transactionId: string,
    vehicleId: string,
    number: string,
    selected: number,
    withdrawn: number | null,
    original?: { readonly formerVehicleId: string; readonly ground: string },
  ): string {
    return this.fact('number_selection', ID_KIND.selection, selected, unit, {
      transaction_id: transactionId,
      vehicle_id: vehicleId,
      number,
      selected_at: new Date(selected),
      withdrawn_at: withdrawn === null ? null : new Date(withdrawn),
      original_number: original !== undefined,
      former_vehicle_id: original?.formerVehicleId ?? null,
      ground: original?.ground ?? null,
    })
  }
}

/** Key of a unit and the local month of an instant. */
export const countKey = (unit: Unit, at: number): string =>
  `${unit.id} ${dateOf(dayOfInstant(at)).slice(0, 7)}`

/** Every fifth temporary plate is for driving beyond the district. */
const plateReason = (number: number): string => (number % 5 === 0 ? 'cross_district' : 'within_district')

/** A timeline that keeps every limit: reviewed and issued on the day of acceptance, archived within the hour after. */
export function promptTimeline(at: number): Timeline {
  return { review: at + 15 * 60_000, issue: at + 40 * 60_000, archive: at + 70 * 60_000 }
}
