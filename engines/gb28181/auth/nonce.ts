import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a nonce is to its maker. `stale`: ours, but too old: challenge again, the password need not be wrong. */
export type NonceState = 'fresh' | 'stale' | 'foreign'

/**
 * A nonce that bears its own time, signed, so that none need be kept.
 *
 * @param secret at least 16 bytes, the same on all processes that answer one port
 * @param nowMs Unix time in milliseconds
 */
export function makeNonce(secret: Uint8Array, nowMs: number): string {
  const time = Math.floor(nowMs).toString(16).padStart(12, '0')
  return time + seal(secret, time)
}

function seal(secret: Uint8Array, time: string): string {
  return createHmac('sha256', secret).update(time).digest('hex').slice(0, 32)
}

/** Judges a nonce that came back. `maxAgeMs`: how long one may be used, e.g. five minutes. */
export function checkNonce(secret: Uint8Array, nonce: string, nowMs: number, maxAgeMs: number): NonceState {
  if (!/^[0-9a-f]{44}$/.test(nonce)) return 'foreign'
  const time = nonce.slice(0, 12)
  const isOurs = timingSafeEqual(Buffer.from(nonce.slice(12)), Buffer.from(seal(secret, time)))
  if (!isOurs) return 'foreign'
  const age = nowMs - Number.parseInt(time, 16)
  return age >= -60_000 && age <= maxAgeMs ? 'fresh' : 'stale'
}
