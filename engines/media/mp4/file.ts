import type { AudioConfig, AudioFrame, FrameSink, VideoConfig, VideoFrame } from '../frame.ts'
import { box, fullBox, u32, u32s, u64 } from './box.ts'
import { fileType } from './fragment.ts'
import { AUDIO_TRACK, fitsInMp4, movie, type TrackBoxes, VIDEO_TRACK } from './tracks.ts'

/** Bytes of a file that must be overwritten when it is complete. */
export interface FilePatch {
  readonly offset: number
  readonly bytes: Buffer
}

/** Assumed for the last sample where there is no other to compare with: 40 ms. */
const NOMINAL_STEP = 3600

interface Sample {
  readonly size: number
  readonly offset: number
  readonly dts: number
  readonly pts: number
  readonly key: boolean
  /** Decoder setup, from 1. */
  readonly description: number
}

class Track {
  readonly id: number
  readonly configs: (VideoConfig | AudioConfig)[] = []
  readonly samples: Sample[] = []

  constructor(id: number) {
    this.id = id
  }
}

/**
 * One MP4 file with its index at the end (ISO/IEC 14496-12 §8), for clips that leave the house: any player seeks in it.
 * Begins at the first key frame; all times are those of the frames. What it keeps in memory is the place and time of each frame, some hundred bytes.
 * A file whose writing may be interrupted is better written as fragments (`Mp4Segmenter`).
 */
export class Mp4FileWriter implements FrameSink {
  readonly #write: (bytes: Buffer) => void
  readonly #video = new Track(VIDEO_TRACK)
  readonly #audio = new Track(AUDIO_TRACK)
  readonly #dataAt: number
  #position = 0
  /** Frames left out: in codecs that MP4 does not carry, or before the first key frame. */
  left = 0

  /** @param write takes the bytes of the file in order */
  constructor(write: (bytes: Buffer) => void) {
    this.#write = write
    this.#put(fileType('isom', ['isom', 'iso2', 'mp41']))
    this.#dataAt = this.#position
    // size 1: the true one follows in 64 bits
    this.#put(Buffer.concat([u32(1), Buffer.from('mdat'), u64(0)]))
  }

  video(frame: VideoFrame): void {
    if (!fitsInMp4(frame.config) || (this.#video.samples.length === 0 && !frame.key)) {
      this.left += 1
      return
    }
    this.#add(this.#video, frame.config, frame.data, frame.dts, frame.pts, frame.key)
  }

  audio(frame: AudioFrame): void {
    if (!fitsInMp4(frame.config) || this.#video.samples.length === 0) {
      this.left += 1
      return
    }
    this.#add(this.#audio, frame.config, frame.data, frame.pts, frame.pts, true)
  }

  /** Writes the index. @returns what is to be overwritten at the front; undefined where no picture came */
  finish(): FilePatch | undefined {
    if (this.#video.samples.length === 0) return undefined
    const dataBytes = this.#position - this.#dataAt
    const begin = this.#video.samples[0]!.dts
    const tracks = [this.#video, this.#audio].filter(({ samples }) => samples.length > 0)
    const boxes = tracks.map((track) => trackBoxes(track, begin))
    this.#put(movie(boxes, Math.max(...boxes.map(({ duration }) => duration))))
    return { offset: this.#dataAt + 8, bytes: u64(dataBytes) }
  }

  #add(
    track: Track,
    config: VideoConfig | AudioConfig,
    data: Buffer,
    dts: number,
    pts: number,
    key: boolean,
  ): void {
    if (track.configs.at(-1) !== config) track.configs.push(config)
    const description = track.configs.length
    track.samples.push({ size: data.length, offset: this.#position, dts, pts, key, description })
    this.#put(data)
  }

  #put(bytes: Buffer): void {
    this.#write(bytes)
    this.#position += bytes.length
  }
}

function trackBoxes(track: Track, begin: number): TrackBoxes {
  const { samples, id, configs } = track
  const durations = samples.map(({ dts }, i) => (samples[i + 1]?.dts ?? dts + stepBefore(samples, i)) - dts)
  const duration = durations.reduce((sum, it) => sum + it, 0)
  const chunks = chunksOf(samples)
  const offsets = samples.map(({ pts, dts }) => pts - dts)
  const delay = samples[0]!.dts - begin
  return {
    id,
    configs,
    duration: duration + delay,
    edits: editList(delay, offsets[0]!, duration),
    sampleTables: [
      fullBox('stts', 0, 0, runs(durations)),
      ...(offsets.some((offset) => offset !== 0) ? [fullBox('ctts', 1, 0, runs(offsets))] : []),
      ...(id === VIDEO_TRACK ? [fullBox('stss', 0, 0, counted(keyNumbers(samples)))] : []),
      fullBox('stsc', 0, 0, sampleToChunk(chunks)),
      fullBox('stsz', 0, 0, u32(0, samples.length), u32s(samples.map(({ size }) => size))),
      fullBox('co64', 0, 0, u32(chunks.length), Buffer.concat(chunks.map(([first]) => u64(first!.offset)))),
    ],
  }
}

const stepBefore = (samples: readonly Sample[], i: number) =>
  i > 0 ? samples[i]!.dts - samples[i - 1]!.dts : NOMINAL_STEP

/** Where a track begins later than the film, or its first picture is shown later than decoded (§8.6.6). */
function editList(delay: number, firstOffset: number, duration: number): Buffer | undefined {
  if (delay <= 0 && firstOffset <= 0) return undefined
  const entry = (length: number, mediaTime: Buffer) => Buffer.concat([u64(length), mediaTime, u32(0x10000)])
  const nothing = delay > 0 ? [entry(delay, u32(0xffffffff, 0xffffffff))] : []
  const all = [...nothing, entry(duration, u64(Math.max(0, firstOffset)))]
  return box('edts', fullBox('elst', 1, 0, u32(all.length), ...all))
}

/** Equal values in a row as count and value (§8.6.1.2, §8.6.1.3). */
function runs(values: readonly number[]): Buffer {
  const pairs: number[] = []
  for (const value of values) {
    if (pairs.length > 0 && pairs.at(-1) === value) pairs[pairs.length - 2]! += 1
    else pairs.push(1, value)
  }
  return Buffer.concat([u32(pairs.length / 2), u32s(pairs)])
}

const counted = (values: readonly number[]) => Buffer.concat([u32(values.length), u32s(values)])

const keyNumbers = (samples: readonly Sample[]) => samples.flatMap(({ key }, i) => (key ? [i + 1] : []))

/** Samples that lie one behind the other and share a decoder setup. */
function chunksOf(samples: readonly Sample[]): Sample[][] {
  const chunks: Sample[][] = []
  for (const sample of samples) {
    const last = chunks.at(-1)?.at(-1)
    const joins = last?.description === sample.description && last.offset + last.size === sample.offset
    if (joins) chunks.at(-1)!.push(sample)
    else chunks.push([sample])
  }
  return chunks
}

/** §8.7.4: from which chunk on how many samples of which setup. */
function sampleToChunk(chunks: readonly (readonly Sample[])[]): Buffer {
  const entries: number[] = []
  for (const [i, chunk] of chunks.entries()) {
    const [count, description] = [chunk.length, chunk[0]!.description]
    if (entries.length > 0 && entries.at(-2) === count && entries.at(-1) === description) continue
    entries.push(i + 1, count, description)
  }
  return Buffer.concat([u32(entries.length / 3), u32s(entries)])
}
