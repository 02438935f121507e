/** What licence business leaves behind beside its transaction: validations, reports, studies, transfers. */
import { dayOfInstant, instantAt } from './calendar.ts'
import { ID_KIND } from './numbers.ts'
import type { Population } from './population.ts'
import { hash } from './random.ts'
import type { Recorder, Timeline } from './record.ts'
import type { Unit } from './types.ts'
import type { Window } from './world.ts'

const HOUR = 3_600_000

/** Kinds whose completion is a fact of its own about a licence kept. */
const KEPT = {
  validation: ID_KIND.validation,
  medical_report: ID_KIND.medicalReport,
  full_mark_study: ID_KIND.fullMarkStudy,
} as const
type Kept = keyof typeof KEPT
const isKept = (kind: string): kind is Kept => kind in KEPT

/** A validation, medical report or full-mark study of someone's licence. */
export function recordKept(
  recorder: Recorder,
  kind: Kept,
  unit: Unit,
  one: { transactionId: string; personId: string; at: number; elsewhere: boolean },
): string {
  return recorder.fact(kind, KEPT[kind], one.at, unit, {
    transaction_id: one.transactionId,
    person_id: one.personId,
    at: new Date(one.at),
    elsewhere: one.elsewhere,
  })
}

/**
 * What differs from a plain transfer that is handled, without clearing, replacement or new number. Null = asked for and
 * not done.
 */
interface Transfer {
  readonly transactionId?: string
  readonly personId: string
  readonly direction: 'in' | 'out'
  readonly downloaded: number
  readonly at: number | null
  readonly idChanged?: boolean
  readonly cleared?: number | null
  readonly combined?: { readonly checked: number | null }
}

const dateOrNull = (ms: number | null | undefined) => (typeof ms === 'number' ? new Date(ms) : null)

/** A licence moved in or out. */
export function recordTransfer(recorder: Recorder, unit: Unit, one: Transfer): string {
  return recorder.fact('licence_transfer', ID_KIND.transfer, one.downloaded, unit, {
    transaction_id: one.transactionId ?? null,
    person_id: one.personId,
    direction: one.direction,
    at: dateOrNull(one.at),
    id_changed: one.idChanged ?? false,
    combined_replacement: one.combined !== undefined,
    downloaded_at: new Date(one.downloaded),
    clearing_required: one.cleared !== undefined,
    cleared_at: dateOrNull(one.cleared),
    checked_at: dateOrNull(one.combined?.checked),
  })
}

/** A transfer out asked for by another city: handled the same day or the next working day, points cleared at once. */
export function recordTransferOut(
  population: Population,
  recorder: Recorder,
  person: number,
  at: number,
): void {
  const { calendar, end, seed } = population.world
  const h = hash(seed, 42, person)
  const day = dayOfInstant(at)
  const next = calendar.workingDayAfter(day, 1)
  const handled = h % 4 === 0 && next < calendar.until ? instantAt(next, 570 + (h % 90)) : at + HOUR
  if (handled >= end) return
  recordTransfer(recorder, population.cityOfPerson(person).detachment, {
    personId: population.personId(person),
    direction: 'out',
    downloaded: at,
    at: handled,
    ...(h % 10 === 1 ? { cleared: at + 2 * HOUR } : {}),
  })
}

/** The fact that ordinary business leaves when it completes; most kinds leave none. */
export function recordLicenceFact(
  population: Population,
  recorder: Recorder,
  done: {
    readonly kind: string
    readonly person: number
    readonly window: Window
    readonly transactionId: string
    readonly at: number
    readonly timeline: Timeline
  },
): void {
  const { kind, person, window, transactionId, at, timeline } = done
  const { calendar, seed } = population.world
  const personId = population.personId(person)
  const h = hash(seed, 43, person)
  if (isKept(kind)) {
    const elsewhere = !population.issuedRegion(person).startsWith(population.cityOfPerson(person).code)
    recordKept(recorder, kind, window.unit, { transactionId, personId, at: timeline.archive, elsewhere })
  } else if (kind === 'licence_transfer_in')
    recordTransfer(recorder, window.unit, {
      transactionId,
      personId,
      direction: 'in',
      downloaded: at,
      at: timeline.archive,
      idChanged: h % 300 === 0,
      ...(h % 10 === 1 ? { cleared: at + HOUR } : {}),
      ...(h % 8 === 2 ? { combined: { checked: timeline.review } } : {}),
    })
  else if (kind === 'first_licence' && h % 250 === 0) {
    // A few leave soon after, students for the most part.
    const day = calendar.workingDayAfter(dayOfInstant(timeline.archive), 20 + (h % 30))
    if (day < calendar.until) recordTransferOut(population, recorder, person, instantAt(day, 560 + (h % 120)))
  }
}
