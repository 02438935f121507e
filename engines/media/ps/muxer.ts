import { writeAdts } from '../codecs/aac.ts'
import { annexBOf } from '../codecs/annexb.ts'
import { AUDIO_STREAM_TYPES, streamTypeOf, VIDEO_STREAM_TYPES } from '../es.ts'
import type { AudioConfig, AudioFrame, VideoConfig, VideoFrame } from '../frame.ts'
import { crc32Mpeg } from '../ts/crc.ts'
import { PES_FIXED_BYTES, PES_START_BYTES, writeTime } from './pes.ts'

const VIDEO_ID = 0xe0
const AUDIO_ID = 0xc0
const PACK_BYTES = 14
const SYSTEM_BYTES = 18
/** PTS and DTS behind the fixed part. */
const TIMES_BYTES = 10
/** What a PES can say it holds, less its own header (ISO/IEC 13818-1 §2.4.3.7). */
const MAX_PES_PAYLOAD = 0xffff - (PES_FIXED_BYTES - PES_START_BYTES) - TIMES_BYTES
/** Told in pack and system headers: 10 Mbit/s, in units of 50 bytes a second. */
const MUX_RATE = 25_000

/**
 * Frames as a program stream in the form of GB/T 28181 §C.2.1: one pack for each frame; before a key frame the system
 * header, the map, and the parameter sets within the picture; PES of more than 64 KiB split.
 */
export class PsMuxer {
  #videoConfig: VideoConfig | undefined
  #audioConfig: AudioConfig | undefined
  #map: Buffer | undefined

  /** One frame. Its start codes, parameter sets included, make it decodable by itself when it is a key frame. */
  frame(frame: VideoFrame | AudioFrame): Buffer {
    return frame.kind === 'video' ? this.#video(frame) : this.#audio(frame)
  }

  #video(frame: VideoFrame): Buffer {
    if (frame.config !== this.#videoConfig) {
      this.#videoConfig = frame.config
      this.#map = undefined
    }
    return this.#pack(frame.key, VIDEO_ID, annexBOf(frame), frame.pts, frame.dts)
  }

  #audio(frame: AudioFrame): Buffer {
    if (frame.config !== this.#audioConfig) {
      this.#audioConfig = frame.config
      this.#map = undefined
    }
    const data = frame.config.codec === 'aac' ? writeAdts(frame.data, frame.config) : frame.data
    // a stream of sound alone has no key frames to bear the map
    return this.#pack(this.#videoConfig === undefined, AUDIO_ID, data, frame.pts, frame.pts)
  }

  #pack(withMap: boolean, id: number, data: Buffer, pts: number, dts: number): Buffer {
    const map = withMap ? this.#programMap() : undefined
    const parts = Math.max(1, Math.ceil(data.length / MAX_PES_PAYLOAD))
    const perPart = PES_FIXED_BYTES + TIMES_BYTES
    const headers = PACK_BYTES + (map ? SYSTEM_BYTES + map.length : 0)
    const pack = Buffer.allocUnsafeSlow(headers + parts * perPart + data.length)
    writePackHeader(pack, dts)
    if (map) {
      writeSystemHeader(pack, PACK_BYTES)
      map.copy(pack, PACK_BYTES + SYSTEM_BYTES)
    }
    let at = headers
    for (let from = 0, part = 0; part < parts; part++, from += MAX_PES_PAYLOAD) {
      const length = Math.min(MAX_PES_PAYLOAD, data.length - from)
      at = writePesHeader(pack, at, id, length, pts, dts)
      data.copy(pack, at, from, from + length)
      at += length
    }
    return pack
  }

  #programMap(): Buffer {
    this.#map ??= writeProgramMap([
      ...(this.#videoConfig
        ? ([[streamTypeOf(VIDEO_STREAM_TYPES, this.#videoConfig.codec), VIDEO_ID]] as const)
        : []),
      ...(this.#audioConfig
        ? ([[streamTypeOf(AUDIO_STREAM_TYPES, this.#audioConfig.codec), AUDIO_ID]] as const)
        : []),
    ])
    return this.#map
  }
}

/** §2.5.3.3; the clock reference is the decoding time. */
function writePackHeader(into: Buffer, time: number): void {
  into.writeUInt32BE(0x1ba, 0)
  const base = ((Math.floor(time) % 2 ** 33) + 2 ** 33) % 2 ** 33
  const high = Math.floor(base / 2 ** 30)
  const middle = Math.floor(base / 2 ** 15) % 2 ** 15
  const low = base % 2 ** 15
  into[4] = 0x44 | (high << 3) | (middle >> 13)
  into[5] = middle >> 5
  into[6] = ((middle & 0x1f) << 3) | 4 | (low >> 13)
  into[7] = low >> 5
  into[8] = ((low & 0x1f) << 3) | 4
  into[9] = 1
  into.writeUIntBE(MUX_RATE * 4 + 3, 10, 3)
  into[13] = 0xf8
}

/** §2.5.3.5 for one video and one sound stream. */
function writeSystemHeader(into: Buffer, at: number): void {
  const bound = 0x800000 | (MUX_RATE << 1) | 1
  into.writeUInt32BE(0x1bb, at)
  into.writeUInt16BE(SYSTEM_BYTES - PES_START_BYTES, at + 4)
  into.writeUIntBE(bound, at + 6, 3)
  into.set([0x04, 0xe1, 0x7f, VIDEO_ID, 0xe0, 0xe8, AUDIO_ID, 0xc0, 0x20], at + 9)
}

/** §2.5.4.1 */
function writeProgramMap(streams: readonly (readonly [type: number, id: number])[]): Buffer {
  const entries = streams.flatMap(([type, id]) => [type, id, 0, 0])
  const length = 6 + entries.length + 4
  const map = Buffer.alloc(PES_START_BYTES + length)
  map.writeUInt32BE(0x1bc, 0)
  map.writeUInt16BE(length, 4)
  map.set([0xe0, 0xff, 0, 0, 0, entries.length, ...entries], 6)
  map.writeUInt32BE(crc32Mpeg(map.subarray(0, map.length - 4)), map.length - 4)
  return map
}

/** §2.4.3.7 with PTS and DTS, data alignment told. @returns where the payload begins */
function writePesHeader(
  into: Buffer,
  at: number,
  id: number,
  length: number,
  pts: number,
  dts: number,
): number {
  into.writeUInt32BE(0x100 | id, at)
  into.writeUInt16BE(PES_FIXED_BYTES - PES_START_BYTES + TIMES_BYTES + length, at + 4)
  into[at + 6] = 0x84
  into[at + 7] = 0xc0
  into[at + 8] = TIMES_BYTES
  writeTime(into, at + 9, pts, 3)
  writeTime(into, at + 14, dts, 1)
  return at + PES_FIXED_BYTES + TIMES_BYTES
}
