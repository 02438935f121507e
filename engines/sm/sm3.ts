import { createHash, createHmac, type Hash, hash, pbkdf2 as pbkdf2Async, pbkdf2Sync } from 'node:crypto'
import { promisify } from 'node:util'
import { SmError } from './errors.ts'

/** Length of an SM3 digest in bytes (GB/T 32905-2016). */
export const SM3_BYTES = 32

/** SM3 of bytes, or of a string as UTF-8 (GB/T 32905-2016). Returns 32 bytes. */
export function sm3(data: Uint8Array | string): Buffer {
  return hash('sm3', data, 'buffer')
}

/** A running SM3 for data that does not fit in memory: `update()` as often as needed, then `digest()` once. */
export function createSm3(): Hash {
  return createHash('sm3')
}

/** HMAC-SM3 (RFC 2104 over GB/T 32905-2016) with a key of any length. Returns 32 bytes. */
export function hmacSm3(key: Uint8Array, data: Uint8Array | string): Buffer {
  return createHmac('sm3', key).update(data).digest()
}

/**
 * PBKDF2 with HMAC-SM3 (RFC 8018; GM/T 0091-2020), blocking: 10,000 iterations take tens of milliseconds.
 *
 * @param iterations at least 1
 * @param length bytes to derive, at least 1
 * @throws SmError `bad-argument` for counts out of range
 */
export function pbkdf2Sm3(
  password: Uint8Array | string,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Buffer {
  requirePositive('iterations', iterations)
  requirePositive('length', length)
  return pbkdf2Sync(password, salt, iterations, length, 'sm3')
}

const pbkdf2OnPool = promisify(pbkdf2Async)

/** `pbkdf2Sm3` on the thread pool, for servers that must not stall while a password is stretched. */
export async function pbkdf2Sm3Async(
  password: Uint8Array | string,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Buffer> {
  requirePositive('iterations', iterations)
  requirePositive('length', length)
  return pbkdf2OnPool(password, salt, iterations, length, 'sm3')
}

function requirePositive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > 0x7fffffff) {
    throw new SmError('bad-argument', `${name} must be a whole number from 1 to 2147483647, got ${value}`)
  }
}
