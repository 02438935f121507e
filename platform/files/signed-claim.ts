/** Short-lived signed statements: links to files, receipts of uploads. They say what they say to whoever holds them. */
import { timingSafeEqual } from 'node:crypto'
import type { Keys } from '@hengjian/platform/crypto'
import { hmacSm3 } from '@hengjian/sm'
import { z } from 'zod'

const envelope = z.object({ until: z.number(), claim: z.unknown() })

function signatureOf(keys: Pick<Keys, 'fileKey'>, purpose: string, body: string): Buffer {
  return hmacSm3(hmacSm3(keys.fileKey, `hengjian: signed ${purpose}`), body)
}

/** Sign `claim` for `purpose` until an instant. Safe in a URL. */
export function signClaim(
  keys: Pick<Keys, 'fileKey'>,
  purpose: string,
  claim: Record<string, unknown>,
  until: Date,
): string {
  const body = Buffer.from(JSON.stringify({ until: until.getTime(), claim })).toString('base64url')
  return `${body}.${signatureOf(keys, purpose, body).toString('base64url')}`
}

/** The claim in `token`, or null when it is forged, of another purpose, of another shape, or too old. */
export function readClaim<T>(
  keys: Pick<Keys, 'fileKey'>,
  purpose: string,
  schema: z.ZodType<T>,
  token: string,
  now: Date,
): T | null {
  const [body = '', signature = ''] = token.split('.')
  const given = Buffer.from(signature, 'base64url')
  const expected = signatureOf(keys, purpose, body)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  const { until, claim } = envelope.parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
  if (until <= now.getTime()) return null
  const parsed = schema.safeParse(claim)
  return parsed.success ? parsed.data : null
}
