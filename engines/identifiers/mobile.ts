import { accepted, doubtful, faulty, type IdentifierCheck } from './check.ts'
import { normalise } from './normalise.ts'

/** A mobile number. */
export interface Mobile {
  /** 11 digits without +86; other telephone numbers as digits with an optional +. */
  value: string
}

/**
 * Checks a mobile number. Ranges are opened every few years and old records hold land lines, so whatever could be a
 * telephone number is at worst a warning.
 */
export function checkMobile(value: string): IdentifierCheck<Mobile> {
  const given = normalise('mobile', value)
  if (/^1[3-9]\d{9}$/.test(given)) return accepted({ value: given })
  if (/^\+?\d{7,15}$/.test(given)) return doubtful('不是常见的手机号码，请核对', { value: given })
  return faulty('手机号码格式不符')
}
