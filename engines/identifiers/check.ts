/**
 * What a check found. `error`: not to be accepted. `warning`: to be accepted only with a reason given, because values
 * like it are in lawful use. `parsed` is there whenever the structure could be read, also beside a fault.
 */
export type IdentifierCheck<T> =
  | { valid: true; level: null; message: null; parsed: T }
  | { valid: false; level: 'error' | 'warning'; message: string; parsed: T | null }

/** Where a value comes from: a wrong check character is an error on new input, a warning on a record that exists. */
export interface CheckOptions {
  /** Default `new`. */
  origin?: 'new' | 'legacy'
}

/** The value is right. */
export function accepted<T>(parsed: T): IdentifierCheck<T> {
  return { valid: true, level: null, message: null, parsed }
}

/** The value must not be taken. `message` is Chinese, for the user. */
export function faulty<T>(message: string, parsed: T | null = null): IdentifierCheck<T> {
  return { valid: false, level: 'error', message, parsed }
}

/** The value may be taken with a reason. */
export function doubtful<T>(message: string, parsed: T | null = null): IdentifierCheck<T> {
  return { valid: false, level: 'warning', message, parsed }
}

/** Sum of value × weight over the shorter of both. */
export function weightedSum(values: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * (values[at] ?? 0), 0)
}
