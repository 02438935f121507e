/** What commands share in reading their arguments. A fault is wrong use: exit code 2 with the option's name. */
import { InvalidArgumentError } from 'commander'

/** A whole number from `least` on. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < least)
      throw new InvalidArgumentError(`must be a whole number from ${least} on`)
    return number
  }

/** A day, `2026-03-01`. */
export function day(text: string): string {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Temporal.PlainDate.from(text).toString()
  } catch {
    // no such day
  }
  throw new InvalidArgumentError('must be a day, e.g. 2026-03-01')
}

/** Arguments that only the database can judge were wrong. */
export class UsageError extends Error {}
