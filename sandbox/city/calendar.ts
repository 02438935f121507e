/**
 * The city's clock: days are counted since 1970-01-01 in local time, Asia/Shanghai, which has been UTC+8 without
 * summer time for all of a sample's history. Working days follow the State Council's yearly notices (with moved
 * working days), as `chinese-days` carries them.
 */
import chineseDays from 'chinese-days'

const DAY = 86_400_000
const OFFSET = 28_800_000

/** January to December; the Spring Festival month is short, year's end busy. */
export const SEASON = [1.02, 0.78, 1.06, 1.0, 0.97, 0.99, 1.04, 1.03, 1.05, 0.94, 1.03, 1.09]

/** An average month's number in a month of the year; `part` of the season's swing is felt. */
export const inSeason = (average: number, month: Month, part = 1): number =>
  Math.round(average * (1 + (SEASON[month.number - 1]! - 1) * part))

/** A calendar month of the history: `first` inclusive, `end` exclusive, as day numbers. */
export interface Month {
  readonly index: number
  readonly key: string
  readonly year: number
  /** 1 to 12. */
  readonly number: number
  readonly first: number
  readonly end: number
}

function dayOf(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY)
}

export function dateOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}

export function dayOfInstant(ms: number): number {
  return Math.floor((ms + OFFSET) / DAY)
}

/** The instant of a local minute of the day. */
export function instantAt(day: number, minute: number, second = 0): number {
  return day * DAY - OFFSET + minute * 60_000 + second * 1000
}

export class Calendar {
  readonly first: number
  readonly until: number
  readonly months: readonly Month[]
  private readonly start: number
  private readonly working: Uint8Array

  constructor(until: string, years: number) {
    const year = Number(until.slice(0, 4))
    const month = Number(until.slice(5, 7))
    this.until = dayOf(until)
    this.first = dayOf(`${pad(year - years, 4)}-${pad(month, 2)}-01`)
    this.months = monthsBetween(year - years, month, years * 12)
    this.start = this.first - 400
    this.working = new Uint8Array(this.until + 60 - this.start)
    for (let i = 0; i < this.working.length; i++)
      this.working[i] = chineseDays.isWorkday(dateOf(this.start + i)) ? 1 : 0
  }

  isWorking(day: number): boolean {
    return this.working[day - this.start] === 1
  }

  /** The n-th working day after `day`, which itself does not count. */
  workingDayAfter(day: number, n: number): number {
    let found = day
    for (let left = n; left > 0; ) if (this.isWorking(++found)) left--
    return found
  }

  /** The n-th working day before `day`, which itself does not count. */
  workingDayBefore(day: number, n: number): number {
    let found = day
    for (let left = n; left > 0; ) if (this.isWorking(--found)) left--
    return found
  }

  workingDaysOf(month: Month): number[] {
    const days: number[] = []
    for (let day = month.first; day < month.end; day++) if (this.isWorking(day)) days.push(day)
    return days
  }

  monthKeyOf(day: number): string {
    return dateOf(day).slice(0, 7)
  }
}

function monthsBetween(year: number, month: number, count: number): Month[] {
  const months: Month[] = []
  for (let index = 0; index < count; index++) {
    const at = year * 12 + month - 1 + index
    months.push({
      index,
      key: `${pad(Math.floor(at / 12), 4)}-${pad((at % 12) + 1, 2)}`,
      year: Math.floor(at / 12),
      number: (at % 12) + 1,
      first: monthStart(at),
      end: monthStart(at + 1),
    })
  }
  return months
}

function monthStart(at: number): number {
  return dayOf(`${pad(Math.floor(at / 12), 4)}-${pad((at % 12) + 1, 2)}-01`)
}

function pad(n: number, width: number): string {
  return String(n).padStart(width, '0')
}
