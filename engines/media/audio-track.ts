import { AAC_FRAME_SAMPLES, readAdts, writeAudioSpecificConfig } from './codecs/aac.ts'
import { NO_TIME } from './es.ts'
import { type AudioCodec, type AudioConfig, AudioFrame, CLOCK_RATE, storageOf } from './frame.ts'
import type { Timeline } from './timeline.ts'

/** Samples a second where the codec knows only one rate. */
const FIXED_RATES: Partial<Record<AudioCodec, number>> = { 'g722.1': 16_000 }

/**
 * Makes frames of one sound stream. AAC comes as ADTS and leaves as raw frames; all else leaves as it came. Without a
 * word from the stream, ADTS is recognised and anything else taken for G.711 A-law, the sound of GB/T 28181.
 */
export class AudioTrack {
  readonly #timeline: Timeline
  #config: AudioConfig | undefined
  /** Bytes in what was said to be AAC that were no ADTS. */
  garbageBytes = 0

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  get config(): AudioConfig | undefined {
    return this.#config
  }

  /** Hands on the frames in `bytes[start..end)`. @param pts 33 bits of 90 kHz or `NO_TIME` */
  push(
    said: AudioCodec | undefined,
    bytes: Buffer,
    start: number,
    end: number,
    pts: number,
    sink: (frame: AudioFrame) => void,
  ): void {
    if (end <= start) return
    if (said === 'aac' || said === undefined || isAdtsChain(bytes, start, end)) {
      const before = start
      const rest = this.#pushAdts(bytes, start, end, pts, sink)
      if (said === 'aac' || rest > before) {
        this.garbageBytes += end - rest
        return
      }
    }
    const codec = said ?? 'g711a'
    if (this.#config?.codec !== codec) {
      this.#config = { codec, sampleRate: FIXED_RATES[codec] ?? 8000, channels: 1, record: Buffer.alloc(0) }
    }
    const isG711 = codec === 'g711a' || codec === 'g711u'
    const duration = isG711 ? ((end - start) * CLOCK_RATE) / 8000 : 0
    const time = this.#timeline.audio(pts, duration)
    sink(new AudioFrame(this.#config, time, storageOf(bytes.subarray(start, end))))
  }

  /** @returns where the ADTS frames end */
  #pushAdts(
    bytes: Buffer,
    start: number,
    end: number,
    pts: number,
    sink: (frame: AudioFrame) => void,
  ): number {
    let at = start
    let time = pts
    for (let frame = readAdts(bytes, at, end); frame; frame = readAdts(bytes, at, end)) {
      const { sampleRate, channels, objectType } = frame
      const known = this.#config
      if (known?.codec !== 'aac' || known.sampleRate !== sampleRate || known.channels !== channels) {
        const record = writeAudioSpecificConfig({ sampleRate, channels, objectType })
        this.#config = { codec: 'aac', sampleRate, channels, record }
      }
      const duration = Math.round((AAC_FRAME_SAMPLES * CLOCK_RATE) / sampleRate)
      const placed = this.#timeline.audio(time, duration)
      sink(new AudioFrame(this.#config!, placed, storageOf(bytes.subarray(frame.start, frame.end))))
      at = frame.end
      time = NO_TIME
    }
    return at
  }
}

/** ADTS frames to the very end: nothing of G.711 looks like that. */
function isAdtsChain(bytes: Buffer, start: number, end: number): boolean {
  let at = start
  for (let frame = readAdts(bytes, at, end); frame; frame = readAdts(bytes, at, end)) at = frame.end
  return at === end
}
