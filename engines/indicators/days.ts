/** Arithmetic on calendar days `YYYY-MM-DD`; pure text, no time zone involved. */

/** First day of the day's month. */
export const monthStart = (day: string) => `${day.slice(0, 7)}-01`

/** First day of the month `months` away from the day's month. */
export function shiftMonths(day: string, months: number): string {
  const [year, month] = day.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10)
}

/** The day `days` away. */
export function shiftDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
