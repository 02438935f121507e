import { sm2 } from 'sm-crypto-v2'
import { readPoint, SM2_N, toHex, toNumber } from './curve.ts'
import { DerReader, derInteger, derSequence } from './der.ts'
import { SmError } from './errors.ts'
import { sm2IdentityDigest } from './identity.ts'
import { requirePrivateKey, sm2PublicKeyOf } from './keys.ts'
import { sm3 } from './sm3.ts'

/** `der`: SEQUENCE{r, s}, GB/T 35276-2017 §7.3. `raw`: 64 bytes r‖s, as hardware interfaces give it. */
export type Sm2SignatureFormat = 'der' | 'raw'

/** How a signature is made or checked; both sides must agree. */
export interface Sm2SignatureOptions {
  /** The signer's id; default `1234567812345678`. */
  userId?: Uint8Array | string
  /** Default `der`. */
  format?: Sm2SignatureFormat
}

/**
 * SM2 signature with SM3 over a whole message (GB/T 32918.2-2016 §6). Random, so two calls differ.
 *
 * @param privateKey 32 bytes
 * @returns DER (70–72 bytes) or raw (64 bytes)
 * @throws SmError `bad-argument` for a private key out of range or an id that is too long
 */
export function signSm2(
  privateKey: Uint8Array,
  message: Uint8Array | string,
  options: Sm2SignatureOptions = {},
): Buffer {
  requirePrivateKey(privateKey)
  const digest = sm2MessageDigest(sm2PublicKeyOf(privateKey), message, options.userId)
  const raw = signDigest(privateKey, digest)
  return options.format === 'raw' ? raw : sm2SignatureToDer(raw)
}

/**
 * Checks an SM2 signature (GB/T 32918.2-2016 §7). A signature that is broken in any way gives `false`; it is input.
 *
 * @param publicKey 65, 64 or 33 bytes
 * @throws SmError `bad-point` for a public key off the curve: whoever trusts that key has a fault to hear about
 */
export function verifySm2(
  publicKey: Uint8Array,
  message: Uint8Array | string,
  signature: Uint8Array,
  options: Sm2SignatureOptions = {},
): boolean {
  const digest = sm2MessageDigest(publicKey, message, options.userId)
  const raw = options.format === 'raw' ? signature : derToRawOrNull(signature)
  return raw !== null && verifyDigest(publicKey, digest, raw)
}

/** e = SM3(Z ‖ M), what the signature equation signs; 32 bytes. For hardware that signs digests. */
export function sm2MessageDigest(
  publicKey: Uint8Array,
  message: Uint8Array | string,
  userId?: Uint8Array | string,
): Buffer {
  const body = typeof message === 'string' ? Buffer.from(message, 'utf8') : message
  return sm3(Buffer.concat([sm2IdentityDigest(publicKey, userId), body]))
}

/** r‖s (64 bytes) as DER. @throws SmError `malformed` for another length */
export function sm2SignatureToDer(raw: Uint8Array): Buffer {
  if (raw.length !== 64) throw new SmError('malformed', `a raw SM2 signature has 64 bytes, got ${raw.length}`)
  return derSequence(derInteger(raw.subarray(0, 32)), derInteger(raw.subarray(32)))
}

/** Strict DER as r‖s (64 bytes). @throws SmError `malformed` */
export function sm2SignatureFromDer(der: Uint8Array): Buffer {
  const outer = new DerReader(der)
  const pair = outer.sequence()
  const r = pair.unsigned(32)
  const s = pair.unsigned(32)
  pair.end()
  outer.end()
  return Buffer.concat([r, s])
}

/** A nonce and the x of its point, given by tests that reproduce the standard's vector; never by other callers. */
export interface SigningNonce {
  k: bigint
  x1: bigint
}

/** Signs e itself; not exported by the package, because a caller that supplies nonces can lose the key. */
export function signDigest(privateKey: Uint8Array, digest: Uint8Array, nonce?: SigningNonce): Buffer {
  const pointPool = nonce ? [nonce] : undefined
  return Buffer.from(sm2.doSignature(digest, toHex(privateKey), pointPool ? { pointPool } : {}), 'hex')
}

function verifyDigest(publicKey: Uint8Array, digest: Uint8Array, raw: Uint8Array): boolean {
  if (raw.length !== 64) return false
  const r = toNumber(raw.subarray(0, 32))
  const s = toNumber(raw.subarray(32))
  if (r < 1n || r >= SM2_N || s < 1n || s >= SM2_N || (r + s) % SM2_N === 0n) return false
  return sm2.doVerifySignature(digest, toHex(raw), readPoint(publicKey))
}

function derToRawOrNull(der: Uint8Array): Buffer | null {
  try {
    return sm2SignatureFromDer(der)
  } catch (error) {
    if (error instanceof SmError) return null
    throw error
  }
}
