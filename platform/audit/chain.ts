/** The audit chain's arithmetic (PLT-21). Pure. */
import { sm3 } from '@hengjian/sm'

/** What stands before the first entry. */
export const GENESIS: Buffer = Buffer.alloc(32)

/**
 * Hash of one place in the chain: SM3(hash of the place before, 32 bytes ‖ sequence, 8 bytes big-endian ‖ id of the
 * entry, 16 bytes ‖ check value of the entry). The check value covers the entry's content, so the chain needs no more.
 */
export function chainHash(previous: Buffer, sequence: number, entryId: string, checkValue: Buffer): Buffer {
  const place = Buffer.alloc(24)
  place.writeBigUInt64BE(BigInt(sequence))
  place.write(entryId.replaceAll('-', ''), 8, 'hex')
  return sm3(Buffer.concat([previous, place, checkValue]))
}
