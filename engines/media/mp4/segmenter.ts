import type { AudioConfig, AudioFrame, FrameSink, VideoConfig, VideoFrame } from '../frame.ts'
import { type FragmentRun, type FragmentSample, fragment, initSegment } from './fragment.ts'
import { AUDIO_TRACK, fitsInMp4, VIDEO_TRACK } from './tracks.ts'

/** A piece of a stream that can be played behind its init segment. */
export interface Mp4Segment {
  /** To be written in order; frames are not copied. */
  readonly bytes: readonly Buffer[]
  /** Decoding time of its first sample, 90 kHz ticks. */
  readonly start: number
  /** 90 kHz ticks. */
  readonly duration: number
  /** Whether it begins with a key frame. */
  readonly key: boolean
}

export interface SegmenterEvents {
  /** Stands before all segments that follow. `codecs` is for `CODECS` and MSE (RFC 6381). */
  init(bytes: Buffer, codecs: string): void
  segment(segment: Mp4Segment): void
}

export interface SegmenterOptions {
  /** A segment ends at the first key frame after so many seconds; 0 makes a segment of each picture. */
  readonly seconds?: number
  /** A segment ends without a key frame when it holds so many bytes. */
  readonly maxBytes?: number
  /** Sounds to take; browsers play AAC only. */
  readonly sounds?: readonly AudioConfig['codec'][]
}

/** How long sound waits for a first picture before it goes alone, at least: 2 s. */
const MIN_SOUND_TICKS = 180_000

interface Queued {
  readonly storage: Buffer
  readonly dts: number
  readonly pts: number
  readonly key: boolean
}

/**
 * Frames as fragmented MP4 (ISO/IEC 14496-12 §8.8): for HLS in segments of some seconds that begin with a key frame, for
 * MSE one picture each, for recordings that are whole up to the last segment written. A picture waits for the next one,
 * which tells how long it is shown.
 */
export class Mp4Segmenter implements FrameSink {
  readonly #events: SegmenterEvents
  readonly #ticks: number
  readonly #maxBytes: number
  readonly #sounds: ReadonlySet<string>
  #video: VideoConfig | undefined
  #audio: AudioConfig | undefined
  #pictures: Queued[] = []
  #heard: Queued[] = []
  #bytes = 0
  #sequence = 0
  #initialised = false
  /** Frames left out: in codecs that are not asked for, or before the first key frame. */
  left = 0

  constructor(events: SegmenterEvents, options: SegmenterOptions = {}) {
    this.#events = events
    this.#ticks = (options.seconds ?? 4) * 90_000
    this.#maxBytes = options.maxBytes ?? 32 * 2 ** 20
    this.#sounds = new Set(options.sounds ?? ['aac'])
  }

  video(frame: VideoFrame): void {
    if (!fitsInMp4(frame.config) || (!this.#video && !frame.key)) {
      this.left += 1
      return
    }
    if (this.#pictures.length > 0 && this.#endsBefore(frame)) this.#cut(frame.dts)
    if (frame.config !== this.#video) {
      this.#video = frame.config
      this.#initialised = false
    }
    this.#pictures.push(frame)
    this.#bytes += frame.storage.length
  }

  audio(frame: AudioFrame): void {
    if (!this.#sounds.has(frame.config.codec) || !fitsInMp4(frame.config)) {
      this.left += 1
      return
    }
    if (frame.config !== this.#audio) {
      // a setup belongs to whole segments
      if (this.#initialised || this.#heard.length > 0) this.flush()
      this.#audio = frame.config
      this.#initialised = false
    }
    if (this.#soundIsLong(frame)) this.flush()
    this.#heard.push({ storage: frame.storage, dts: frame.pts, pts: frame.pts, key: true })
    this.#bytes += frame.storage.length
  }

  /** Of a stream without picture, or whose picture stays away. */
  #soundIsLong(frame: AudioFrame): boolean {
    if (this.#bytes > this.#maxBytes) return true
    const [first] = this.#heard
    return (
      !this.#video && first !== undefined && frame.pts - first.dts >= Math.max(this.#ticks, MIN_SOUND_TICKS)
    )
  }

  /** Ends the current segment, for the end of the stream. */
  flush(): void {
    const { length } = this.#pictures
    if (length === 0 && this.#heard.length === 0) return
    const last = this.#pictures.at(-1) ?? this.#heard.at(-1)!
    const before = length > 1 ? this.#pictures.at(-2) : length === 0 ? this.#heard.at(-2) : undefined
    this.#cut(last.dts + (before ? last.dts - before.dts : 3600))
  }

  #endsBefore(frame: VideoFrame): boolean {
    if (frame.config !== this.#video || this.#ticks === 0 || this.#bytes > this.#maxBytes) return true
    return frame.key && frame.dts - this.#pictures[0]!.dts >= this.#ticks
  }

  /** @param end decoding time of what comes next */
  #cut(end: number): void {
    if (!this.#initialised) {
      const codecs = [this.#video?.format?.codecs, this.#audio && soundCodecs(this.#audio)]
      this.#events.init(initSegment(this.#video, this.#audio), codecs.filter(Boolean).join(','))
      this.#initialised = true
    }
    const runs: FragmentRun[] = []
    if (this.#pictures.length > 0) runs.push(runOf(VIDEO_TRACK, this.#pictures, end))
    if (this.#heard.length > 0) runs.push(runOf(AUDIO_TRACK, this.#heard, end))
    const first = this.#pictures[0] ?? this.#heard[0]!
    this.#sequence += 1
    this.#events.segment({
      bytes: fragment(this.#sequence, runs),
      start: first.dts,
      duration: Math.max(0, end - first.dts),
      key: first.key,
    })
    this.#pictures = []
    this.#heard = []
    this.#bytes = 0
  }
}

function runOf(track: number, queued: readonly Queued[], end: number): FragmentRun {
  const samples = queued.map(({ storage, key, pts, dts }, i): FragmentSample => {
    const next = queued[i + 1]?.dts ?? (track === VIDEO_TRACK ? end : dts + lastStep(queued))
    return { storage, key, duration: Math.max(0, next - dts), compositionOffset: pts - dts }
  })
  return { track, start: queued[0]!.dts, samples }
}

/** Sound has no next frame at the cut: as long as the one before it. */
function lastStep(queued: readonly Queued[]): number {
  const [before, last] = queued.slice(-2)
  return last ? last.dts - before!.dts : 1800
}

/** RFC 6381 §3.3: AAC by its object type. */
const soundCodecs = (config: AudioConfig) =>
  config.codec === 'aac' ? `mp4a.40.${config.record[0]! >> 3}` : config.codec === 'g711a' ? 'alaw' : 'ulaw'
