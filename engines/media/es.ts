import type { AudioCodec, VideoCodec } from './frame.ts'

/** A time that the stream did not tell. */
export const NO_TIME = -1

/**
 * Takes what a demultiplexer takes out of PS or TS: one access unit of video, some sound. Bytes are valid until the
 * call returns; times are 33 bits of 90 kHz, `NO_TIME` where the stream told none.
 */
export interface EsSink {
  /** @param codec what the stream says it is, undefined where it says nothing; field streams lie */
  videoEs(
    codec: VideoCodec | undefined,
    bytes: Buffer,
    start: number,
    end: number,
    pts: number,
    dts: number,
  ): void
  audioEs(codec: AudioCodec | undefined, bytes: Buffer, start: number, end: number, pts: number): void
}

/** stream_type of a PSM or PMT for video (ISO/IEC 13818-1 Table 2-34; SVAC: GB/T 28181 §C.2). */
export const VIDEO_STREAM_TYPES: ReadonlyMap<number, VideoCodec> = new Map([
  [0x10, 'mpeg4'],
  [0x1b, 'h264'],
  [0x24, 'h265'],
  [0x80, 'svac'],
])

/** stream_type for sound (ISO/IEC 13818-1 Table 2-34; from 0x90 on GB/T 28181 §C.2). */
export const AUDIO_STREAM_TYPES: ReadonlyMap<number, AudioCodec> = new Map([
  [0x0f, 'aac'],
  [0x90, 'g711a'],
  [0x91, 'g711u'],
  [0x92, 'g722.1'],
  [0x93, 'g723.1'],
  [0x99, 'g729'],
  [0x9b, 'svac-audio'],
])

/** The stream_type that stands for a codec. */
export function streamTypeOf<C>(types: ReadonlyMap<number, C>, codec: C): number {
  for (const [type, known] of types) if (known === codec) return type
  // the maps name every codec that frames have
  throw new RangeError(`no stream_type for ${codec}`)
}
