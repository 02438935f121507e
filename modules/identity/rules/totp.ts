/** Time-based one-time codes (RFC 6238: HMAC-SHA-1, 6 digits, 30 s, as authenticator apps expect). */
import { Secret, TOTP } from 'otpauth'

const PERIOD = 30
/** Codes of the step before and after also count: clocks of telephones differ. */
const WINDOW = 1

/** A new secret of 20 bytes, in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32

const totpOf = (secret: string, label = '') =>
  new TOTP({ issuer: '衡鉴', label, secret: Secret.fromBase32(secret), digits: 6, period: PERIOD })

/** Address that an authenticator app reads from a QR code. */
export const totpUri = (secret: string, userName: string): string => totpOf(secret, userName).toString()

/**
 * Time step of a right code, or null when it is wrong or was used before: only steps after `lastStep` count
 * (RFC 6238 §5.2).
 */
export function acceptedStep(
  secret: string,
  code: string,
  lastStep: number | null,
  now: Date,
): number | null {
  const delta = totpOf(secret).validate({ token: code, timestamp: now.getTime(), window: WINDOW })
  if (delta === null) return null
  const step = Math.floor(now.getTime() / 1000 / PERIOD) + delta
  return lastStep !== null && step <= lastStep ? null : step
}

/** The code of a secret at a time; for tests and for the enrolment's own check. */
export const totpCode = (secret: string, now: Date): string =>
  totpOf(secret).generate({ timestamp: now.getTime() })
