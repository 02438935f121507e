/** Fixed part of an RTP header, bytes (RFC 3550 §5.1). */
export const RTP_HEADER_BYTES = 12

/**
 * One RTP header and where its payload lies (RFC 3550 §5.1). A receiver reuses one object for all its packets, so
 * whoever wants to keep a value copies it.
 */
export class RtpHeader {
  marker = false
  payloadType = 0
  sequence = 0
  timestamp = 0
  ssrc = 0
  /** First byte of the payload: after CSRCs and header extension. */
  payloadStart = 0
  /** End of the payload: before the padding. */
  payloadEnd = 0
}

/**
 * Reads the RTP packet that is `bytes[start..end)`.
 *
 * @returns false, with `into` undefined, where this is no RTP of version 2 or its lengths do not fit in the packet
 */
export function readRtpHeader(bytes: Uint8Array, start: number, end: number, into: RtpHeader): boolean {
  if (end - start < RTP_HEADER_BYTES) return false
  const first = bytes[start]!
  if (first >> 6 !== 2) return false
  const second = bytes[start + 1]!
  let payload = start + RTP_HEADER_BYTES + ((first & 0x0f) << 2)
  if ((first & 0x10) !== 0) {
    if (payload + 4 > end) return false
    payload += 4 + (((bytes[payload + 2]! << 8) | bytes[payload + 3]!) << 2)
  }
  let last = end
  if ((first & 0x20) !== 0) {
    const padding = bytes[end - 1]!
    if (padding === 0) return false
    last -= padding
  }
  if (payload > last) return false
  into.marker = second >= 0x80
  into.payloadType = second & 0x7f
  into.sequence = (bytes[start + 2]! << 8) | bytes[start + 3]!
  into.timestamp = readUint32(bytes, start + 4)
  into.ssrc = readUint32(bytes, start + 8)
  into.payloadStart = payload
  into.payloadEnd = last
  return true
}

/** True for RTCP that shares the port or connection with RTP (RFC 5761 §4: packet types 192–223). */
export function isRtcp(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 8 || bytes[start]! >> 6 !== 2) return false
  const type = bytes[start + 1]!
  return type >= 192 && type <= 223
}

/**
 * Writes a 12-byte header without CSRC or extension at `at`.
 *
 * @param timestamp in units of the payload's clock; taken modulo 2³²
 */
export function writeRtpHeader(
  into: Uint8Array,
  at: number,
  fields: { marker: boolean; payloadType: number; sequence: number; timestamp: number; ssrc: number },
): void {
  into[at] = 0x80
  into[at + 1] = (fields.marker ? 0x80 : 0) | fields.payloadType
  into[at + 2] = fields.sequence >> 8
  into[at + 3] = fields.sequence
  writeUint32(into, at + 4, fields.timestamp)
  writeUint32(into, at + 8, fields.ssrc)
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

function writeUint32(into: Uint8Array, at: number, value: number): void {
  const low = value >>> 0
  into[at] = low >>> 24
  into[at + 1] = low >>> 16
  into[at + 2] = low >>> 8
  into[at + 3] = low
}
