import { timingSafeEqual } from 'node:crypto'
import { readPoint, toNumber, writePoint } from './curve.ts'
import { DerReader, derInteger, derOctetString, derSequence } from './der.ts'
import { SmError } from './errors.ts'
import { sm2Kdf } from './kdf.ts'
import { generateSm2KeyPair, requirePrivateKey } from './keys.ts'
import { sm3 } from './sm3.ts'

/**
 * How the parts of a ciphertext are laid out: `c1c3c2` (GB/T 32918.4-2016), `c1c2c3` (peers older than it), `asn1`
 * (SEQUENCE{x, y, hash, cipher}, GB/T 35276-2017 §7.2).
 */
export type Sm2CipherFormat = 'c1c3c2' | 'c1c2c3' | 'asn1'

/**
 * SM2 public-key encryption (GB/T 32918.4-2016 §6). Meant for keys and short secrets, with SM4
 * for the rest.
 *
 * @param publicKey 65, 64 or 33 bytes
 * @param message at least one byte (the KDF of nothing is all zero, which the standard rejects)
 * @returns 97 bytes more than the message (C1 with its leading 04), or DER
 * @throws SmError `bad-point`, `bad-argument`
 */
export function encryptSm2(
  publicKey: Uint8Array,
  message: Uint8Array,
  format: Sm2CipherFormat = 'c1c3c2',
): Buffer {
  if (message.length === 0) throw new SmError('bad-argument', 'SM2 cannot encrypt an empty message')
  const recipient = readPoint(publicKey)
  for (;;) {
    const ephemeral = generateSm2KeyPair()
    const shared = writePoint(recipient.multiply(toNumber(ephemeral.privateKey))).subarray(1)
    const stream = sm2Kdf(shared, message.length)
    // §6.1 step A5: a stream of zeros would send the message in clear; for one byte that is 1 time in 256.
    if (stream.every((byte) => byte === 0)) continue
    return joinParts(
      { c1: ephemeral.publicKey, c2: xor(message, stream), c3: check(shared, message) },
      format,
    )
  }
}

/**
 * SM2 decryption (GB/T 32918.4-2016 §7). In the plain layouts C1 may be uncompressed, compressed or, as some peers
 * send it, uncompressed without its leading 04.
 *
 * @throws SmError `malformed` for broken structure; `bad-point` for C1 off the curve; `not-authentic` where C3 differs
 */
export function decryptSm2(
  privateKey: Uint8Array,
  ciphertext: Uint8Array,
  format: Sm2CipherFormat = 'c1c3c2',
): Buffer {
  requirePrivateKey(privateKey)
  const readings = format === 'asn1' ? [readAsn1(ciphertext)] : plainReadings(ciphertext, format)
  let failure = new SmError('malformed', 'SM2 ciphertext is too short')
  for (const parts of readings) {
    try {
      return openParts(toNumber(privateKey), parts)
    } catch (error) {
      if (!(error instanceof SmError)) throw error
      failure = error
    }
  }
  throw failure
}

interface CipherParts {
  c1: Uint8Array
  c2: Uint8Array
  c3: Uint8Array
}

function openParts(d: bigint, { c1, c2, c3 }: CipherParts): Buffer {
  const shared = writePoint(readPoint(c1).multiply(d)).subarray(1)
  const message = xor(c2, sm2Kdf(shared, c2.length))
  if (!timingSafeEqual(check(shared, message), c3)) {
    throw new SmError('not-authentic', 'SM2 ciphertext was altered, or is for another key or layout')
  }
  return message
}

/** C3 = SM3(x2 ‖ M ‖ y2). */
function check(shared: Uint8Array, message: Uint8Array): Buffer {
  return sm3(Buffer.concat([shared.subarray(0, 32), message, shared.subarray(32)]))
}

function xor(bytes: Uint8Array, stream: Uint8Array): Buffer {
  const result = Buffer.alloc(bytes.length)
  for (let i = 0; i < bytes.length; i += 1) result[i] = bytes[i]! ^ stream[i]!
  return result
}

function joinParts({ c1, c2, c3 }: CipherParts, format: Sm2CipherFormat): Buffer {
  if (format === 'c1c3c2') return Buffer.concat([c1, c3, c2])
  if (format === 'c1c2c3') return Buffer.concat([c1, c2, c3])
  const x = derInteger(c1.subarray(1, 33))
  const y = derInteger(c1.subarray(33))
  return derSequence(x, y, derOctetString(c3), derOctetString(c2))
}

function readAsn1(der: Uint8Array): CipherParts {
  const outer = new DerReader(der)
  const fields = outer.sequence()
  const c1 = Buffer.concat([fields.unsigned(32), fields.unsigned(32)])
  const c3 = fields.octetString()
  const c2 = fields.octetString()
  fields.end()
  outer.end()
  if (c3.length !== 32 || c2.length === 0) throw new SmError('malformed', 'SM2 ciphertext has a bad part')
  return { c1, c2, c3 }
}

/**
 * The ways to cut a plain ciphertext, likeliest first. A stripped C1 may itself begin with 02, 03 or 04, so the
 * cut without prefix is always tried last; each reading stands only if its point is on the curve and its C3 holds.
 */
function plainReadings(ciphertext: Uint8Array, format: Sm2CipherFormat): CipherParts[] {
  const first = ciphertext[0]
  const lengths = first === 4 ? [65, 64] : first === 2 || first === 3 ? [33, 64] : [64]
  return lengths
    .filter((length) => ciphertext.length > length + 32)
    .map((length) => {
      const c1 = ciphertext.subarray(0, length)
      const rest = ciphertext.subarray(length)
      return format === 'c1c3c2'
        ? { c1, c3: rest.subarray(0, 32), c2: rest.subarray(32) }
        : { c1, c2: rest.subarray(0, -32), c3: rest.subarray(-32) }
    })
}
