/** Personal values at rest, digests to find them by, and check values of guarded rows. */
import { createCipheriv, createDecipheriv, randomFillSync, timingSafeEqual } from 'node:crypto'
import { type IdentifierKind, normalise } from '@hengjian/identifiers'
import { hmacSm3, hmacSm3With } from '@hengjian/sm'
import { type CheckPart, encodeParts } from './check-parts.ts'
import { type DataKey, type Keys, readKeys } from './keys.ts'

/** Kinds of digest: digests of one kind are comparable across tables, digests of two kinds never. */
export type DigestKind = IdentifierKind

/** A stored ciphertext that cannot be trusted: cut or altered, or of a data key that is not in the keys file. */
export class CipherError extends Error {
  readonly code: 'malformed' | 'tampered' | 'unknown-key'
  constructor(code: CipherError['code'], message: string) {
    super(message)
    this.name = 'CipherError'
    this.code = code
  }
}

/** Bound to one set of keys; stateless otherwise, cheap to share. */
export interface Cipher {
  /**
   * Ciphertext of a text: key id (1 byte) ‖ random IV (16) ‖ SM4-CTR of the UTF-8 (as long as it) ‖ tag (8), the tag
   * being HMAC-SM3 over all before it. Two encryptions of one text differ. Null stays null.
   */
  encrypt(text: string): Buffer
  encrypt(text: string | null): Buffer | null
  /** @throws CipherError where the tag does not match, the key is unknown or the bytes are too few */
  decrypt(ciphertext: Uint8Array): string
  decrypt(ciphertext: Uint8Array | null): string | null
  /**
   * HMAC-SM3 of the normalised value, cut to 16 bytes, for exact search. Null for null and for a value of blanks only:
   * two people without a number do not share one.
   */
  digest(kind: DigestKind, value: string | null): Buffer | null
  /**
   * HMAC-SM3 over values in order (PLT-22), 32 bytes. Give the table's name and the row's id among the parts, else a
   * row's check value also fits another row with the same values.
   */
  checkValue(parts: readonly CheckPart[]): Buffer
  /** Whether `value` is the check value of the parts; compares in constant time. */
  verifyCheckValue(parts: readonly CheckPart[], value: Uint8Array | null): boolean
}

const ID_BYTES = 1
const IV_BYTES = 16
const TAG_BYTES = 8
const OVERHEAD = ID_BYTES + IV_BYTES + TAG_BYTES
const DIGEST_BYTES = 16

/** A ciphertext of an unknown key makes us read the keys file again, at most so often. */
const LOOK_AGAIN_MS = 1000

function dataKeysNow({ file }: Keys): readonly DataKey[] {
  try {
    return readKeys(file).dataKeys.keys
  } catch {
    // Unreadable for now: the key stays unknown.
    return []
  }
}

/** A cipher over the keys of an installation. */
export function createCipher(keys: Keys): Cipher {
  const boxes = new Map(keys.dataKeys.keys.map(({ id, key }) => [id, createBox(id, key)]))
  const current = boxes.get(keys.dataKeys.current)!

  let lookedAt = Number.NEGATIVE_INFINITY
  /** Another process may have added a data key since ours were read. */
  function addedBox(id: number): Box | undefined {
    if (performance.now() - lookedAt < LOOK_AGAIN_MS) return undefined
    lookedAt = performance.now()
    for (const added of dataKeysNow(keys))
      if (!boxes.has(added.id)) boxes.set(added.id, createBox(added.id, added.key))
    return boxes.get(id)
  }

  function decrypt(ciphertext: Uint8Array): string
  function decrypt(ciphertext: Uint8Array | null): string | null
  function decrypt(ciphertext: Uint8Array | null): string | null {
    if (ciphertext === null) return null
    if (ciphertext.length < OVERHEAD) {
      throw new CipherError(
        'malformed',
        `a ciphertext has at least ${OVERHEAD} bytes, got ${ciphertext.length}`,
      )
    }
    const box = boxes.get(ciphertext[0]!) ?? addedBox(ciphertext[0]!)
    if (!box) throw new CipherError('unknown-key', `data key ${ciphertext[0]} is not in ${keys.file}`)
    return box.open(ciphertext)
  }

  function encrypt(text: string): Buffer
  function encrypt(text: string | null): Buffer | null
  function encrypt(text: string | null): Buffer | null {
    return text === null ? null : current.seal(text)
  }

  const digests = new Map(
    Object.entries(keys.digestKeys).map(([kind, key]) => [kind as DigestKind, hmacSm3With(key)]),
  )
  const checkValue = (parts: readonly CheckPart[]) => hmacSm3(keys.rowCheckKey, encodeParts(parts))

  return {
    encrypt,
    decrypt,
    checkValue,
    digest(kind, value) {
      const spelt = value === null ? '' : normalise(kind, value)
      return spelt === '' ? null : cut(digests.get(kind)!(spelt), DIGEST_BYTES)
    },
    verifyCheckValue(parts, value) {
      return value !== null && value.length === 32 && timingSafeEqual(checkValue(parts), value)
    },
  }
}

interface Box {
  seal(text: string): Buffer
  open(ciphertext: Uint8Array): string
}

/** Encrypt-then-authenticate under one data key; the authentication key is derived from it. */
function createBox(id: number, key: Buffer): Box {
  const tagKey = hmacSm3(key, 'hengjian: tag of encrypted columns')
  const hmac = hmacSm3With(tagKey)
  const tagOf = (bytes: Uint8Array) => hmac(bytes).subarray(0, TAG_BYTES)
  const xorStream = sm4CtrWith(key)
  return {
    seal(text) {
      const length = Buffer.byteLength(text, 'utf8')
      const box = Buffer.allocUnsafe(OVERHEAD + length)
      box[0] = id
      const iv = nextIv()
      iv.copy(box, ID_BYTES)
      box.write(text, ID_BYTES + IV_BYTES, 'utf8')
      xorStream(iv, box.subarray(ID_BYTES + IV_BYTES, -TAG_BYTES))
      tagOf(box.subarray(0, -TAG_BYTES)).copy(box, box.length - TAG_BYTES)
      return box
    },
    open(ciphertext) {
      const sealed = ciphertext.subarray(0, -TAG_BYTES)
      if (!timingSafeEqual(tagOf(sealed), ciphertext.subarray(-TAG_BYTES))) {
        throw new CipherError('tampered', 'a ciphertext was altered, or made with other keys')
      }
      const iv = sealed.subarray(ID_BYTES, ID_BYTES + IV_BYTES)
      return createDecipheriv('sm4-ctr', key, iv)
        .update(sealed.subarray(ID_BYTES + IV_BYTES))
        .toString('utf8')
    },
  }
}

/** Texts up to here are encrypted without making a cipher object for each, which costs more than the encryption. */
const SHORT_BLOCKS = 16

/**
 * SM4-CTR in place. The stream of CTR is the encryption of its counter blocks, each for itself: one ECB object, made
 * once, gives it for every text.
 */
function sm4CtrWith(key: Buffer): (iv: Buffer, bytes: Buffer) => void {
  const blocks = createCipheriv('sm4-ecb', key, null).setAutoPadding(false)
  const counters = Buffer.alloc(IV_BYTES * SHORT_BLOCKS)
  return (iv, bytes) => {
    const count = Math.ceil(bytes.length / IV_BYTES)
    if (count > SHORT_BLOCKS) {
      createCipheriv('sm4-ctr', key, iv).update(bytes).copy(bytes)
      return
    }
    iv.copy(counters)
    for (let block = 1; block < count; block++) {
      counters.copyWithin(block * IV_BYTES, (block - 1) * IV_BYTES, block * IV_BYTES)
      for (let at = (block + 1) * IV_BYTES - 1; at >= block * IV_BYTES; at--) {
        counters[at] = (counters[at]! + 1) & 0xff
        if (counters[at] !== 0) break
      }
    }
    const stream = blocks.update(counters.subarray(0, count * IV_BYTES))
    for (let at = 0; at < bytes.length; at++) bytes[at]! ^= stream[at]!
  }
}

/** Random bytes are drawn for 256 ivs at once: one call costs as much as the encryption of a field. */
const ivs = Buffer.alloc(IV_BYTES * 256)
let nextAt = ivs.length

function nextIv(): Buffer {
  if (nextAt === ivs.length) {
    randomFillSync(ivs)
    nextAt = 0
  }
  nextAt += IV_BYTES
  return ivs.subarray(nextAt - IV_BYTES, nextAt)
}

/** A copy, so that a short value does not keep a long buffer alive. */
const cut = (bytes: Buffer, length: number): Buffer => Buffer.from(bytes.subarray(0, length))
