/**
 * The calendar as published: package `chinese-days`, made from the State Council's yearly notices (放假安排, with 调休).
 * A year without notice counts weekends only. Pure.
 */
import chineseDays from 'chinese-days'

/** A day as published. */
export interface PublishedDay {
  readonly working: boolean
  /** 国庆节, 调休上班; null for ordinary days. */
  readonly name: string | null
  readonly source: 'published' | 'weekday'
}

/** Days that a notice speaks of are told as `English,中文,days off`; others by the name of the weekday. */
const spokenOf = (day: string): string | null => chineseDays.getDayDetail(day).name.split(',')[1] ?? null

/** Is the year's notice in the package? Every notice speaks of 1 October. */
export const isPublished = (year: number): boolean => spokenOf(`${year}-10-01`) !== null

/** The day by notice, or by the day of the week. */
export function publishedDay(day: Temporal.PlainDate): PublishedDay {
  const weekday = day.dayOfWeek <= 5
  const name = spokenOf(day.toString())
  if (name === null) return { working: weekday, name: null, source: 'weekday' }
  const working = chineseDays.isWorkday(day.toString())
  return { working, name: working ? `${name}调休上班` : name, source: 'published' }
}
