import { MediaError } from '../errors.ts'

/** Reception statistics of one source (RFC 3550 §6.4.1). */
export interface ReportBlock {
  readonly ssrc: number
  /** Share lost since the last report, in 1/256. */
  readonly fractionLost: number
  /** Packets lost since the beginning, 24 bits signed. */
  readonly lost: number
  readonly highestSequence: number
  /** Ticks of the RTP clock. */
  readonly jitter: number
  /** Middle 32 bits of the NTP time of the last sender report, 0 when there was none. */
  readonly lastSenderReport: number
  /** Since then, in 1/65536 s. */
  readonly delay: number
}

/** What this engine reads of RTCP; other packets of a compound are passed over. */
export type RtcpPacket =
  | {
      readonly type: 'sender-report'
      readonly ssrc: number
      /** Wall clock, milliseconds since 1970. */
      readonly timeMs: number
      readonly rtpTimestamp: number
      readonly packets: number
      readonly bytes: number
      readonly blocks: readonly ReportBlock[]
    }
  | { readonly type: 'receiver-report'; readonly ssrc: number; readonly blocks: readonly ReportBlock[] }
  | { readonly type: 'bye'; readonly ssrcs: readonly number[] }

const SENDER_REPORT = 200
const RECEIVER_REPORT = 201
const SOURCE_DESCRIPTION = 202
const BYE = 203
const BLOCK_BYTES = 24
/** Seconds from 1900 to 1970. */
const NTP_OFFSET = 2_208_988_800

/** Reads a compound packet (RFC 3550 §6.1). @throws MediaError where its lengths do not add up */
export function readRtcp(bytes: Buffer): RtcpPacket[] {
  const packets: RtcpPacket[] = []
  let at = 0
  while (at < bytes.length) {
    if (bytes.length - at < 4) throw new MediaError('malformed', 'RTCP ends within a header', at)
    if (bytes[at]! >> 6 !== 2) throw new MediaError('malformed', 'RTCP is not of version 2', at)
    const end = at + 4 + bytes.readUInt16BE(at + 2) * 4
    if (end > bytes.length) throw new MediaError('malformed', 'RTCP is longer than its packet', at)
    const packet = readOne(bytes, at, end)
    if (packet) packets.push(packet)
    at = end
  }
  return packets
}

function readOne(bytes: Buffer, at: number, end: number): RtcpPacket | undefined {
  const count = bytes[at]! & 0x1f
  const type = bytes[at + 1]!
  if (type === BYE) {
    need(at, end, 4 + count * 4)
    return { type: 'bye', ssrcs: Array.from({ length: count }, (_, i) => bytes.readUInt32BE(at + 4 + i * 4)) }
  }
  if (type === RECEIVER_REPORT) {
    need(at, end, 8 + count * BLOCK_BYTES)
    return {
      type: 'receiver-report',
      ssrc: bytes.readUInt32BE(at + 4),
      blocks: readBlocks(bytes, at + 8, count),
    }
  }
  if (type !== SENDER_REPORT) return undefined
  need(at, end, 28 + count * BLOCK_BYTES)
  const fraction = bytes.readUInt32BE(at + 12) / 2 ** 32
  return {
    type: 'sender-report',
    ssrc: bytes.readUInt32BE(at + 4),
    timeMs: Math.round((bytes.readUInt32BE(at + 8) - NTP_OFFSET + fraction) * 1000),
    rtpTimestamp: bytes.readUInt32BE(at + 16),
    packets: bytes.readUInt32BE(at + 20),
    bytes: bytes.readUInt32BE(at + 24),
    blocks: readBlocks(bytes, at + 28, count),
  }
}

function need(at: number, end: number, length: number): void {
  if (end - at < length) throw new MediaError('malformed', 'RTCP is shorter than its count says', at)
}

function readBlocks(bytes: Buffer, at: number, count: number): ReportBlock[] {
  return Array.from({ length: count }, (_, i) => {
    const from = at + i * BLOCK_BYTES
    return {
      ssrc: bytes.readUInt32BE(from),
      fractionLost: bytes[from + 4]!,
      lost: bytes.readIntBE(from + 5, 3),
      highestSequence: bytes.readUInt32BE(from + 8),
      jitter: bytes.readUInt32BE(from + 12),
      lastSenderReport: bytes.readUInt32BE(from + 16),
      delay: bytes.readUInt32BE(from + 20),
    }
  })
}

/** A receiver report with one block, followed by the SDES CNAME a compound must have (RFC 3550 §6.1). */
export function writeReceiverReport(ssrc: number, block: ReportBlock, cname: string): Buffer {
  const report = Buffer.alloc(8 + BLOCK_BYTES)
  report[0] = 0x81
  report[1] = RECEIVER_REPORT
  report.writeUInt16BE(report.length / 4 - 1, 2)
  report.writeUInt32BE(ssrc >>> 0, 4)
  report.writeUInt32BE(block.ssrc >>> 0, 8)
  report[12] = Math.min(255, block.fractionLost)
  report.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, block.lost)), 13, 3)
  report.writeUInt32BE(block.highestSequence >>> 0, 16)
  report.writeUInt32BE(block.jitter >>> 0, 20)
  report.writeUInt32BE(block.lastSenderReport >>> 0, 24)
  report.writeUInt32BE(block.delay >>> 0, 28)
  return Buffer.concat([report, describeSource(ssrc, cname)])
}

/** A sender report without blocks, followed by SDES CNAME. @param timeMs wall clock, milliseconds since 1970 */
export function writeSenderReport(
  sender: { ssrc: number; timeMs: number; rtpTimestamp: number; packets: number; bytes: number },
  cname: string,
): Buffer {
  const report = Buffer.alloc(28)
  report[0] = 0x80
  report[1] = SENDER_REPORT
  report.writeUInt16BE(report.length / 4 - 1, 2)
  report.writeUInt32BE(sender.ssrc >>> 0, 4)
  const seconds = Math.floor(sender.timeMs / 1000)
  report.writeUInt32BE((seconds + NTP_OFFSET) >>> 0, 8)
  report.writeUInt32BE(Math.floor(((sender.timeMs - seconds * 1000) / 1000) * 2 ** 32) >>> 0, 12)
  report.writeUInt32BE(sender.rtpTimestamp >>> 0, 16)
  report.writeUInt32BE(sender.packets >>> 0, 20)
  report.writeUInt32BE(sender.bytes >>> 0, 24)
  return Buffer.concat([report, describeSource(sender.ssrc, cname)])
}

function describeSource(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname).subarray(0, 255)
  const chunk = Buffer.alloc(4 + Math.ceil((4 + 2 + name.length + 1) / 4) * 4)
  chunk[0] = 0x81
  chunk[1] = SOURCE_DESCRIPTION
  chunk.writeUInt16BE(chunk.length / 4 - 1, 2)
  chunk.writeUInt32BE(ssrc >>> 0, 4)
  chunk[8] = 1
  chunk[9] = name.length
  name.copy(chunk, 10)
  return chunk
}
