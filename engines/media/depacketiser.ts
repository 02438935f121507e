import { type EsSink, NO_TIME } from './es.ts'
import type { AudioCodec } from './frame.ts'
import { FrameBuffer } from './frame-buffer.ts'
import { SampleClock } from './rtp/sample-clock.ts'

/** Takes the payloads of one frame after the other and hands on what is in them. */
export interface Depacketiser {
  /** The next payload of the frame; copied. @param timestamp of RTP, in ticks of its clock */
  collect(bytes: Buffer, start: number, end: number, timestamp: number): void
  /**
   * The frame is complete.
   *
   * @param certain false where only the marker says so
   * @returns false where something still waits for its rest
   */
  endOfFrame(certain: boolean): boolean
  /** Something of the frame was lost: forget it. */
  abandon(): void
  /** The stream has ended: hand on what is complete. */
  flush(): void
}

/** Of G.711. */
const SAMPLE_RATE = 8000

/** A video byte stream (H.264 or H.265 Annex B) straight in RTP: all payloads of a timestamp are one access unit. */
export class AnnexBDepacketiser implements Depacketiser {
  readonly #sink: EsSink
  readonly #frame: FrameBuffer
  oversized = 0

  constructor(sink: EsSink, options: { maxFrameBytes?: number } = {}) {
    this.#sink = sink
    this.#frame = new FrameBuffer(options.maxFrameBytes)
  }

  collect(bytes: Buffer, start: number, end: number): void {
    if (this.#frame.append(bytes, start, end)) return
    this.oversized += 1
    this.abandon()
  }

  endOfFrame(): boolean {
    const { length } = this.#frame
    this.#frame.length = 0
    if (length > 0) this.#sink.videoEs(undefined, this.#frame.bytes, 0, length, NO_TIME, NO_TIME)
    return true
  }

  abandon(): void {
    this.#frame.length = 0
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

  endOfFrame(): boolean {
    return true
  }

  abandon(): void {}

  flush(): void {}
}
