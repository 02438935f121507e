/**
 * Columns derived in clear when a fact is written, so that indicators never decrypt: region and birth year from the
 * ID number, whether the subject is local, whether the hour is a working hour. A column that is given is left alone.
 */
import chineseDays from 'chinese-days'

/** Working hours of a unit: minutes of the day in Asia/Shanghai; `isWorkday` decides about a day `2026-11-20`. */
export interface WorkingHours {
  readonly spans: readonly (readonly [fromMinute: number, toMinute: number])[]
  readonly isWorkday: (day: string) => boolean
}

/** What derivation needs to know of units. */
export interface Derivation {
  /** Prefixes of division codes that count as local for a unit, e.g. `['4503']`; none = cannot be judged. */
  readonly localRegions: (unitPath: string) => readonly string[]
  readonly workingHours: (unitPath: string) => WorkingHours
}

/** Office hours with the break at noon, on the working days of the national calendar. */
export const usualHours: WorkingHours = {
  spans: [
    [8 * 60 + 30, 12 * 60],
    [13 * 60 + 30, 17 * 60 + 30],
  ],
  isWorkday: (day) => chineseDays.isWorkday(day),
}

/** Without parameters: usual hours, and no unit's local regions. */
export const usualDerivation: Derivation = { localRegions: () => [], workingHours: () => usualHours }

const ID_NUMBER = /^[1-9]\d{16}[\dX]$/i
/** China has kept UTC+8 all year since 1992; facts with working hours are younger. */
const OFFSET_MS = 8 * 3_600_000
const DAY_MS = 86_400_000

/** Division code and year of birth in an 18-character ID number; nulls for anything else. */
function readIdNumber(idNumber: string): { region: string | null; birthYear: number | null } {
  const text = idNumber.trim()
  if (!ID_NUMBER.test(text)) return { region: null, birthYear: null }
  return { region: text.slice(0, 6), birthYear: Number(text.slice(6, 10)) }
}

/** Answers of a calendar, remembered: an import asks for the same few hundred days a million times. */
const known = new WeakMap<WorkingHours, Map<number, boolean>>()

/** Whether an instant lies within the working hours. */
export function isWorkingTime(at: Date, hours: WorkingHours): boolean {
  const local = at.getTime() + OFFSET_MS
  const day = Math.floor(local / DAY_MS)
  const minute = Math.floor((local - day * DAY_MS) / 60_000)
  if (!hours.spans.some(([from, to]) => minute >= from && minute < to)) return false
  const days = known.get(hours) ?? new Map<number, boolean>()
  known.set(hours, days)
  let answer = days.get(day)
  if (answer === undefined) {
    answer = hours.isWorkday(new Date(day * DAY_MS).toISOString().slice(0, 10))
    days.set(day, answer)
  }
  return answer
}

/** Whether a division code begins with one of the local prefixes; null where either is unknown. */
export function isLocal(region: string | null | undefined, localRegions: readonly string[]): boolean | null {
  if (!region || localRegions.length === 0) return null
  return localRegions.some((prefix) => region.startsWith(prefix))
}

type Row = Record<string, unknown>
type Deriver = (row: Row, derivation: Derivation) => void

const deriveHandling: Deriver = (row, derivation) => {
  const unitPath = row['unitPath'] as string
  // null is an answer too: the source knows no hour
  if (row['workingTime'] === undefined)
    row['workingTime'] = isWorkingTime(row['occurredAt'] as Date, derivation.workingHours(unitPath))
  row['local'] ??= isLocal(row['subjectRegion'] as string | null, derivation.localRegions(unitPath))
}

const DERIVERS: Readonly<Record<string, Deriver>> = {
  person(row) {
    if (typeof row['idNumber'] !== 'string') return
    const { region, birthYear } = readIdNumber(row['idNumber'])
    row['idRegion'] ??= region
    row['birthYear'] ??= birthYear
  },
  transaction: deriveHandling,
  examination: deriveHandling,
}

/** Fill in what can be derived. Changes `row`. */
export function deriveColumns(fact: string, row: Row, derivation: Derivation): void {
  DERIVERS[fact]?.(row, derivation)
}
