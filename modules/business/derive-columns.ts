/**
 * Columns derived in clear when a fact is written, so that indicators never decrypt: region and birth year from the
 * ID number, whether the subject is local, whether the hour is a working hour. A column that is given is left alone.
 */
import { isWorkday } from 'chinese-days'

/** Working hours of a unit. Minutes of the day, Asia/Shanghai; `isWorkday` decides about a day `2026-11-20`. */
export interface WorkingHours {
  readonly fromMinute: number
  readonly toMinute: number
  readonly isWorkday: (day: string) => boolean
}

/** What derivation needs to know of units. */
export interface Derivation {
  /** Prefixes of division codes that count as local for a unit, e.g. `['4503']`. */
  readonly localRegions: (unitPath: string) => readonly string[]
  readonly workingHours: (unitPath: string) => WorkingHours
}

/** Half past eight to half past five on the working days of the national calendar. */
export const usualHours: WorkingHours = {
  fromMinute: 8 * 60 + 30,
  toMinute: 17 * 60 + 30,
  isWorkday: (day) => isWorkday(day),
}

/** Without parameters: usual hours, and nobody is known to be local. */
export const usualDerivation: Derivation = { localRegions: () => [], workingHours: () => usualHours }

const ID_NUMBER = /^[1-9]\d{16}[\dXx]$/
/** China has kept UTC+8 all year since 1992; facts of working hours are younger. */
const OFFSET_MS = 8 * 3_600_000
const DAY_MS = 86_400_000

/** Division code and year of birth in an 18-character ID number; nulls for anything else. */
export function readIdNumber(idNumber: string | null | undefined): {
  region: string | null
  birthYear: number | null
} {
  const text = idNumber?.trim() ?? ''
  if (!ID_NUMBER.test(text)) return { region: null, birthYear: null }
  return { region: text.slice(0, 6), birthYear: Number(text.slice(6, 10)) }
}

const workdays = new WeakMap<WorkingHours, Map<number, boolean>>()

/** Whether an instant lies within the working hours. */
export function isWorkingTime(at: Date, hours: WorkingHours): boolean {
  const local = at.getTime() + OFFSET_MS
  const minute = Math.floor((local % DAY_MS) / 60_000)
  if (minute < hours.fromMinute || minute >= hours.toMinute) return false
  const day = Math.floor(local / DAY_MS)
  let known = workdays.get(hours)
  if (!known) workdays.set(hours, (known = new Map()))
  let answer = known.get(day)
  if (answer === undefined) {
    answer = hours.isWorkday(new Date(day * DAY_MS).toISOString().slice(0, 10))
    known.set(day, answer)
  }
  return answer
}

/** Whether a division code lies in one of the local regions; null where either is unknown. */
export function isLocal(region: string | null | undefined, localRegions: readonly string[]): boolean | null {
  if (!region || localRegions.length === 0) return null
  return localRegions.some((prefix) => region.startsWith(prefix))
}
