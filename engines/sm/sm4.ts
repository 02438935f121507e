import { type CipherGCMTypes, createCipheriv, createDecipheriv } from 'node:crypto'
import { requireLength, SmError } from './errors.ts'

/** Key and block length of SM4 in bytes (GB/T 32907-2016). */
export const SM4_BYTES = 16

/** Modes of GB/T 17964-2021 offered here; CFB feeds back whole blocks. GCM, which that standard lacks, stands apart. */
export type Sm4Mode = 'ecb' | 'cbc' | 'cfb' | 'ofb' | 'ctr'

/** Padding of ECB and CBC: PKCS#7, or none for input that is a whole number of 16-byte blocks. */
export type Sm4Padding = 'pkcs7' | 'none'

/** What a mode needs besides the data. */
export interface Sm4Parameters {
  /** 16 bytes. */
  key: Uint8Array
  /** 16 bytes; for CTR the first counter block, big-endian. ECB takes none. Never repeat one with the same key in CTR, CFB or OFB. */
  iv?: Uint8Array
  /** ECB and CBC only; default `pkcs7`. */
  padding?: Sm4Padding
}

/**
 * SM4 encryption. Gives confidentiality only: authenticate the result (HMAC-SM3 over iv and ciphertext) or use GCM.
 *
 * @throws SmError `bad-argument` for a key or iv of the wrong length, or unpadded input of broken blocks
 */
export function encryptSm4(mode: Sm4Mode, parameters: Sm4Parameters, plain: Uint8Array): Buffer {
  requireParameters(mode, parameters)
  requireBlocks(mode, parameters, plain, 'bad-argument')
  const cipher = createCipheriv(`sm4-${mode}`, parameters.key, parameters.iv ?? null)
  cipher.setAutoPadding(parameters.padding !== 'none')
  return Buffer.concat([cipher.update(plain), cipher.final()])
}

/**
 * SM4 decryption. Check authenticity before calling: which error a wrong CBC padding gives can betray the plain text.
 *
 * @throws SmError `bad-argument` as for encryption; `malformed` for broken blocks or padding
 */
export function decryptSm4(mode: Sm4Mode, parameters: Sm4Parameters, ciphertext: Uint8Array): Buffer {
  requireParameters(mode, parameters)
  requireBlocks(mode, parameters, ciphertext, 'malformed')
  const decipher = createDecipheriv(`sm4-${mode}`, parameters.key, parameters.iv ?? null)
  decipher.setAutoPadding(parameters.padding !== 'none')
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch (cause) {
    throw new SmError('malformed', 'SM4 ciphertext has broken blocks or padding', { cause })
  }
}

/** The types of Node list the GCM ciphers by name and do not know this one, which OpenSSL 3.5 has. */
const SM4_GCM = 'sm4-gcm' as string as CipherGCMTypes

/** What SM4-GCM needs besides the data (RFC 8998, RFC 5116). */
export interface Sm4GcmParameters {
  /** 16 bytes. */
  key: Uint8Array
  /** 12 bytes, never used twice with one key. */
  iv: Uint8Array
  /** Data authenticated but not encrypted. */
  aad?: Uint8Array
}

/** SM4-GCM encryption with a 16-byte tag. @throws SmError `bad-argument` for a key or iv of the wrong length */
export function encryptSm4Gcm(
  parameters: Sm4GcmParameters,
  plain: Uint8Array,
): { ciphertext: Buffer; tag: Buffer } {
  requireGcmParameters(parameters)
  const cipher = createCipheriv(SM4_GCM, parameters.key, parameters.iv)
  if (parameters.aad) cipher.setAAD(parameters.aad)
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()])
  return { ciphertext, tag: cipher.getAuthTag() }
}

/**
 * SM4-GCM decryption; nothing is returned unless the 16-byte tag is right.
 *
 * @throws SmError `bad-argument` for wrong lengths; `not-authentic` for a wrong key, tag, iv, aad or altered ciphertext
 */
export function decryptSm4Gcm(parameters: Sm4GcmParameters, ciphertext: Uint8Array, tag: Uint8Array): Buffer {
  requireGcmParameters(parameters)
  // Short tags are legal in GCM but make forgery cheap, so only full ones are taken.
  requireLength('SM4-GCM tag', tag, 16)
  const decipher = createDecipheriv(SM4_GCM, parameters.key, parameters.iv, { authTagLength: 16 })
  if (parameters.aad) decipher.setAAD(parameters.aad)
  decipher.setAuthTag(tag)
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch (cause) {
    throw new SmError('not-authentic', 'SM4-GCM tag does not match', { cause })
  }
}

function requireParameters(mode: Sm4Mode, { key, iv }: Sm4Parameters): void {
  requireLength('SM4 key', key, SM4_BYTES)
  if (mode !== 'ecb') requireLength('SM4 iv', iv as Uint8Array, SM4_BYTES)
  else if (iv) throw new SmError('bad-argument', 'SM4-ECB takes no iv')
}

function requireBlocks(
  mode: Sm4Mode,
  { padding }: Sm4Parameters,
  data: Uint8Array,
  code: 'bad-argument' | 'malformed',
): void {
  const whole = mode === 'ecb' || mode === 'cbc'
  if (whole && padding === 'none' && data.length % SM4_BYTES !== 0) {
    throw new SmError(code, `SM4-${mode.toUpperCase()} without padding needs whole 16-byte blocks`)
  }
}

function requireGcmParameters({ key, iv }: Sm4GcmParameters): void {
  requireLength('SM4 key', key, SM4_BYTES)
  requireLength('SM4-GCM iv', iv, 12)
}
