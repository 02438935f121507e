/**
 * Signatures between Hengjian and the personnel and discipline system (队伍管理系统): HMAC-SM3 over what is said and
 * when, one secret for each direction. `docs/integration.md` describes it for the other side.
 */
import { timingSafeEqual } from 'node:crypto'
import { hmacSm3, sm3 } from '@hengjian/sm'

/** How far the clocks of both sides may differ; older messages are taken for repeated ones. */
const WINDOW_MS = 5 * 60_000

export const TIME_HEADER = 'x-hengjian-time'
export const SIGNATURE_HEADER = 'x-hengjian-signature'

/** What is signed: method (or the status of an answer), path with query, body. */
export interface SignedMessage {
  readonly what: string
  readonly path: string
  readonly body: string
}

const signatureOf = (secret: string, { what, path, body }: SignedMessage, time: string): Buffer =>
  hmacSm3(
    Buffer.from(secret),
    Buffer.from([time, what, path, sm3(Buffer.from(body)).toString('hex')].join('\n')),
  )

/** Headers that prove a message to whoever has the secret. */
export function signMessage(secret: string, message: SignedMessage, now: Date): Record<string, string> {
  const time = now.toISOString()
  return { [TIME_HEADER]: time, [SIGNATURE_HEADER]: signatureOf(secret, message, time).toString('hex') }
}

/** Was this said by the holder of the secret, within the last minutes? */
export function isGenuine(
  secret: string,
  message: SignedMessage,
  { time, signature }: { time: string; signature: string },
  now: Date,
): boolean {
  const given = Buffer.from(signature, 'hex')
  const expected = signatureOf(secret, message, time)
  const age = Math.abs(now.getTime() - Date.parse(time))
  return age <= WINDOW_MS && given.length === expected.length && timingSafeEqual(given, expected)
}
