import { writeAdts } from '../codecs/aac.ts'
import { annexBOf } from '../codecs/annexb.ts'
import { AUDIO_STREAM_TYPES, streamTypeOf, VIDEO_STREAM_TYPES } from '../es.ts'
import type { AudioConfig, AudioFrame, VideoCodec, VideoConfig, VideoFrame } from '../frame.ts'
import { PES_FIXED_BYTES, PES_START_BYTES, writeTime } from '../ps/pes.ts'
import { crc32Mpeg } from './crc.ts'
import { TS_PACKET_BYTES, TS_SYNC_BYTE } from './demuxer.ts'

const MAP_PID = 0x1000
const VIDEO_PID = 0x100
const AUDIO_PID = 0x101
const VIDEO_ID = 0xe0
const AUDIO_ID = 0xc0
const TIMES_BYTES = 10
const HEADER_BYTES = 4
/** Length, flags and six bytes of clock reference. */
const PCR_FIELD_BYTES = 8

/** Transport streams must have an access unit delimiter before each picture (§2.14.1, §2.17.1). */
const DELIMITERS: Partial<Record<VideoCodec, Buffer>> = {
  h264: Buffer.of(0, 0, 0, 1, 0x09, 0xf0),
  h265: Buffer.of(0, 0, 0, 1, 0x46, 0x01, 0x50),
}
const NOTHING = Buffer.alloc(0)

/**
 * Frames as a transport stream (ISO/IEC 13818-1 §2.4): tables and parameter sets before each key frame, the clock
 * reference with each picture, or with each sound where there is no picture.
 */
export class TsMuxer {
  readonly #counters = new Map<number, number>()
  #video: VideoConfig | undefined
  #audio: AudioConfig | undefined

  /** The packets of one frame, in one buffer. @throws MediaError for AAC that ADTS cannot say */
  frame(frame: VideoFrame | AudioFrame): Buffer {
    return frame.kind === 'video' ? this.#picture(frame) : this.#sound(frame)
  }

  #picture(frame: VideoFrame): Buffer {
    this.#video = frame.config
    const header = pesHeader(VIDEO_ID, frame.pts, frame.dts, 0)
    const packets = this.#packets(
      VIDEO_PID,
      [header, DELIMITERS[frame.config.codec] ?? NOTHING, annexBOf(frame)],
      frame.dts,
      frame.key,
    )
    return frame.key ? Buffer.concat([this.#tables(), packets]) : packets
  }

  #sound(frame: AudioFrame): Buffer {
    this.#audio = frame.config
    const data = frame.config.codec === 'aac' ? writeAdts(frame.data, frame.config) : frame.data
    const header = pesHeader(AUDIO_ID, frame.pts, frame.pts, data.length)
    const alone = this.#video === undefined
    const packets = this.#packets(AUDIO_PID, [header, data], alone ? frame.pts : undefined, false)
    return alone ? Buffer.concat([this.#tables(), packets]) : packets
  }

  #tables(): Buffer {
    const streams: [type: number, pid: number][] = []
    if (this.#video) streams.push([streamTypeOf(VIDEO_STREAM_TYPES, this.#video.codec), VIDEO_PID])
    if (this.#audio) streams.push([streamTypeOf(AUDIO_STREAM_TYPES, this.#audio.codec), AUDIO_PID])
    const programs = section(0, [0, 1, 0xe0 | (MAP_PID >> 8), MAP_PID & 0xff])
    const clockPid = this.#video ? VIDEO_PID : AUDIO_PID
    const map = section(2, [
      ...[0xe0 | (clockPid >> 8), clockPid & 0xff, 0xf0, 0],
      ...streams.flatMap(([type, pid]) => [type, 0xe0 | (pid >> 8), pid & 0xff, 0xf0, 0]),
    ])
    return Buffer.concat([this.#packets(0, [programs]), this.#packets(MAP_PID, [map])])
  }

  /** Cuts into packets (§2.4.3.2). @param clock reference for the first of them, 90 kHz ticks */
  #packets(pid: number, parts: readonly Buffer[], clock?: number, key = false): Buffer {
    const data = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    const clockBytes = clock === undefined ? 0 : PCR_FIELD_BYTES
    const room = TS_PACKET_BYTES - HEADER_BYTES
    const count = Math.ceil((data.length + clockBytes) / room)
    const packets = Buffer.alloc(count * TS_PACKET_BYTES, 0xff)
    let from = 0
    for (let i = 0; i < count; i++) {
      const at = i * TS_PACKET_BYTES
      const field = i === 0 ? clockBytes : 0
      const length = Math.min(room - field, data.length - from)
      this.#writeHeader(packets, at, pid, i === 0, length < room)
      if (length < room)
        writeAdaptation(packets, at + HEADER_BYTES, room - length, i === 0 ? clock : undefined, key)
      data.copy(packets, at + TS_PACKET_BYTES - length, from, from + length)
      from += length
    }
    return packets
  }

  #writeHeader(into: Buffer, at: number, pid: number, starts: boolean, adapts: boolean): void {
    const counter = this.#counters.get(pid) ?? 0
    this.#counters.set(pid, (counter + 1) & 0x0f)
    into[at] = TS_SYNC_BYTE
    into[at + 1] = (starts ? 0x40 : 0) | (pid >> 8)
    into[at + 2] = pid
    into[at + 3] = (adapts ? 0x30 : 0x10) | counter
  }
}

/** Adaptation field of `length` bytes, its own length included (§2.4.3.4); the rest of it is stuffing already there. */
function writeAdaptation(
  into: Buffer,
  at: number,
  length: number,
  clock: number | undefined,
  key: boolean,
): void {
  into[at] = length - 1
  if (length === 1) return
  into[at + 1] = (key ? 0x40 : 0) | (clock === undefined ? 0 : 0x10)
  if (clock === undefined) return
  const base = Math.floor(clock) % 2 ** 33
  into.writeUInt32BE(Math.floor(base / 2), at + 2)
  into[at + 6] = ((base % 2) << 7) | 0x7e
  into[at + 7] = 0
}

/** A section with its pointer (§2.4.4): id 1, version 0. */
function section(table: number, body: readonly number[]): Buffer {
  const length = 5 + body.length + 4
  const bytes = Buffer.from([
    0,
    table,
    0xb0 | (length >> 8),
    length & 0xff,
    0,
    1,
    0xc1,
    0,
    0,
    ...body,
    0,
    0,
    0,
    0,
  ])
  bytes.writeUInt32BE(crc32Mpeg(bytes.subarray(1, bytes.length - 4)), bytes.length - 4)
  return bytes
}

/** @param dataBytes 0 leaves the length open, as is allowed for video (§2.4.3.7) */
function pesHeader(id: number, pts: number, dts: number, dataBytes: number): Buffer {
  const header = Buffer.alloc(PES_FIXED_BYTES + TIMES_BYTES)
  const length = PES_FIXED_BYTES - PES_START_BYTES + TIMES_BYTES + dataBytes
  header.writeUInt32BE(0x100 | id)
  header.writeUInt16BE(dataBytes > 0 && length <= 0xffff ? length : 0, 4)
  header.set([0x84, 0xc0, TIMES_BYTES], 6)
  writeTime(header, 9, pts, 3)
  writeTime(header, 14, dts, 1)
  return header
}
