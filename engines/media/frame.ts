import type { PictureFormat } from './codecs/picture-format.ts'

/** Codecs of video this engine carries; pictures of those it does not know inside are passed through whole. */
export type VideoCodec = 'h264' | 'h265' | 'mpeg4' | 'svac'

/** Codecs of sound this engine carries. */
export type AudioCodec = 'g711a' | 'g711u' | 'aac' | 'g722.1' | 'g723.1' | 'g729' | 'svac-audio'

/** What a decoder must know before the first picture. A new object means that the decoder must be set up anew. */
export interface VideoConfig {
  readonly codec: VideoCodec
  /** Undefined for MPEG-4 and SVAC, which are not looked into. */
  readonly format: PictureFormat | undefined
  /** VPS (H.265), SPS, PPS: NAL units without start code. Empty for MPEG-4 and SVAC. */
  readonly parameterSets: readonly Buffer[]
  /** avcC or hvcC (ISO/IEC 14496-15); empty for MPEG-4 and SVAC. */
  readonly record: Buffer
}

/** What a decoder must know before the first sound. */
export interface AudioConfig {
  readonly codec: AudioCodec
  readonly sampleRate: number
  readonly channels: number
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) of AAC; empty otherwise. */
  readonly record: Buffer
}

/** Bytes kept free before the data of a frame, for a container's header written in place. */
export const HEADROOM = 20
/** Bytes kept free behind them. */
export const TAILROOM = 4

/** Ticks a second of all times in this engine. */
export const CLOCK_RATE = 90_000

/**
 * One picture. Its data are shared by all who send it on and must not be changed; a container that needs some bytes
 * around them uses the room kept free in `storage` (one container only: FLV does).
 */
export class VideoFrame {
  readonly kind = 'video'
  readonly config: VideoConfig
  /** Decoding may begin here. */
  readonly key: boolean
  /** When to show it, 90 kHz ticks since the beginning of the stream. */
  readonly pts: number
  /** When to decode it, in the same ticks; never falls. */
  readonly dts: number
  /** `HEADROOM` free bytes, the data, `TAILROOM` free bytes. */
  readonly storage: Buffer

  constructor(config: VideoConfig, key: boolean, pts: number, dts: number, storage: Buffer) {
    this.config = config
    this.key = key
    this.pts = pts
    this.dts = dts
    this.storage = storage
  }

  /**
   * H.264 and H.265: NAL units with four bytes of length before each, without parameter sets (they are in `config`),
   * delimiters and filler. Others: the elementary stream as it came.
   */
  get data(): Buffer {
    return this.storage.subarray(HEADROOM, this.storage.length - TAILROOM)
  }
}

/** Some sound: one AAC frame, or what came together of the others. */
export class AudioFrame {
  readonly kind = 'audio'
  readonly config: AudioConfig
  /** 90 kHz ticks since the beginning of the stream. */
  readonly pts: number
  /** `HEADROOM` free bytes, the data, `TAILROOM` free bytes. */
  readonly storage: Buffer

  constructor(config: AudioConfig, pts: number, storage: Buffer) {
    this.config = config
    this.pts = pts
    this.storage = storage
  }

  get data(): Buffer {
    return this.storage.subarray(HEADROOM, this.storage.length - TAILROOM)
  }
}

/** Storage for `length` bytes of data with the room around them; its content is undefined. */
export function allocateStorage(length: number): Buffer {
  return Buffer.allocUnsafeSlow(HEADROOM + length + TAILROOM)
}

/** Copies data into storage of their own. */
export function storageOf(data: Uint8Array): Buffer {
  const storage = allocateStorage(data.length)
  storage.set(data, HEADROOM)
  return storage
}

/** Where frames go. */
export interface FrameSink {
  video(frame: VideoFrame): void
  audio(frame: AudioFrame): void
}
