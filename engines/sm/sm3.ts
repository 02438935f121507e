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

const BLOCK_BYTES = 64
/** Up to here both hashes of an HMAC are made at once; what is longer is streamed. */
const SHORT_BYTES = 448

/**
 * HMAC-SM3 with one key over many messages: the same answers as `hmacSm3`, at half the cost for short ones, because no
 * object is made for a message.
 */
export function hmacSm3With(key: Uint8Array): (data: Uint8Array | string) => Buffer {
  const block = Buffer.alloc(BLOCK_BYTES)
  block.set(key.length > BLOCK_BYTES ? sm3(key) : key)
  const inner = Buffer.alloc(BLOCK_BYTES + SHORT_BYTES)
  const outer = Buffer.alloc(BLOCK_BYTES + SM3_BYTES)
  for (const [i, byte] of block.entries()) {
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  return (data) => {
    const isText = typeof data === 'string'
    const length = isText ? Buffer.byteLength(data, 'utf8') : data.length
    if (length > SHORT_BYTES) return hmacSm3(key, data)
    if (isText) inner.write(data, BLOCK_BYTES, 'utf8')
    else inner.set(data, BLOCK_BYTES)
    outer.write(hash('sm3', inner.subarray(0, BLOCK_BYTES + length), 'hex'), BLOCK_BYTES, 'hex')
    return Buffer.from(hash('sm3', outer, 'hex'), 'hex')
  }
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
