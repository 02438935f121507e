import { type EsSink, NO_TIME } from './es.ts'
import type { AudioCodec } from './frame.ts'
import { SampleClock } from './rtp/sample-clock.ts'

/** Takes the payloads of one frame after the other and hands on what is in them. */
export interface Depacketiser {
  /** The next payload of the frame; copied. @param timestamp of RTP, in ticks of its clock */
  collect(bytes: Buffer, start: number, end: number, timestamp: number): void
  /** The frame is complete. @param certain false where only the marker says so */
  endOfFrame(certain: boolean): void
  /** Something of the frame was lost: forget it. */
  abandon(): void
  /** The stream has ended: hand on what is complete. */
  flush(): void
}

const FIRST_SIZE = 64 * 1024
/** Of G.711. */
const SAMPLE_RATE = 8000

/** A video byte stream (H.264 or H.265 Annex B) straight in RTP: all payloads of a timestamp are one access unit. */
export class AnnexBDepacketiser implements Depacketiser {
  readonly #sink: EsSink
  readonly #maxBytes: number
  #buffer = Buffer.allocUnsafeSlow(FIRST_SIZE)
  #length = 0
  oversized = 0

  constructor(sink: EsSink, options: { maxFrameBytes?: number } = {}) {
    this.#sink = sink
    this.#maxBytes = options.maxFrameBytes ?? 4 * 2 ** 20
  }

  collect(bytes: Buffer, start: number, end: number): void {
    const length = this.#length + end - start
    if (length > this.#maxBytes) {
      this.oversized += 1
      this.#length = 0
      return
    }
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    bytes.copy(this.#buffer, this.#length, start, end)
    this.#length = length
  }

  endOfFrame(): void {
    const length = this.#length
    this.#length = 0
    if (length > 0) this.#sink.videoEs(undefined, this.#buffer, 0, length, NO_TIME, NO_TIME)
  }

  abandon(): void {
    this.#length = 0
  }

  flush(): void {
    this.endOfFrame()
  }
}

/** Sound straight in RTP: each packet stands for itself (RFC 3551 §4.5). */
export class AudioDepacketiser implements Depacketiser {
  readonly #sink: EsSink
  readonly #codec: AudioCodec
  readonly #times = new SampleClock()

  constructor(sink: EsSink, codec: AudioCodec) {
    this.#sink = sink
    this.#codec = codec
  }

  collect(bytes: Buffer, start: number, end: number, timestamp: number): void {
    this.#sink.audioEs(this.#codec, bytes, start, end, this.#times.at(timestamp, SAMPLE_RATE))
  }

  endOfFrame(): void {}

  abandon(): void {}

  flush(): void {}
}
