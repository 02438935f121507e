/** How the payload of RTP is made up. */
export type PayloadKind = 'ps' | 'ts' | 'annexb' | 'h264' | 'h265' | 'g711a' | 'g711u'

const TS_PACKET = 188
const TS_SYNC = 0x47
/** Static payload types of RFC 3551 §6. */
const PCMU = 0
const PCMA = 8

/**
 * What the payload of a packet shows itself to be, whatever SDP or payload type said: devices that offer PS send TS, raw
 * elementary streams or RTP payloads of H.264. Asked of the first packets of a stream until there is an answer.
 *
 * @returns undefined within a frame, where nothing can be seen
 */
export function sniffPayload(
  bytes: Uint8Array,
  start: number,
  end: number,
  payloadType: number,
): PayloadKind | undefined {
  if (end - start < 4) return undefined
  const [a, b, c, d] = [bytes[start]!, bytes[start + 1]!, bytes[start + 2]!, bytes[start + 3]!]
  if (a === 0 && b === 0 && c === 1) return d >= 0xb9 ? 'ps' : 'annexb'
  if (a === 0 && b === 0 && c === 0 && d === 1) return 'annexb'
  if (a === TS_SYNC && (end - start) % TS_PACKET === 0 && isTs(bytes, start, end)) return 'ts'
  if (payloadType === PCMA) return 'g711a'
  if (payloadType === PCMU) return 'g711u'
  if ((a & 0x9f) === 7 && H264_PROFILES.includes(b) && d > 0) return 'h264'
  if ((a === 0x40 || a === 0x42) && b === 1) return 'h265'
  return undefined
}

/** profile_idc of what cameras send. */
const H264_PROFILES = [66, 77, 88, 100, 110]

function isTs(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += TS_PACKET) if (bytes[at] !== TS_SYNC) return false
  return true
}
