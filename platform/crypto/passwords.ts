/**
 * Password hashes: Argon2id (RFC 9106), then HMAC-SM3 under a key outside the database, so that a stolen table
 * cannot even be guessed at. Work is done on the thread pool.
 */
import { argon2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { hmacSm3 } from '@hengjian/sm'
import type { Keys } from './keys.ts'
import { constantTimeEqual } from './random.ts'

/** Memory in KiB, passes and lanes of Argon2id. */
interface Cost {
  memory: number
  passes: number
  parallelism: number
}

/** About 30 ms and 19 MiB each: 50 sign-ins at once pass through two cores within a second. */
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const SALT_BYTES = 16
const TAG_BYTES = 32
/** Longer input is no password but an attempt to keep the server busy. */
const MAX_LENGTH = 1024

const stretch = promisify(argon2)

/**
 * A password as stored: `$argon2id-sm3$m=19456,t=2,p=1$salt$mac`, salt and mac in base64url.
 * @throws RangeError for an empty password or one of more than 1,024 characters; rules of strength are the caller's
 */
export async function hashPassword(keys: Keys, password: string): Promise<string> {
  if (!isPlausible(password)) throw new RangeError(`a password has 1 to ${MAX_LENGTH} characters`)
  const salt = randomBytes(SALT_BYTES)
  const mac = await compute(keys, password, salt, COST)
  return `$argon2id-sm3$${formatCost(COST)}$${salt.toString('base64url')}$${mac.toString('base64url')}`
}

/**
 * Whether a password is the stored one. Give null where there is no such user: the answer is false after the same
 * time, so that nobody learns which names exist.
 * @throws Error where the stored text is not one of `hashPassword`
 */
export async function verifyPassword(keys: Keys, password: string, stored: string | null): Promise<boolean> {
  if (!isPlausible(password)) return false
  if (stored === null) {
    await compute(keys, password, Buffer.alloc(SALT_BYTES), COST)
    return false
  }
  const { cost, salt, mac } = parseStored(stored)
  return constantTimeEqual(await compute(keys, password, salt, cost), mac)
}

/** Whether a stored hash was made at another cost than today's and should be renewed at the next sign-in. */
export function passwordNeedsRehash(stored: string): boolean {
  return formatCost(parseStored(stored).cost) !== formatCost(COST)
}

const isPlausible = (password: string): boolean => password.length >= 1 && password.length <= MAX_LENGTH

async function compute(keys: Keys, password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  // One spelling for what two keyboards send as different code points (RFC 8265 §4.2).
  const message = Buffer.from(password.normalize('NFC'), 'utf8')
  const tag = await stretch('argon2id', { message, nonce: salt, tagLength: TAG_BYTES, ...cost })
  return hmacSm3(keys.passwordKey, tag)
}

const formatCost = ({ memory, passes, parallelism }: Cost): string =>
  `m=${memory},t=${passes},p=${parallelism}`

const STORED = /^\$argon2id-sm3\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/

function parseStored(stored: string): { cost: Cost; salt: Buffer; mac: Buffer } {
  const match = STORED.exec(stored)
  if (!match) throw new Error('a stored password hash is damaged')
  const [, memory, passes, parallelism, salt, mac] = match as unknown as string[]
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt!, 'base64url'),
    mac: Buffer.from(mac!, 'base64url'),
  }
}
