import { randomBytes, timingSafeEqual } from 'node:crypto'
import { sm3 } from '@hengjian/sm'

/** A token of so many random bytes, in base64url (4 characters for 3 bytes). */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

/** Whether two secrets are equal, in a time that depends on neither. Their lengths may differ. */
export function constantTimeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return timingSafeEqual(sm3(a), sm3(b))
}
