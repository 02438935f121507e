import { isRtcp, RTP_HEADER_BYTES } from './header.ts'

/** Receives one RTP or RTCP packet, `bytes[start..end)`, which it may read only until it returns. */
export type PacketSink = (bytes: Buffer, start: number, end: number) => void

const LENGTH_BYTES = 2
const MAX_FRAME = LENGTH_BYTES + 0xffff
/** Bytes that must be seen before a frame is believed: its length and the fixed RTP header. */
const PROOF_BYTES = LENGTH_BYTES + RTP_HEADER_BYTES
/** A receiver report or BYE without anything in it. */
const MIN_RTCP = 8

const UNDECIDED = 0
const PACKET = 1
const GARBAGE = 2

/**
 * Cuts a TCP stream of length-prefixed RTP into packets (RFC 4571 §2). Whole packets are handed on where they lie; only
 * one that is cut by the end of a chunk is copied, so at most 64 KiB are held. Nothing of a chunk is kept, so a socket
 * may read into the same buffer again.
 *
 * A length that leads to something else than RTP is garbage: the framer looks byte by byte for the next packet, of the
 * SSRC it knows if it knows one, and counts what it skipped.
 */
export class RtpFramer {
  readonly #sink: PacketSink
  #carry: Buffer | undefined
  #carried = 0
  #searching = false
  #ssrc = -1
  /** Bytes skipped because they were no framed RTP. */
  garbageBytes = 0
  /** How often the framing was lost and had to be found again. */
  resyncs = 0

  constructor(sink: PacketSink) {
    this.#sink = sink
  }

  /** Takes the next bytes of the connection. */
  push(chunk: Buffer, start = 0, end = chunk.length): void {
    if (this.#carried === 0) this.#cut(chunk, start, end)
    else if (this.#carried < PROOF_BYTES) this.#cutJoined(chunk, start, end)
    else {
      const at = this.#completeCarry(chunk, start, end)
      if (at < end) this.#cut(chunk, at, end)
    }
  }

  #cut(bytes: Buffer, start: number, end: number): void {
    let at = start
    while (at < end) {
      const verdict = this.#judge(bytes, at, end)
      if (verdict === UNDECIDED) break
      if (verdict === GARBAGE) {
        this.#skipByte()
        at += 1
        continue
      }
      const next = at + LENGTH_BYTES + ((bytes[at]! << 8) | bytes[at + 1]!)
      if (next > end) break
      // an empty frame is lawful and means nothing
      if (next > at + LENGTH_BYTES) this.#deliver(bytes, at + LENGTH_BYTES, next)
      at = next
    }
    if (at < end) this.#keep(bytes, at, end)
  }

  /** The rare chunk that ended within the first bytes of a packet: read again together with the next one. */
  #cutJoined(chunk: Buffer, start: number, end: number): void {
    const joined = Buffer.concat([this.#carry!.subarray(0, this.#carried), chunk.subarray(start, end)])
    this.#carried = 0
    this.#cut(joined, 0, joined.length)
  }

  /** Fills up the believed packet that the last chunk left unfinished. @returns where to read on */
  #completeCarry(chunk: Buffer, start: number, end: number): number {
    const carry = this.#carry!
    const wanted = LENGTH_BYTES + ((carry[0]! << 8) | carry[1]!)
    const take = Math.min(wanted - this.#carried, end - start)
    chunk.copy(carry, this.#carried, start, start + take)
    this.#carried += take
    if (this.#carried === wanted) {
      this.#carried = 0
      this.#deliver(carry, LENGTH_BYTES, wanted)
    }
    return start + take
  }

  /** Whether a framed packet begins at `at`; the answer depends on no more than `PROOF_BYTES` from there. */
  #judge(bytes: Buffer, at: number, end: number): number {
    const seen = end - at
    if (seen < LENGTH_BYTES + 1) {
      return seen === LENGTH_BYTES && bytes[at] === 0 && bytes[at + 1] === 0 && !this.#searching
        ? PACKET
        : UNDECIDED
    }
    const length = (bytes[at]! << 8) | bytes[at + 1]!
    if (length === 0 && !this.#searching) return PACKET
    if (length < MIN_RTCP || bytes[at + 2]! >> 6 !== 2) return GARBAGE
    if (seen < PROOF_BYTES) return UNDECIDED
    if (length < RTP_HEADER_BYTES) {
      return isRtcp(bytes, at + LENGTH_BYTES, at + LENGTH_BYTES + length) ? PACKET : GARBAGE
    }
    if (!this.#searching || this.#ssrc < 0) return PACKET
    return bytes.readUInt32BE(at + 10) === this.#ssrc ? PACKET : GARBAGE
  }

  #deliver(bytes: Buffer, start: number, end: number): void {
    this.#searching = false
    if (!isRtcp(bytes, start, end)) this.#ssrc = bytes.readUInt32BE(start + 8)
    this.#sink(bytes, start, end)
  }

  #skipByte(): void {
    if (!this.#searching) this.resyncs += 1
    this.#searching = true
    this.garbageBytes += 1
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    this.#carry ??= Buffer.allocUnsafeSlow(MAX_FRAME)
    bytes.copy(this.#carry, 0, start, end)
    this.#carried = end - start
  }
}

/** Prefixes a packet with its length (RFC 4571 §2). @throws RangeError above 65,535 bytes, which no caller builds */
export function writeFramed(packet: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(LENGTH_BYTES + packet.length)
  framed.writeUInt16BE(packet.length, 0)
  framed.set(packet, LENGTH_BYTES)
  return framed
}
