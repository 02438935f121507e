import { readAudioSpecificConfig } from '../codecs/aac.ts'
import { readAvcC, readHvcC } from '../codecs/decoder-records.ts'
import { NalList } from '../codecs/nal.ts'
import { MediaError } from '../errors.ts'
import { type AudioCodec, type AudioConfig, AudioFrame, type FrameSink, storageOf } from '../frame.ts'
import { Timeline } from '../timeline.ts'
import { VideoTrack } from '../video-track.ts'

const CODEC_AVC = 7
/** Not of the standard, but of many Chinese encoders. */
const CODEC_HEVC = 12
const SEQUENCE_HEADER = 0
const CODED_FRAMES = 1
const CODED_FRAMES_X = 3
const SOUND_FORMATS: Readonly<Record<number, AudioCodec>> = { 7: 'g711a', 8: 'g711u', 10: 'aac' }
const NOTHING = Buffer.alloc(0)

/**
 * Frames out of the bodies of FLV tags, which are the audio and video messages of RTMP (FLV 10.1 §E.4.2, §E.4.3;
 * enhanced RTMP v1): H.264, H.265 as `hvc1` or under number 12, AAC, G.711. Pictures before the first key frame are left
 * out; what cannot be read is counted and dropped.
 */
export class FlvIngest {
  readonly #sink: FrameSink
  readonly #nals = new NalList()
  readonly #timeline = new Timeline()
  readonly #track = new VideoTrack()
  #lengthBytes = 4
  #audio: AudioConfig | undefined
  #keySeen = false
  /** Bodies that could not be read, or in codecs that are not carried. */
  unreadable = 0

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** @param timestamp of the tag or message, milliseconds */
  video(body: Buffer, timestamp: number): void {
    const first = body[0] ?? 0
    if (body.length < 5) this.#drop()
    else if (first & 0x80) this.#enhanced(body, timestamp)
    else if ((first & 0x0f) === CODEC_AVC) this.#packet('h264', body[1]!, body, 2, timestamp)
    else if ((first & 0x0f) === CODEC_HEVC) this.#packet('h265', body[1]!, body, 2, timestamp)
    else this.#drop()
  }

  audio(body: Buffer, timestamp: number): void {
    const codec = SOUND_FORMATS[(body[0] ?? 0) >> 4]
    const isAac = codec === 'aac'
    if (isAac && body[1] === SEQUENCE_HEADER) this.#setUpAac(body.subarray(2))
    else if (codec && body.length > (isAac ? 2 : 1))
      this.#sound(codec, body.subarray(isAac ? 2 : 1), timestamp)
    else this.#drop()
  }

  #sound(codec: AudioCodec, data: Buffer, timestamp: number): void {
    if (codec !== 'aac' && this.#audio?.codec !== codec)
      this.#audio = { codec, sampleRate: 8000, channels: 1, record: NOTHING }
    if (this.#audio?.codec === codec) {
      const time = this.#timeline.audio(timestamp * 90, 0)
      this.#sink.audio(new AudioFrame(this.#audio, time, storageOf(data)))
    } else this.#drop()
  }

  #enhanced(body: Buffer, timestamp: number): void {
    const type = body[0]! & 0x0f
    if (body.toString('latin1', 1, 5) !== 'hvc1') this.#drop()
    else if (type === CODED_FRAMES_X) this.#picture('h265', body, 5, 0, timestamp)
    else this.#packet('h265', type, body, 5, timestamp)
  }

  /** @param at of the composition time */
  #packet(codec: 'h264' | 'h265', type: number, body: Buffer, at: number, timestamp: number): void {
    const isEnhanced = at === 5
    // enhanced setups have no composition time
    if (type === SEQUENCE_HEADER) this.#setUp(codec, body.subarray(isEnhanced ? at : at + 3))
    else if (type === CODED_FRAMES && body.length > at + 3)
      this.#picture(codec, body, at + 3, body.readIntBE(at, 3), timestamp)
  }

  #setUp(codec: 'h264' | 'h265', record: Buffer): void {
    try {
      const { parameterSets, lengthBytes } = codec === 'h264' ? readAvcC(record) : readHvcC(record)
      this.#lengthBytes = lengthBytes
      const sets = Buffer.concat(parameterSets)
      this.#nals.clear()
      let at = 0
      for (const { length } of parameterSets) {
        this.#nals.addUnit(at, at + length)
        at += length
      }
      this.#track.fromNals(codec, sets, this.#nals, 0, 0)
    } catch (error) {
      if (!(error instanceof MediaError)) throw error
      this.#drop()
    }
  }

  #picture(codec: 'h264' | 'h265', body: Buffer, at: number, composition: number, timestamp: number): void {
    this.#nals.splitLengthPrefixed(body, at, body.length, this.#lengthBytes)
    const dts = timestamp * 90
    this.#timeline.video(dts + composition * 90, dts, dts, timestamp)
    const { pts, dts: placed } = this.#timeline
    const frame = this.#track.fromNals(codec, body, this.#nals, pts, placed)
    if (frame?.key) this.#keySeen = true
    if (!frame) this.#drop()
    else if (this.#keySeen) this.#sink.video(frame)
  }

  #setUpAac(config: Buffer): void {
    try {
      const { sampleRate, channels } = readAudioSpecificConfig(config)
      this.#audio = { codec: 'aac', sampleRate, channels, record: Buffer.from(config) }
    } catch (error) {
      if (!(error instanceof MediaError)) throw error
      this.#drop()
    }
  }

  #drop(): void {
    this.unreadable += 1
  }
}
