import { NO_TIME } from '../es.ts'

/** Start code prefix, stream_id and PES_packet_length. */
export const PES_START_BYTES = 6
/** Those and the flags and length of the optional header. */
export const PES_FIXED_BYTES = 9

/** What a PES header says (ISO/IEC 13818-1 §2.4.3.7). One object is used again for all. */
export class PesHeader {
  /** Where the elementary stream goes on. */
  payloadStart = 0
  /** 33 bits of 90 kHz, `NO_TIME` when absent. */
  pts = NO_TIME
  dts = NO_TIME
}

/**
 * Reads the PES header whose start code begins at `at`.
 *
 * @returns false where the optional header is not that of MPEG-2 or does not end before `end`
 */
export function readPesHeader(bytes: Uint8Array, at: number, end: number, into: PesHeader): boolean {
  if (at + PES_FIXED_BYTES > end || bytes[at + 6]! >> 6 !== 2) return false
  const flags = bytes[at + 7]!
  const payload = at + PES_FIXED_BYTES + bytes[at + 8]!
  if (payload > end) return false
  into.payloadStart = payload
  into.pts = NO_TIME
  into.dts = NO_TIME
  if (flags & 0x80 && payload >= at + 14) into.pts = readTime(bytes, at + 9)
  if (flags & 0x40 && payload >= at + 19) into.dts = readTime(bytes, at + 14)
  return true
}

/** A time stamp of 33 bits in five bytes, marker bits not asked for (they are often wrong). */
export function readTime(bytes: Uint8Array, at: number): number {
  const low =
    (bytes[at + 1]! << 22) | ((bytes[at + 2]! & 0xfe) << 14) | (bytes[at + 3]! << 7) | (bytes[at + 4]! >> 1)
  return ((bytes[at]! >> 1) & 7) * 2 ** 30 + low
}

/** Writes a time stamp. @param prefix the four bits before it (§2.4.3.6): 2 PTS alone, 3 PTS before a DTS, 1 DTS */
export function writeTime(into: Uint8Array, at: number, time: number, prefix: number): void {
  const value = ((Math.floor(time) % 2 ** 33) + 2 ** 33) % 2 ** 33
  const high = Math.floor(value / 2 ** 30)
  const low = value % 2 ** 30
  into[at] = (prefix << 4) | (high << 1) | 1
  into[at + 1] = low >> 22
  into[at + 2] = ((low >> 14) & 0xfe) | 1
  into[at + 3] = low >> 7
  into[at + 4] = ((low << 1) & 0xfe) | 1
}
