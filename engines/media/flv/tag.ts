import { type AmfValue, writeAmf0 } from '../amf0.ts'
import {
  type AudioConfig,
  type AudioFrame,
  HEADROOM,
  TAILROOM,
  type VideoConfig,
  type VideoFrame,
} from '../frame.ts'

/** Tag types (FLV 10.1 §E.4.1). */
export const FLV_AUDIO = 8
export const FLV_VIDEO = 9
export const FLV_SCRIPT = 18

const TAG_HEADER = 11
/** Header byte, packet type, composition time (FLV 10.1 §E.4.3). */
const AVC_HEADER = 5
/** Enhanced RTMP v1: header byte with IsExHeader, FourCC; composition time where the packet type has one. */
const EX_HEADER = 5
const EX_CODED_FRAMES = 1
const EX_CODED_FRAMES_X = 3
const FOURCC_HEVC = Buffer.from('hvc1')
const CODEC_AVC = 7
/** SoundFormat, 16 bits; the rate bits mean nothing for these (§E.4.2.1). */
const SOUND_HEADERS: Partial<Record<AudioConfig['codec'], number>> = { g711a: 0x72, g711u: 0x82, aac: 0xaf }

/** Milliseconds of a time of 90 kHz ticks. */
export const toMs = (ticks: number): number => Math.floor(ticks / 90)

/** FLV file header with the first, empty, back pointer (§E.2, §E.3). */
export function flvHeader(has: { video: boolean; audio: boolean }): Buffer {
  return Buffer.of(0x46, 0x4c, 0x56, 1, (has.audio ? 4 : 0) | (has.video ? 1 : 0), 0, 0, 0, 9, 0, 0, 0, 0)
}

/** Whether FLV has a way to carry the codec: H.264, H.265 (enhanced), G.711, AAC. */
export function fitsInFlv(config: VideoConfig | AudioConfig): boolean {
  return (
    config.codec === 'h264' || config.codec === 'h265' || SOUND_HEADERS[config.codec as 'aac'] !== undefined
  )
}

/**
 * The tag of a picture, back pointer included, written into the room its storage keeps free: no byte of the picture is
 * copied. Call it once for each frame and share the result.
 *
 * @param frame H.264 or H.265
 */
export function flvVideoTag(frame: VideoFrame): Buffer {
  const { storage } = frame
  const composition = toMs(frame.pts) - toMs(frame.dts)
  const frameType = frame.key ? 1 : 2
  let at: number
  if (frame.config.codec === 'h265') {
    const packetType = composition === 0 ? EX_CODED_FRAMES_X : EX_CODED_FRAMES
    at = HEADROOM - EX_HEADER - (composition === 0 ? 0 : 3)
    storage[at] = 0x80 | (frameType << 4) | packetType
    FOURCC_HEVC.copy(storage, at + 1)
    if (composition !== 0) writeInt24(storage, at + 5, composition)
  } else {
    at = HEADROOM - AVC_HEADER
    storage[at] = (frameType << 4) | CODEC_AVC
    storage[at + 1] = 1
    writeInt24(storage, at + 2, composition)
  }
  return closeTag(storage, at, FLV_VIDEO, toMs(frame.dts))
}

/** The tag of some sound, written into its storage. @param frame G.711 or AAC */
export function flvAudioTag(frame: AudioFrame): Buffer {
  const { storage } = frame
  const isAac = frame.config.codec === 'aac'
  const at = HEADROOM - (isAac ? 2 : 1)
  storage[at] = SOUND_HEADERS[frame.config.codec]!
  if (isAac) storage[at + 1] = 1
  return closeTag(storage, at, FLV_AUDIO, toMs(frame.pts))
}

/** Writes tag header and back pointer around `storage[body..)` up to the tail room. */
function closeTag(storage: Buffer, body: number, type: number, timeMs: number): Buffer {
  const start = body - TAG_HEADER
  const end = storage.length - TAILROOM
  const size = end - body
  storage[start] = type
  storage[start + 1] = size >> 16
  storage[start + 2] = size >> 8
  storage[start + 3] = size
  storage[start + 4] = timeMs >> 16
  storage[start + 5] = timeMs >> 8
  storage[start + 6] = timeMs
  storage[start + 7] = timeMs / 2 ** 24
  storage[start + 8] = 0
  storage[start + 9] = 0
  storage[start + 10] = 0
  storage.writeUInt32BE(size + TAG_HEADER, end)
  return storage.subarray(start)
}

/** Sequence header of a decoder's setup. @param timeMs of the frame it stands before */
export function flvVideoConfigTag(config: VideoConfig, timeMs: number): Buffer {
  const head =
    config.codec === 'h265'
      ? Buffer.concat([Buffer.of(0x90), FOURCC_HEVC])
      : Buffer.of(0x10 | CODEC_AVC, 0, 0, 0, 0)
  return flvTag(FLV_VIDEO, timeMs, [head, config.record])
}

/** Sequence header of AAC; undefined for sound that needs none. */
export function flvAudioConfigTag(config: AudioConfig, timeMs: number): Buffer | undefined {
  if (config.codec !== 'aac') return undefined
  return flvTag(FLV_AUDIO, timeMs, [Buffer.of(SOUND_HEADERS.aac!, 0), config.record])
}

/** `onMetaData` (§E.5): what is known of the streams. */
export function flvMetadataTag(video: VideoConfig | undefined, audio: AudioConfig | undefined): Buffer {
  const facts: { [key: string]: AmfValue } = {}
  if (video) {
    facts['videocodecid'] = video.codec === 'h265' ? FOURCC_HEVC.readUInt32BE() : CODEC_AVC
    if (video.format) {
      facts['width'] = video.format.width
      facts['height'] = video.format.height
      if (video.format.framesPerSecond) facts['framerate'] = video.format.framesPerSecond
    }
  }
  const sound = audio && SOUND_HEADERS[audio.codec]
  if (audio && sound !== undefined) {
    facts['audiocodecid'] = sound >> 4
    facts['audiosamplerate'] = audio.sampleRate
    facts['stereo'] = audio.channels === 2
  }
  return flvTag(FLV_SCRIPT, 0, [writeAmf0(['onMetaData', facts], { arrays: true })])
}

/** Any tag with its back pointer (§E.4.1). */
export function flvTag(type: number, timeMs: number, body: readonly Buffer[]): Buffer {
  const size = body.reduce((sum, part) => sum + part.length, 0)
  const head = Buffer.alloc(TAG_HEADER)
  head[0] = type
  head.writeUIntBE(size, 1, 3)
  head.writeUIntBE(timeMs & 0xffffff, 4, 3)
  head[7] = timeMs / 2 ** 24
  const tail = Buffer.alloc(TAILROOM)
  tail.writeUInt32BE(size + TAG_HEADER)
  return Buffer.concat([head, ...body, tail])
}

function writeInt24(into: Buffer, at: number, value: number): void {
  into[at] = value >> 16
  into[at + 1] = value >> 8
  into[at + 2] = value
}
