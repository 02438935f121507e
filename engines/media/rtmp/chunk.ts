import { MediaError } from '../errors.ts'

/** A message, put together again (RTMP 1.0 §5.3, §6.1). */
export interface RtmpMessage {
  readonly type: number
  /** Milliseconds, modulo 2³². */
  readonly timestamp: number
  readonly streamId: number
  readonly payload: Buffer
}

/** Message types (§5.4, §6.2, §7.1). */
export const RTMP = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowSize: 5,
  peerBandwidth: 6,
  audio: 8,
  video: 9,
  amf3Command: 17,
  data: 18,
  command: 20,
} as const

const DEFAULT_CHUNK = 128
const MAX_CHUNK = 0xffffff
const EXTENDED = 0xffffff
/** Longest header: basic 3, message 11, extended timestamp 4. */
const MAX_HEADER = 18
/** Bytes of message header by format (§5.3.1.2). */
const HEADER_BYTES = [11, 7, 3, 0] as const
/** Chunk streams a peer may use; real ones use fewer than ten. */
const MAX_STREAMS = 32

class ChunkStream {
  timestamp = 0
  delta = 0
  length = 0
  type = 0
  streamId = 0
  extended = false
  /** The message being put together, and how much of it is there. */
  payload: Buffer | undefined
  filled = 0
}

/**
 * Puts messages together out of chunks that arrive cut anywhere (§5.3). Follows the peer's chunk size by itself.
 *
 * @throws MediaError from `push` for what no peer sends: a message or a number of streams beyond bounds, a chunk that
 *   continues nothing. The connection cannot be read on.
 */
export class RtmpChunkReader {
  readonly #sink: (message: RtmpMessage) => void
  readonly #maxBytes: number
  readonly #streams = new Map<number, ChunkStream>()
  readonly #head = Buffer.alloc(MAX_HEADER)
  #headLength = 0
  #current: ChunkStream | undefined
  /** Bytes of the current chunk that are still to come. */
  #remaining = 0
  #chunkSize = DEFAULT_CHUNK
  #pending = 0
  /** All bytes read, for acknowledgements (§5.4.3). */
  bytes = 0

  /** @param maxBytes of all unfinished messages together */
  constructor(sink: (message: RtmpMessage) => void, maxBytes = 8 * 2 ** 20) {
    this.#sink = sink
    this.#maxBytes = maxBytes
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      const before = at
      at = this.#current ? this.#takePayload(this.#current, chunk, at) : this.#takeHeader(chunk, at)
      this.bytes += at - before
    }
  }

  /** One byte at a time, headers being short and cut anywhere. */
  #takeHeader(chunk: Buffer, at: number): number {
    const head = this.#head
    head[this.#headLength] = chunk[at]!
    this.#headLength += 1
    const basic = [2, 3][head[0]! & 0x3f] ?? 1
    if (this.#headLength < basic) return at + 1
    const format = head[0]! >> 6
    const message = HEADER_BYTES[format]!
    if (this.#headLength < basic + message) return at + 1
    const stream = this.#streamOf(this.#chunkStreamId(basic), format)
    const short = format < 3 ? head.readUIntBE(basic, 3) : stream.extended ? EXTENDED : 0
    const extended = short === EXTENDED
    if (this.#headLength < basic + message + (extended ? 4 : 0)) return at + 1
    const time = extended ? head.readUInt32BE(basic + message) : short
    this.#readHeader(stream, format, basic, time, extended)
    this.#headLength = 0
    this.#beginChunk(stream)
    return at + 1
  }

  #chunkStreamId(basic: number): number {
    const head = this.#head
    if (basic === 1) return head[0]! & 0x3f
    return 64 + head[1]! + (basic === 3 ? head[2]! * 256 : 0)
  }

  #streamOf(id: number, format: number): ChunkStream {
    const known = this.#streams.get(id)
    if (known) return known
    if (format > 1) throw new MediaError('malformed', 'RTMP chunk continues nothing', this.bytes)
    if (this.#streams.size >= MAX_STREAMS)
      throw new MediaError('too-large', 'too many RTMP chunk streams', this.bytes)
    const stream = new ChunkStream()
    this.#streams.set(id, stream)
    return stream
  }

  #readHeader(stream: ChunkStream, format: number, at: number, time: number, extended: boolean): void {
    const head = this.#head
    if (format < 3) {
      stream.extended = extended
      stream.delta = time
    }
    if (format < 2) {
      if (stream.payload) throw new MediaError('malformed', 'RTMP message was not finished', this.bytes)
      stream.length = head.readUIntBE(at + 3, 3)
      stream.type = head[at + 6]!
    }
    if (format === 0) {
      stream.streamId = head.readUInt32LE(at + 7)
      stream.timestamp = time
    } else if (!stream.payload) stream.timestamp = (stream.timestamp + stream.delta) % 2 ** 32
  }

  #beginChunk(stream: ChunkStream): void {
    if (!stream.payload) {
      this.#pending += stream.length
      if (this.#pending > this.#maxBytes)
        throw new MediaError('too-large', 'RTMP message is too long', this.bytes)
      stream.payload = Buffer.allocUnsafeSlow(stream.length)
      stream.filled = 0
    }
    this.#current = stream
    this.#remaining = Math.min(this.#chunkSize, stream.length - stream.filled)
    if (this.#remaining === 0) this.#endChunk(stream)
  }

  #takePayload(stream: ChunkStream, chunk: Buffer, at: number): number {
    const take = Math.min(this.#remaining, chunk.length - at)
    chunk.copy(stream.payload!, stream.filled, at, at + take)
    stream.filled += take
    this.#remaining -= take
    if (this.#remaining === 0) this.#endChunk(stream)
    return at + take
  }

  #endChunk(stream: ChunkStream): void {
    this.#current = undefined
    if (stream.filled < stream.length) return
    const payload = stream.payload!
    this.#forget(stream)
    const { type, timestamp, streamId } = stream
    if (type === RTMP.setChunkSize && payload.length >= 4) {
      this.#chunkSize = Math.min(MAX_CHUNK, Math.max(1, payload.readUInt32BE() & 0x7fffffff))
    } else if (type === RTMP.abort && payload.length >= 4) {
      const aborted = this.#streams.get(payload.readUInt32BE())
      if (aborted) this.#forget(aborted)
    } else this.#sink({ type, timestamp, streamId, payload })
  }

  #forget(stream: ChunkStream): void {
    if (stream.payload) this.#pending -= stream.length
    stream.payload = undefined
    stream.filled = 0
  }
}

/** What a message is written as. */
export interface OutgoingMessage extends RtmpMessage {
  /** From 2 to 63. */
  readonly chunkStream: number
}

/**
 * A message in chunks (§5.3): one full header, then continuations. Depends on nothing sent before, so that all who get
 * the same message may share the bytes.
 *
 * @param chunkSize as told to the peer by a Set Chunk Size message
 */
export function writeRtmpMessage(message: OutgoingMessage, chunkSize = DEFAULT_CHUNK): Buffer {
  const { payload, chunkStream } = message
  const timestamp = message.timestamp % 2 ** 32
  const extended = timestamp >= EXTENDED ? 4 : 0
  const count = Math.max(1, Math.ceil(payload.length / chunkSize))
  const bytes = Buffer.allocUnsafe(12 + extended + (count - 1) * (1 + extended) + payload.length)
  bytes[0] = chunkStream
  bytes.writeUIntBE(extended ? EXTENDED : timestamp, 1, 3)
  bytes.writeUIntBE(payload.length, 4, 3)
  bytes[7] = message.type
  bytes.writeUInt32LE(message.streamId, 8)
  let at = 12
  for (let from = 0, i = 0; i < count; i++, from += chunkSize) {
    if (i > 0) bytes[at++] = 0xc0 | chunkStream
    if (extended) at = bytes.writeUInt32BE(timestamp, at)
    at += payload.copy(bytes, at, from, Math.min(payload.length, from + chunkSize))
  }
  return bytes
}
