import { writeAdts } from '../codecs/aac.ts'
import type { Depacketiser } from '../depacketiser.ts'
import { type EsSink, NO_TIME } from '../es.ts'
import { FrameBuffer } from '../frame-buffer.ts'
import { SampleClock } from '../rtp/sample-clock.ts'

const START_CODE = Buffer.of(0, 0, 0, 1)
const FU_START = 0x80

export interface NalDepacketiserOptions {
  readonly maxFrameBytes?: number
  /** Parameter sets of the SDP (`sprop-…`), taken as if they stood before the first picture. */
  readonly parameterSets?: readonly Buffer[]
}

/**
 * Pictures of H.264 (RFC 6184: single units, STAP-A, FU-A) or H.265 (RFC 7798: single units, AP, FU, without DONL) out
 * of RTP payloads. Payloads of another structure are counted and dropped.
 */
export class NalDepacketiser implements Depacketiser {
  readonly #sink: EsSink
  readonly #codec: 'h264' | 'h265'
  readonly #frame: FrameBuffer
  #inFragment = false
  /** Payloads that were of no known structure, or fragments without their beginning. */
  unreadable = 0
  /** Frames dropped for their size. */
  oversized = 0

  constructor(sink: EsSink, codec: 'h264' | 'h265', options: NalDepacketiserOptions = {}) {
    this.#sink = sink
    this.#codec = codec
    this.#frame = new FrameBuffer(options.maxFrameBytes)
    for (const set of options.parameterSets ?? []) this.#addUnit(set, 0, set.length)
  }

  collect(bytes: Buffer, start: number, end: number): void {
    if (this.#codec === 'h264') this.#collectH264(bytes, start, end)
    else this.#collectH265(bytes, start, end)
  }

  endOfFrame(): boolean {
    const { length } = this.#frame
    this.#frame.length = 0
    this.#inFragment = false
    if (length > 0) this.#sink.videoEs(this.#codec, this.#frame.bytes, 0, length, NO_TIME, NO_TIME)
    return true
  }

  abandon(): void {
    this.#frame.length = 0
    this.#inFragment = false
  }

  flush(): void {
    this.endOfFrame()
  }

  #collectH264(bytes: Buffer, start: number, end: number): void {
    const header = bytes[start]!
    const type = header & 0x1f
    if (type >= 1 && type <= 23) this.#addUnit(bytes, start, end)
    else if (type === 24) this.#addAggregate(bytes, start + 1, end)
    else if (type === 28 && end - start > 2) {
      const fragment = bytes[start + 1]!
      if (fragment & FU_START) this.#beginFragment(Buffer.of((header & 0xe0) | (fragment & 0x1f)))
      this.#continueFragment(bytes, start + 2, end)
    } else this.unreadable += 1
  }

  #collectH265(bytes: Buffer, start: number, end: number): void {
    const type = (bytes[start]! >> 1) & 0x3f
    if (end - start < 3) this.unreadable += 1
    else if (type < 48) this.#addUnit(bytes, start, end)
    else if (type === 48) this.#addAggregate(bytes, start + 2, end)
    else if (type === 49 && end - start > 3) {
      const fragment = bytes[start + 2]!
      const first = (bytes[start]! & 0x81) | ((fragment & 0x3f) << 1)
      if (fragment & FU_START) this.#beginFragment(Buffer.of(first, bytes[start + 1]!))
      this.#continueFragment(bytes, start + 3, end)
    } else this.unreadable += 1
  }

  /** Units with two bytes of length before each (RFC 6184 §5.7.1, RFC 7798 §4.4.2). */
  #addAggregate(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at + 2 <= end; ) {
      const next = at + 2 + bytes.readUInt16BE(at)
      if (next > end || next === at + 2) {
        this.unreadable += 1
        return
      }
      this.#addUnit(bytes, at + 2, next)
      at = next
    }
  }

  #addUnit(bytes: Buffer, start: number, end: number): void {
    this.#inFragment = false
    this.#append(START_CODE, 0, START_CODE.length)
    this.#append(bytes, start, end)
  }

  #beginFragment(header: Buffer): void {
    this.#addUnit(header, 0, header.length)
    this.#inFragment = true
  }

  #continueFragment(bytes: Buffer, start: number, end: number): void {
    if (this.#inFragment) this.#append(bytes, start, end)
    else this.unreadable += 1
  }

  #append(bytes: Buffer, start: number, end: number): void {
    if (this.#frame.append(bytes, start, end)) return
    this.oversized += 1
    this.abandon()
  }
}

/** What SDP tells of AAC (RFC 3640 §4.1). */
export interface AacPayload {
  readonly sampleRate: number
  readonly channels: number
  readonly objectType?: number
  /** Bits, 13 in mode AAC-hbr. */
  readonly sizeLength: number
  readonly indexLength: number
}

/** AAC of RFC 3640 where frames are whole; they leave as ADTS. */
export class AacDepacketiser implements Depacketiser {
  readonly #sink: EsSink
  readonly #format: AacPayload
  readonly #times = new SampleClock()
  unreadable = 0

  constructor(sink: EsSink, format: AacPayload) {
    this.#sink = sink
    this.#format = format
  }

  collect(bytes: Buffer, start: number, end: number, timestamp: number): void {
    const { sizeLength, indexLength, sampleRate } = this.#format
    const headersEnd = end - start >= 2 ? start + 2 + Math.ceil(bytes.readUInt16BE(start) / 8) : end + 1
    const perHeader = (sizeLength + indexLength) / 8
    const count = Math.floor((headersEnd - start - 2) / perHeader)
    let at = headersEnd
    const frames: Buffer[] = []
    for (let i = 0; i < count && headersEnd <= end; i++) {
      const size = bytes.readUIntBE(start + 2 + i * perHeader, perHeader) >> indexLength
      if (size === 0 || at + size > end || size > 8000) break
      frames.push(writeAdts(bytes.subarray(at, at + size), this.#format))
      at += size
    }
    if (frames.length === 0) {
      this.unreadable += 1
      return
    }
    const all = Buffer.concat(frames)
    this.#sink.audioEs('aac', all, 0, all.length, this.#times.at(timestamp, sampleRate))
  }

  endOfFrame(): boolean {
    return true
  }

  abandon(): void {}

  flush(): void {}
}
