import { AUDIO_STREAM_TYPES, type EsSink, NO_TIME, VIDEO_STREAM_TYPES } from '../es.ts'
import { FrameBuffer } from '../frame-buffer.ts'
import { PES_START_BYTES, PesHeader, readPesHeader } from './pes.ts'

/** stream_id (ISO/IEC 13818-1 Table 2-22) and the two start codes above them (§2.5.3). */
const PROGRAM_END = 0xb9
const PACK_HEADER = 0xba
const PROGRAM_STREAM_MAP = 0xbc

const START_CODE = Buffer.of(0, 0, 1)
const MAX_SEGMENTS = 4096
/** A video PES without a slice is shorter than this. */
const PARAMETER_SETS_BYTES = 512
/** What parsing answers besides a number of bytes. */
const INCOMPLETE = -1
const MALFORMED = -2

export interface PsDemuxerOptions {
  /** A frame greater than this is dropped. */
  readonly maxFrameBytes?: number
}

/**
 * Takes elementary streams out of a program stream (ISO/IEC 13818-1 §2.5) as devices send it, not as it is defined:
 * what is no pack, system header, map or PES is passed over to the next start code, wrong lengths are found out, the
 * map may be missing or lie.
 *
 * Bytes are collected in one buffer that serves all frames. Of RTP, call `collect` for each payload and `endOfFrame`
 * where the frame ends: a picture leaves at once. Of a file or a byte stream, call `push`: a picture leaves when the
 * next one begins.
 */
export class PsDemuxer {
  readonly #sink: EsSink
  readonly #frame: FrameBuffer
  readonly #header = new PesHeader()
  readonly #types = new Uint8Array(256)
  readonly #segmentStarts = new Int32Array(MAX_SEGMENTS)
  readonly #segmentEnds = new Int32Array(MAX_SEGMENTS)
  #at = 0
  /** No start code begins between the unit being read and here: nothing is searched twice. */
  #searched = 0
  #segments = 0
  #pictureBytes = 0
  #pts = NO_TIME
  #dts = NO_TIME
  #videoId = 0
  #lastWasVideo = false
  /** Bytes passed over because they belonged to nothing. */
  garbageBytes = 0
  /** Bytes in private, padding and other PES that are not for us. */
  ignoredBytes = 0
  /** PES whose length was wrong and was put right. */
  wrongLengths = 0
  /** Maps that could not be read. */
  badMaps = 0
  /** Frames dropped for their size. */
  oversized = 0

  constructor(sink: EsSink, options: PsDemuxerOptions = {}) {
    this.#sink = sink
    this.#frame = new FrameBuffer(options.maxFrameBytes)
  }

  /** Takes the next bytes of the frame. They are copied. */
  collect(bytes: Buffer, start: number, end: number): void {
    if (this.#frame.append(bytes, start, end)) return
    this.oversized += 1
    this.abandon()
  }

  /**
   * The frame is complete; its picture and sound leave.
   *
   * @param certain false where only a marker says so: a PES that is not yet complete then waits for its rest
   * @returns false where one waits
   */
  endOfFrame(certain: boolean): boolean {
    this.#parse(true, certain)
    if (this.#at < this.#frame.length && !certain) return false
    this.#emitVideo()
    this.#frame.length = 0
    this.#at = 0
    this.#searched = 0
    return true
  }

  /** Takes bytes of a stream without frame ends. */
  push(bytes: Buffer, start = 0, end = bytes.length): void {
    this.collect(bytes, start, end)
    this.#parse(false, false)
    this.#compact()
  }

  /** Hands on what is complete, for the end of a byte stream. */
  flush(): void {
    this.endOfFrame(true)
  }

  /** Forgets the unfinished frame: something in it was lost. */
  abandon(): void {
    this.#frame.length = 0
    this.#at = 0
    this.#searched = 0
    this.#segments = 0
    this.#pictureBytes = 0
    this.#lastWasVideo = false
  }

  /** Of a byte stream: moves what is not yet used up to the front. */
  #compact(): void {
    const from = this.#segments > 0 ? this.#segmentStarts[0]! : this.#at
    if (from === 0) return
    this.#frame.bytes.copyWithin(0, from, this.#frame.length)
    this.#frame.length -= from
    this.#at -= from
    this.#searched = Math.max(0, this.#searched - from)
    for (let i = 0; i < this.#segments; i++) {
      this.#segmentStarts[i]! -= from
      this.#segmentEnds[i]! -= from
    }
  }

  #parse(frame: boolean, certain: boolean): void {
    while (this.#at < this.#frame.length) {
      const taken = this.#isStartCode(this.#at)
        ? this.#takeUnit(this.#at, frame, certain)
        : this.#passGarbage(this.#at, frame)
      if (taken === INCOMPLETE) return
      this.#at += taken
    }
  }

  /** 00 00 01 and a byte that no NAL unit begins with (forbidden_zero_bit). */
  #isStartCode(at: number): boolean {
    const bytes = this.#frame.bytes
    return (
      at + 4 <= this.#frame.length &&
      bytes[at] === 0 &&
      bytes[at + 1] === 0 &&
      bytes[at + 2] === 1 &&
      bytes[at + 3]! >= PROGRAM_END
    )
  }

  #takeUnit(at: number, frame: boolean, certain: boolean): number {
    const id = this.#frame.bytes[at + 3]!
    const isVideo = id >= 0xe0 && id <= 0xef
    let length = this.#lengthOf(at, id)
    if (length === MALFORMED) length = 4
    else if (isVideo && length === PES_START_BYTES) length = this.#unboundedLength(at, frame)
    if (length === INCOMPLETE || at + length > this.#frame.length) {
      if (!certain) return INCOMPLETE
      this.wrongLengths += 1
      length = this.#frame.length - at
    }
    this.#lastWasVideo = isVideo
    if (isVideo) this.#takeVideo(id, at, at + length)
    else if (id >= 0xc0 && id <= 0xdf) this.#takeAudio(id, at, at + length)
    else if (id === PROGRAM_STREAM_MAP) this.#readMap(at, at + length)
    else if (id > 0xbc) this.ignoredBytes += length
    return length
  }

  #lengthOf(at: number, id: number): number {
    const bytes = this.#frame.bytes
    if (id === PROGRAM_END) return 4
    if (id !== PACK_HEADER) {
      if (at + PES_START_BYTES > this.#frame.length) return INCOMPLETE
      return PES_START_BYTES + ((bytes[at + 4]! << 8) | bytes[at + 5]!)
    }
    if (at + 14 > this.#frame.length) return INCOMPLETE
    const first = bytes[at + 4]!
    if (first >> 6 === 1) return 14 + (bytes[at + 13]! & 7)
    return first >> 4 === 2 ? 12 : MALFORMED
  }

  /** A PES without length ends where the next unit begins, or with the frame. */
  #unboundedLength(at: number, frame: boolean): number {
    const next = this.#findStartCode(at + 4)
    if (next >= 0) return next - at
    return frame ? this.#frame.length - at : INCOMPLETE
  }

  #findStartCode(from: number): number {
    const { bytes, length } = this.#frame
    const view = bytes.subarray(0, length)
    let at = view.indexOf(START_CODE, Math.max(from, this.#searched))
    while (at >= 0 && at + 4 <= length) {
      if (view[at + 3]! >= PROGRAM_END) return at
      at = view.indexOf(START_CODE, at + 3)
    }
    this.#searched = Math.max(0, length - 3)
    return -1
  }

  /**
   * Bytes where a unit should begin. Whole multiples of 65,536 of them behind a video PES are that PES: its length did
   * not fit in 16 bits and was written nevertheless.
   */
  #passGarbage(at: number, frame: boolean): number {
    const next = this.#findStartCode(at)
    if (next < 0 && !frame) return this.#keepTail(at)
    const length = (next < 0 ? this.#frame.length : next) - at
    if (this.#lastWasVideo && length % 0x10000 === 0) {
      this.wrongLengths += 1
      this.#addSegment(at, at + length)
    } else this.garbageBytes += length
    this.#lastWasVideo = false
    return length
  }

  /** Of a byte stream without a start code in sight: all but the bytes one might begin with, unless they may yet be picture. */
  #keepTail(at: number): number {
    if (this.#lastWasVideo) return INCOMPLETE
    const length = this.#frame.length - at - 3
    if (length <= 0) return INCOMPLETE
    this.garbageBytes += length
    return length
  }

  #takeVideo(id: number, at: number, end: number): void {
    if (this.#videoId === 0) this.#videoId = id
    const header = this.#header
    if (id !== this.#videoId) {
      this.ignoredBytes += end - at
      return
    }
    if (!readPesHeader(this.#frame.bytes, at, end, header)) {
      this.garbageBytes += end - at
      return
    }
    if (header.payloadStart === end) return
    if (this.#segments > 0 && this.#beginsPicture(header.payloadStart, end)) this.#emitVideo()
    if (this.#segments === 0) {
      this.#pts = header.pts
      this.#dts = header.dts
    }
    this.#addSegment(header.payloadStart, end)
  }

  /** Whether the PES just read is of another picture than what is pending. */
  #beginsPicture(start: number, end: number): boolean {
    const { pts } = this.#header
    if (pts === NO_TIME) return false
    if (pts !== this.#pts) return true
    return this.#pictureBytes > PARAMETER_SETS_BYTES && this.#beginsAccessUnit(start, end)
  }

  /** For senders whose time stands still: a delimiter, parameter set, or the first slice of a picture. */
  #beginsAccessUnit(start: number, end: number): boolean {
    const bytes = this.#frame.bytes
    let at = start
    while (at < end && at < start + 4 && bytes[at] === 0) at += 1
    if (at < start + 2 || bytes[at] !== 1 || at + 3 >= end) return false
    const header = bytes[at + 1]!
    if (VIDEO_STREAM_TYPES.get(this.#types[this.#videoId]!) === 'h265') {
      const type = (header >> 1) & 0x3f
      return type <= 31 ? bytes[at + 3]! >= 0x80 : type <= 33 || type === 35
    }
    const type = header & 0x1f
    return type === 1 || type === 5 ? bytes[at + 2]! >= 0x80 : type === 7 || type === 9
  }

  #takeAudio(id: number, at: number, end: number): void {
    const header = this.#header
    if (!readPesHeader(this.#frame.bytes, at, end, header)) {
      this.garbageBytes += end - at
      return
    }
    const codec = AUDIO_STREAM_TYPES.get(this.#types[id]!)
    this.#sink.audioEs(codec, this.#frame.bytes, header.payloadStart, end, header.pts)
  }

  /** Program stream map (§2.5.4); its CRC is not asked for, many senders leave it empty. */
  #readMap(at: number, end: number): void {
    const bytes = this.#frame.bytes
    const listAt = at + 10 <= end ? at + 12 + ((bytes[at + 8]! << 8) | bytes[at + 9]!) : end + 1
    const listEnd = listAt <= end ? listAt + ((bytes[listAt - 2]! << 8) | bytes[listAt - 1]!) : end + 1
    if (listEnd > end) {
      this.badMaps += 1
      return
    }
    for (let entry = listAt; entry + 4 <= listEnd; ) {
      this.#types[bytes[entry + 1]!] = bytes[entry]!
      entry += 4 + ((bytes[entry + 2]! << 8) | bytes[entry + 3]!)
    }
  }

  #addSegment(start: number, end: number): void {
    this.#pictureBytes += end - start
    const last = this.#segments - 1
    if (last >= 0 && this.#segmentEnds[last] === start) {
      this.#segmentEnds[last] = end
      return
    }
    if (this.#segments === MAX_SEGMENTS) {
      this.oversized += 1
      this.#segments = 0
      this.#pictureBytes = 0
      return
    }
    this.#segmentStarts[this.#segments] = start
    this.#segmentEnds[this.#segments] = end
    this.#segments += 1
  }

  /** Hands on the pending picture: its parts moved together where they lie. */
  #emitVideo(): void {
    if (this.#segments === 0) return
    const start = this.#segmentStarts[0]!
    let end = this.#segmentEnds[0]!
    for (let i = 1; i < this.#segments; i++) {
      this.#frame.bytes.copyWithin(end, this.#segmentStarts[i]!, this.#segmentEnds[i]!)
      end += this.#segmentEnds[i]! - this.#segmentStarts[i]!
    }
    this.#segments = 0
    this.#pictureBytes = 0
    const codec = VIDEO_STREAM_TYPES.get(this.#types[this.#videoId]!)
    this.#sink.videoEs(codec, this.#frame.bytes, start, end, this.#pts, this.#dts)
  }
}
