import { RTP_HEADER_BYTES, writeRtpHeader } from './header.ts'

/** Payload bytes that fit in an Ethernet frame with room for tunnels. */
export const RTP_PAYLOAD_BYTES = 1400

/** Numbers the RTP packets of one outgoing stream and counts them for sender reports. */
export class RtpSequencer {
  readonly ssrc: number
  readonly payloadType: number
  #sequence: number
  packets = 0
  /** Payload bytes. */
  bytes = 0

  constructor(options: { ssrc: number; payloadType: number; firstSequence?: number }) {
    this.ssrc = options.ssrc >>> 0
    this.payloadType = options.payloadType
    this.#sequence = options.firstSequence ?? 0
  }

  get nextSequence(): number {
    return this.#sequence
  }

  /** Writes the header of the next packet at `at`. */
  writeHeader(into: Buffer, at: number, payloadBytes: number, timestamp: number, marker: boolean): void {
    const { ssrc, payloadType } = this
    writeRtpHeader(into, at, { marker, payloadType, sequence: this.#sequence, timestamp, ssrc })
    this.#sequence = (this.#sequence + 1) & 0xffff
    this.packets += 1
    this.bytes += payloadBytes
  }
}

/**
 * Cuts one frame of a program or transport stream into RTP packets: one timestamp, marker on the last (RFC 2250 §2;
 * GB/T 28181 §C.2.4). All packets lie in one buffer.
 *
 * @param framed whether the two-byte length of RFC 4571 stands before each; then the whole buffer may be sent as it is
 * @returns the packets, with their lengths where `framed`
 */
export function packetisePs(
  frame: Buffer,
  timestamp: number,
  sequencer: RtpSequencer,
  { framed = false, payloadBytes = RTP_PAYLOAD_BYTES } = {},
): { packets: Buffer[]; all: Buffer } {
  const prefix = framed ? 2 : 0
  const count = Math.max(1, Math.ceil(frame.length / payloadBytes))
  const all = Buffer.allocUnsafe(frame.length + count * (prefix + RTP_HEADER_BYTES))
  const packets: Buffer[] = []
  let at = 0
  for (let i = 0, from = 0; i < count; i++, from += payloadBytes) {
    const length = Math.min(payloadBytes, frame.length - from)
    const start = at
    if (framed) all.writeUInt16BE(RTP_HEADER_BYTES + length, at)
    sequencer.writeHeader(all, at + prefix, length, timestamp, i === count - 1)
    at += prefix + RTP_HEADER_BYTES
    frame.copy(all, at, from, from + length)
    at += length
    packets.push(all.subarray(start, at))
  }
  return { packets, all }
}
