import { type AudioFrame, HEADROOM, TAILROOM, type VideoFrame } from '../frame.ts'
import { RTP_HEADER_BYTES } from '../rtp/header.ts'
import { RTP_PAYLOAD_BYTES, type RtpSequencer } from '../rtp/packetiser.ts'

/** NAL unit types of RTP: fragments (RFC 6184 §5.8, RFC 7798 §4.4.3). */
const H264_FU_A = 28
const H265_FU = 49
const FU_START = 0x80
const FU_END = 0x40

/**
 * RTP packets of one picture of H.264 (RFC 6184, packetization-mode 1) or H.265 (RFC 7798): units whole where they fit,
 * else in fragments; parameter sets before a key frame; the marker on the last packet.
 *
 * @param timestamp 90 kHz ticks
 */
export function packetiseVideo(frame: VideoFrame, timestamp: number, sequencer: RtpSequencer): Buffer[] {
  const packets: Buffer[] = []
  const { storage } = frame
  const isH265 = frame.config.codec === 'h265'
  for (const set of frame.key ? frame.config.parameterSets : [])
    pushUnit(packets, set, 0, set.length, isH265, timestamp, sequencer, false)
  const end = storage.length - TAILROOM
  for (let at = HEADROOM; at + 4 <= end; ) {
    const start = at + 4
    at = start + storage.readUInt32BE(at)
    pushUnit(packets, storage, start, at, isH265, timestamp, sequencer, at >= end)
  }
  return packets
}

function pushUnit(
  packets: Buffer[],
  bytes: Buffer,
  start: number,
  end: number,
  isH265: boolean,
  timestamp: number,
  sequencer: RtpSequencer,
  last: boolean,
): void {
  if (end - start <= RTP_PAYLOAD_BYTES) {
    const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + end - start)
    sequencer.writeHeader(packet, 0, end - start, timestamp, last)
    bytes.copy(packet, RTP_HEADER_BYTES, start, end)
    packets.push(packet)
    return
  }
  const unitHeader = isH265 ? 2 : 1
  const room = RTP_PAYLOAD_BYTES - unitHeader - 1
  for (let from = start + unitHeader; from < end; from += room) {
    const length = Math.min(room, end - from)
    const payload = unitHeader + 1 + length
    const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + payload)
    const ends = from + length === end
    sequencer.writeHeader(packet, 0, payload, timestamp, last && ends)
    const position = (from === start + unitHeader ? FU_START : 0) | (ends ? FU_END : 0)
    writeFragmentHeader(packet, bytes, start, isH265, position)
    bytes.copy(packet, RTP_HEADER_BYTES + unitHeader + 1, from, from + length)
    packets.push(packet)
  }
}

function writeFragmentHeader(
  packet: Buffer,
  bytes: Buffer,
  unit: number,
  isH265: boolean,
  position: number,
): void {
  const first = bytes[unit]!
  if (isH265) {
    packet[RTP_HEADER_BYTES] = (first & 0x81) | (H265_FU << 1)
    packet[RTP_HEADER_BYTES + 1] = bytes[unit + 1]!
    packet[RTP_HEADER_BYTES + 2] = position | ((first >> 1) & 0x3f)
  } else {
    packet[RTP_HEADER_BYTES] = (first & 0xe0) | H264_FU_A
    packet[RTP_HEADER_BYTES + 1] = position | (first & 0x1f)
  }
}

/**
 * The RTP packet of some sound: G.711 as it is (RFC 3551 §4.5.14), AAC with the one header of mode AAC-hbr (RFC 3640
 * §3.3.6).
 *
 * @param timestamp in ticks of the sound's sample rate
 */
export function packetiseAudio(frame: AudioFrame, timestamp: number, sequencer: RtpSequencer): Buffer {
  const { data } = frame
  const header = frame.config.codec === 'aac' ? 4 : 0
  const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + header + data.length)
  sequencer.writeHeader(packet, 0, header + data.length, timestamp, true)
  if (header > 0) {
    packet.writeUInt16BE(16, RTP_HEADER_BYTES)
    packet.writeUInt16BE((data.length << 3) & 0xffff, RTP_HEADER_BYTES + 2)
  }
  data.copy(packet, RTP_HEADER_BYTES + header)
  return packet
}
