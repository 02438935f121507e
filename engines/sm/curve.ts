import { sm2 } from 'sm-crypto-v2'
import { SmError } from './errors.ts'

/*
 * The SM2 curve (GB/T 32918.5-2017 §2) as the rest of this library sees it. Arithmetic is sm-crypto-v2's; checking
 * what comes from outside is ours, because that library multiplies points it read from DER without asking whether
 * they lie on the curve, and such a point gives away the private key piece by piece.
 */

const hex = (digits: string) => Buffer.from(digits, 'hex')

/** Coefficients and base point, 32 bytes big-endian each. */
export const SM2_A = hex('fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc')
export const SM2_B = hex('28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93')
export const SM2_GX = hex('32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7')
export const SM2_GY = hex('bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0')

/** Order of the base point. */
export const SM2_N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n

/** A point of the curve with the arithmetic of the library underneath. */
export type Sm2Point = ReturnType<typeof sm2.precomputePublicKey>

/** sm-crypto-v2 does not export its point class, whose `fromHex` checks the curve equation; every point leads to it. */
const PointClass = sm2.precomputePublicKey(`04${toHex(SM2_GX)}${toHex(SM2_GY)}`, 1)
  .constructor as unknown as {
  fromHex(digits: string): Sm2Point
}

/**
 * Reads a point in the forms met in practice: 65 bytes `04‖x‖y`, 64 bytes `x‖y`, 33 bytes `02|03‖x`.
 *
 * @throws SmError `bad-point` for any other length or prefix, and for points off the curve
 */
export function readPoint(bytes: Uint8Array): Sm2Point {
  try {
    return PointClass.fromHex(toHex(prefixed(bytes)))
  } catch (cause) {
    throw new SmError('bad-point', 'not a point of the SM2 curve', { cause })
  }
}

/** The 65-byte form `04‖x‖y`. @throws SmError `bad-point` for the point at infinity */
export function writePoint(point: Sm2Point): Buffer {
  try {
    return Buffer.from(point.toRawBytes(false))
  } catch (cause) {
    throw new SmError('bad-point', 'the point at infinity has no coordinates', { cause })
  }
}

/** Lower-case hexadecimal, the form sm-crypto-v2 takes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Bytes as an unsigned big-endian number. */
export function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes) || '0'}`)
}

function prefixed(bytes: Uint8Array): Uint8Array {
  const first = bytes[0]
  if (bytes.length === 64) return Buffer.concat([Buffer.of(4), bytes])
  if (bytes.length === 65 && first === 4) return bytes
  if (bytes.length === 33 && (first === 2 || first === 3)) return bytes
  throw new SmError(
    'bad-point',
    `a point cannot be ${bytes.length} bytes starting with ${first ?? 'nothing'}`,
  )
}
