import { readPoint, SM2_A, SM2_B, SM2_GX, SM2_GY, writePoint } from './curve.ts'
import { SmError } from './errors.ts'
import { sm3 } from './sm3.ts'

/** The user id used where the parties agreed on none (GB/T 35276-2017 §10). */
export const SM2_DEFAULT_USER_ID = '1234567812345678'

/**
 * Z, the digest that binds a signer's id and public key into what is signed (GB/T 32918.2-2016 §5.5). 32 bytes.
 *
 * @param userId text (taken as UTF-8) or bytes, at most 8,191 bytes; the counterparty must use the same
 * @throws SmError `bad-point`, `bad-argument`
 */
export function sm2IdentityDigest(
  publicKey: Uint8Array,
  userId: Uint8Array | string = SM2_DEFAULT_USER_ID,
): Buffer {
  const id = typeof userId === 'string' ? Buffer.from(userId, 'utf8') : userId
  // ENTL counts bits in two bytes.
  if (id.length * 8 > 0xffff) throw new SmError('bad-argument', 'SM2 user id is longer than 8,191 bytes')
  const bits = Buffer.alloc(2)
  bits.writeUInt16BE(id.length * 8)
  const coordinates = writePoint(readPoint(publicKey)).subarray(1)
  return sm3(Buffer.concat([bits, id, SM2_A, SM2_B, SM2_GX, SM2_GY, coordinates]))
}
