import { type AudioConfig, CLOCK_RATE, type VideoConfig } from '../frame.ts'
import { box, fullBox, u16, u32, u64 } from './box.ts'

/** Track numbers in all files of this engine. */
export const VIDEO_TRACK = 1
export const AUDIO_TRACK = 2

/** §8.3.2: enabled, in the film, in its preview. */
const TRACK_FLAGS = 7
/** No rotation, no scaling (§6.2.2). */
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
/** `und`, packed (§8.4.2). */
const LANGUAGE = 0x55c4
const SAMPLE_ENTRIES: Partial<Record<VideoConfig['codec'] | AudioConfig['codec'], string>> = {
  h264: 'avc1',
  h265: 'hvc1',
  aac: 'mp4a',
  g711a: 'alaw',
  g711u: 'ulaw',
}

/** Whether MP4 has a way to carry the codec: H.264, H.265, AAC, G.711. */
export const fitsInMp4 = (config: VideoConfig | AudioConfig): boolean => config.codec in SAMPLE_ENTRIES

/** Time and decoder setups of one track; the boxes of its samples come from outside. */
export interface TrackBoxes {
  readonly id: number
  /** All setups that occur, in the order samples refer to them. */
  readonly configs: readonly (VideoConfig | AudioConfig)[]
  /** 90 kHz ticks; 0 in a film of fragments. */
  readonly duration: number
  /** `stts` and so on. */
  readonly sampleTables: readonly Buffer[]
  readonly edits?: Buffer | undefined
}

/** `moov` (§8.2.1). Movie and tracks count in 90 kHz ticks. */
export function movie(tracks: readonly TrackBoxes[], duration: number, ...more: readonly Buffer[]): Buffer {
  const header = fullBox(
    'mvhd',
    1,
    0,
    ...[u64(0), u64(0), u32(CLOCK_RATE), u64(duration)],
    ...[u32(0x10000), u16(0x100, 0), u32(0, 0), MATRIX, u32(0, 0, 0, 0, 0, 0)],
    u32(AUDIO_TRACK + 1),
  )
  return box('moov', header, ...tracks.map(track), ...more)
}

function track(it: TrackBoxes): Buffer {
  const isVideo = it.id === VIDEO_TRACK
  const format = isVideo ? (it.configs[0] as VideoConfig).format : undefined
  const header = fullBox(
    'tkhd',
    1,
    TRACK_FLAGS,
    ...[u64(0), u64(0), u32(it.id, 0), u64(it.duration), u32(0, 0)],
    ...[u16(0, 0, isVideo ? 0 : 0x100, 0), MATRIX],
    u32((format?.width ?? 0) * 0x10000, (format?.height ?? 0) * 0x10000),
  )
  const mediaHeader = fullBox(
    'mdhd',
    1,
    0,
    ...[u64(0), u64(0), u32(CLOCK_RATE), u64(it.duration), u16(LANGUAGE, 0)],
  )
  const handler = fullBox(
    'hdlr',
    0,
    0,
    ...[u32(0), Buffer.from(isVideo ? 'vide' : 'soun'), u32(0, 0, 0), Buffer.of(0)],
  )
  const mediaKind = isVideo ? fullBox('vmhd', 0, 1, u16(0, 0, 0, 0)) : fullBox('smhd', 0, 0, u16(0, 0))
  const data = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)))
  const descriptions = fullBox('stsd', 0, 0, u32(it.configs.length), ...it.configs.map(sampleEntry))
  const samples = box('stbl', descriptions, ...it.sampleTables)
  const media = box('mdia', mediaHeader, handler, box('minf', mediaKind, data, samples))
  return box('trak', header, ...(it.edits ? [it.edits] : []), media)
}

/** §8.5.2, §12.1.3, §12.2.3; ISO/IEC 14496-15 §5.4.2.1 and §8.4.1; ISO/IEC 14496-14 §5.6. */
function sampleEntry(config: VideoConfig | AudioConfig): Buffer {
  const type = SAMPLE_ENTRIES[config.codec]!
  const reference = [u16(0, 0, 0), u16(1)]
  if (!('sampleRate' in config)) {
    const { width = 0, height = 0 } = config.format ?? {}
    return box(
      type,
      ...reference,
      ...[u32(0, 0, 0, 0), u16(width, height), u32(0x480000, 0x480000, 0), u16(1), Buffer.alloc(32)],
      u16(0x18, 0xffff),
      box(config.codec === 'h265' ? 'hvcC' : 'avcC', config.record),
    )
  }
  const sound = [u32(0, 0), u16(config.channels, 16, 0, 0), u32(config.sampleRate * 0x10000)]
  return box(type, ...reference, ...sound, ...(config.codec === 'aac' ? [esds(config.record)] : []))
}

/** ES_Descriptor of AAC (ISO/IEC 14496-1 §7.2.6.5). */
function esds(config: Buffer): Buffer {
  const descriptor = (tag: number, ...parts: readonly Buffer[]) => {
    const body = Buffer.concat(parts)
    return Buffer.concat([Buffer.of(tag, body.length), body])
  }
  // object type 40 is AAC, stream type 5 audio; buffer size and rates are not told
  const decoder = descriptor(4, Buffer.of(0x40, 0x15, 0, 0, 0), u32(0, 0), descriptor(5, config))
  return fullBox(
    'esds',
    0,
    0,
    descriptor(3, u16(AUDIO_TRACK), Buffer.of(0), decoder, descriptor(6, Buffer.of(2))),
  )
}
