import type { Depacketiser } from '../depacketiser.ts'
import { AUDIO_STREAM_TYPES, type EsSink, NO_TIME, VIDEO_STREAM_TYPES } from '../es.ts'
import { FrameBuffer } from '../frame-buffer.ts'
import { PES_START_BYTES, PesHeader, readPesHeader } from '../ps/pes.ts'

export const TS_PACKET_BYTES = 188
export const TS_SYNC_BYTE = 0x47
const PAT_PID = 0
const NO_PID = -1
const PAT_TABLE = 0
const PMT_TABLE = 2
/** Programs of cameras have two streams; of what a hostile one lists, no more are kept. */
const MAX_STREAMS = 8

/** One elementary stream: the PES being collected. */
class TsStream {
  readonly streamType: number
  readonly isVideo: boolean
  readonly pes: FrameBuffer
  /** Whether a PES has begun and nothing of it is missing. */
  whole = false
  continuity = -1

  constructor(streamType: number, maxBytes: number | undefined) {
    this.pes = new FrameBuffer(maxBytes)
    this.streamType = streamType
    this.isVideo = VIDEO_STREAM_TYPES.has(streamType)
  }
}

/**
 * Takes elementary streams out of a transport stream (ISO/IEC 13818-1 §2.4), of RTP or of a file. A PES leaves when it is
 * as long as it says, else when the next one of its stream begins; one in which the continuity counter jumps is dropped.
 */
export class TsDemuxer implements Depacketiser {
  readonly #sink: EsSink
  readonly #maxBytes: number | undefined
  readonly #header = new PesHeader()
  readonly #streams = new Map<number, TsStream>()
  readonly #carry = Buffer.alloc(TS_PACKET_BYTES)
  #carried = 0
  #mapPid = NO_PID
  #videoPid = NO_PID
  /** Bytes between packets. */
  garbageBytes = 0
  /** PES dropped because a packet of theirs was missing, or they were too long. */
  brokenPes = 0

  constructor(sink: EsSink, options: { maxFrameBytes?: number } = {}) {
    this.#sink = sink
    this.#maxBytes = options.maxFrameBytes
  }

  /** Takes the next bytes of the stream, cut anywhere. */
  collect(bytes: Buffer, start = 0, end = bytes.length): void {
    let at = start
    if (this.#carried > 0) {
      const take = Math.min(TS_PACKET_BYTES - this.#carried, end - at)
      bytes.copy(this.#carry, this.#carried, at, at + take)
      this.#carried += take
      at += take
      if (this.#carried < TS_PACKET_BYTES) return
      this.#carried = 0
      this.#takePacket(this.#carry, 0)
    }
    while (at < end) {
      if (bytes[at] !== TS_SYNC_BYTE) {
        const sync = bytes.indexOf(TS_SYNC_BYTE, at)
        const next = sync < 0 || sync > end ? end : sync
        this.garbageBytes += next - at
        at = next
      } else if (at + TS_PACKET_BYTES > end) {
        bytes.copy(this.#carry, 0, at, end)
        this.#carried = end - at
        return
      } else {
        this.#takePacket(bytes, at)
        at += TS_PACKET_BYTES
      }
    }
  }

  /** Means nothing here: markers and timestamps of RTP are not those of frames (RFC 2250 §2). */
  endOfFrame(): boolean {
    return true
  }

  abandon(): void {
    for (const stream of this.#streams.values()) this.#drop(stream)
    this.#carried = 0
  }

  /** Hands on what is complete, for the end of the stream. */
  flush(): void {
    for (const stream of this.#streams.values()) this.#finish(stream)
  }

  #takePacket(bytes: Buffer, at: number): void {
    const flags = bytes[at + 1]!
    const pid = ((flags & 0x1f) << 8) | bytes[at + 2]!
    const control = bytes[at + 3]!
    let payload = at + 4
    if (control & 0x20) payload += 1 + bytes[payload]!
    const end = at + TS_PACKET_BYTES
    // transport error, scrambled, or without payload
    if (flags & 0x80 || control & 0xc0 || !(control & 0x10) || payload >= end) return
    const starts = (flags & 0x40) !== 0
    if (pid === PAT_PID) this.#readSection(bytes, payload, end, starts, PAT_TABLE)
    else if (pid === this.#mapPid) this.#readSection(bytes, payload, end, starts, PMT_TABLE)
    else {
      const stream = this.#streams.get(pid)
      if (stream) this.#takePayload(stream, bytes, payload, end, starts, control & 0x0f)
    }
  }

  /** Sections of one packet (§2.4.4): more than that no camera's tables need. */
  #readSection(bytes: Buffer, payload: number, end: number, starts: boolean, table: number): void {
    const at = payload + 1 + (starts ? bytes[payload]! : end)
    if (at + 8 > end || bytes[at] !== table) return
    const sectionEnd = at + 3 + (((bytes[at + 1]! & 0x0f) << 8) | bytes[at + 2]!) - 4
    if (sectionEnd > end) return
    if (table === PAT_TABLE) this.#readPrograms(bytes, at + 8, sectionEnd)
    else this.#readStreams(bytes, at, sectionEnd)
  }

  #readPrograms(bytes: Buffer, from: number, end: number): void {
    for (let at = from; at + 4 <= end; at += 4) {
      // program 0 is the network
      if ((bytes[at]! | bytes[at + 1]!) === 0) continue
      this.#mapPid = ((bytes[at + 2]! & 0x1f) << 8) | bytes[at + 3]!
      return
    }
  }

  #readStreams(bytes: Buffer, section: number, end: number): void {
    if (section + 12 > end) return
    let at = section + 12 + (((bytes[section + 10]! & 0x0f) << 8) | bytes[section + 11]!)
    for (; at + 5 <= end; at += 5 + (((bytes[at + 3]! & 0x0f) << 8) | bytes[at + 4]!)) {
      const type = bytes[at]!
      const pid = ((bytes[at + 1]! & 0x1f) << 8) | bytes[at + 2]!
      const isVideo = VIDEO_STREAM_TYPES.has(type)
      if ((!isVideo && !AUDIO_STREAM_TYPES.has(type)) || this.#streams.get(pid)?.streamType === type) continue
      if (this.#streams.size >= MAX_STREAMS) return
      if (isVideo && this.#videoPid !== NO_PID && this.#videoPid !== pid) continue
      if (isVideo) this.#videoPid = pid
      this.#streams.set(pid, new TsStream(type, this.#maxBytes))
    }
  }

  #takePayload(
    stream: TsStream,
    bytes: Buffer,
    payload: number,
    end: number,
    starts: boolean,
    continuity: number,
  ): void {
    if (continuity === stream.continuity) return
    const follows = stream.continuity < 0 || continuity === ((stream.continuity + 1) & 0x0f)
    stream.continuity = continuity
    if (!follows) this.#drop(stream)
    if (starts) {
      this.#finish(stream)
      stream.whole = true
    }
    if (!stream.whole) return
    const { pes } = stream
    if (!pes.append(bytes, payload, end)) this.#drop(stream)
    else if (pes.length >= PES_START_BYTES) {
      const told = pes.bytes.readUInt16BE(4)
      if (told > 0 && pes.length >= told + PES_START_BYTES) this.#finish(stream)
    }
  }

  #drop(stream: TsStream): void {
    if (stream.whole && stream.pes.length > 0) this.brokenPes += 1
    stream.whole = false
    stream.pes.length = 0
  }

  #finish(stream: TsStream): void {
    const { bytes: buffer, length } = stream.pes
    stream.pes.length = 0
    stream.whole = false
    if (length === 0) return
    const isPes = buffer[0] === 0 && buffer[1] === 0 && buffer[2] === 1
    if (!isPes || !readPesHeader(buffer, 0, length, this.#header)) {
      this.brokenPes += 1
      return
    }
    const { payloadStart, pts, dts } = this.#header
    if (!stream.isVideo) {
      this.#sink.audioEs(AUDIO_STREAM_TYPES.get(stream.streamType), buffer, payloadStart, length, pts)
    } else {
      const codec = VIDEO_STREAM_TYPES.get(stream.streamType)
      this.#sink.videoEs(codec, buffer, payloadStart, length, pts, dts === NO_TIME ? pts : dts)
    }
  }
}
