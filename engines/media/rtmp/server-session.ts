import { type AmfValue, readAmf0, writeAmf0 } from '../amf0.ts'
import { FlvIngest } from '../flv/ingest.ts'
import type { FrameSink } from '../frame.ts'
import { RTMP, RtmpChunkReader, type RtmpMessage, writeRtmpMessage } from './chunk.ts'

const VERSION = 3
const HANDSHAKE_BYTES = 1536
const MEDIA_STREAM = 1
const WINDOW = 2_500_000
/** Chunks we send: whole pictures mostly, few headers. */
const CHUNK_BYTES = 60_000
const CONTROL_CHUNKS = 2
const COMMAND_CHUNKS = 3
const MEDIA_CHUNKS = 4
const STREAM_BEGIN = 0
const PING = 6
const PONG = 7

/** What a client asks for: `rtmp://host/app/key?…`. */
export interface RtmpRequest {
  readonly kind: 'publish' | 'play'
  readonly app: string
  /** Name of the stream with its query. */
  readonly key: string
}

export interface RtmpServerEvents {
  /** Bytes for the client. */
  send(bytes: Buffer): void
  /** Answer with `accept` or `refuse`, now or later. */
  request(request: RtmpRequest): void
  /** The client ends what it asked for. */
  ended(): void
}

/**
 * The server's side of one RTMP connection, without the connection (RTMP 1.0 §5.2, §7.2): handshake, `connect`,
 * `createStream`, then one `publish` or `play`. What a publisher sends arrives as frames.
 *
 * @throws MediaError from `push` where the bytes are no RTMP; the connection cannot go on
 */
export class RtmpServerSession {
  readonly #events: RtmpServerEvents
  readonly #frames: FrameSink
  readonly #reader = new RtmpChunkReader((message) => this.#take(message))
  readonly #handshake = Buffer.alloc(1 + HANDSHAKE_BYTES * 2)
  #handshaken = 0
  #acknowledged = 0
  #app = ''
  #asked: RtmpRequest | undefined
  #ingest: FlvIngest | undefined

  constructor(events: RtmpServerEvents, frames: FrameSink) {
    this.#events = events
    this.#frames = frames
  }

  /** Takes the next bytes of the client. */
  push(chunk: Buffer): void {
    const rest = this.#shake(chunk)
    if (rest < chunk.length) this.#reader.push(chunk.subarray(rest))
    if (this.#reader.bytes - this.#acknowledged < WINDOW / 2) return
    this.#acknowledged = this.#reader.bytes
    this.#control(RTMP.acknowledgement, this.#acknowledged % 2 ** 32)
  }

  /** Lets the client publish or play. */
  accept(): void {
    if (this.#asked?.kind === 'publish') {
      this.#ingest = new FlvIngest(this.#frames)
      this.#status('status', 'NetStream.Publish.Start', 'publishing')
    } else if (this.#asked) {
      const begin = Buffer.alloc(6)
      begin.writeUInt16BE(STREAM_BEGIN)
      begin.writeUInt32BE(MEDIA_STREAM, 2)
      this.#send(CONTROL_CHUNKS, RTMP.userControl, 0, begin)
      this.#status('status', 'NetStream.Play.Start', 'playing')
    }
  }

  /** @param reason in words, for the client's log */
  refuse(reason: string): void {
    const code = this.#asked?.kind === 'play' ? 'NetStream.Play.StreamNotFound' : 'NetStream.Publish.BadName'
    this.#status('error', code, reason)
  }

  /** @returns where the handshake ends in `chunk` */
  #shake(chunk: Buffer): number {
    const before = this.#handshaken
    if (before === this.#handshake.length) return 0
    const taken = chunk.copy(this.#handshake, before)
    this.#handshaken += taken
    const end = 1 + HANDSHAKE_BYTES
    // S0, S1 of zeros (a digest in it is asked for by nobody any more), S2 that repeats C1
    if (before < end && this.#handshaken >= end) {
      const c1 = Buffer.from(this.#handshake.subarray(1, end))
      this.#events.send(Buffer.concat([Buffer.of(VERSION), Buffer.alloc(HANDSHAKE_BYTES), c1]))
    }
    return taken
  }

  #take({ type, timestamp, payload }: RtmpMessage): void {
    if (type === RTMP.video) this.#ingest?.video(payload, timestamp)
    else if (type === RTMP.audio) this.#ingest?.audio(payload, timestamp)
    else if (type === RTMP.command) this.#command(readAmf0(payload))
    else if (type === RTMP.amf3Command) this.#command(readAmf0(payload.subarray(1)))
    else if (type === RTMP.userControl && payload.length >= 6 && payload.readUInt16BE() === PING) {
      const pong = Buffer.from(payload.subarray(0, 6))
      pong.writeUInt16BE(PONG)
      this.#send(CONTROL_CHUNKS, RTMP.userControl, 0, pong)
    }
  }

  #command([name, transaction, ...args]: readonly AmfValue[]): void {
    if (name === 'connect') this.#connect(transaction, args[0])
    else if (name === 'createStream') this.#answer(['_result', transaction, null, MEDIA_STREAM])
    else if (name === 'publish' || name === 'play') this.#ask(name, args[1])
    else if (name === 'deleteStream' || name === 'closeStream' || name === 'FCUnpublish') this.#end()
  }

  #connect(transaction: AmfValue, about: AmfValue): void {
    const app = about && typeof about === 'object' && !Array.isArray(about) ? about['app'] : undefined
    this.#app = typeof app === 'string' ? app : ''
    this.#control(RTMP.windowSize, WINDOW)
    const bandwidth = Buffer.alloc(5, 2)
    bandwidth.writeUInt32BE(WINDOW)
    this.#send(CONTROL_CHUNKS, RTMP.peerBandwidth, 0, bandwidth)
    this.#control(RTMP.setChunkSize, CHUNK_BYTES)
    this.#answer([
      '_result',
      transaction,
      { fmsVer: 'FMS/3,0,1,123', capabilities: 31 },
      {
        level: 'status',
        code: 'NetConnection.Connect.Success',
        description: 'connected',
        objectEncoding: 0,
      },
    ])
  }

  #ask(kind: RtmpRequest['kind'], key: AmfValue): void {
    if (this.#asked || typeof key !== 'string') return
    this.#asked = { kind, app: this.#app, key }
    this.#events.request(this.#asked)
  }

  #end(): void {
    if (!this.#asked) return
    this.#asked = undefined
    this.#ingest = undefined
    this.#events.ended()
  }

  #status(level: string, code: string, description: string): void {
    const payload = writeAmf0(['onStatus', 0, null, { level, code, description }])
    this.#send(COMMAND_CHUNKS, RTMP.command, MEDIA_STREAM, payload)
  }

  #answer(values: readonly AmfValue[]): void {
    this.#send(COMMAND_CHUNKS, RTMP.command, 0, writeAmf0(values))
  }

  #control(type: number, value: number): void {
    const payload = Buffer.alloc(4)
    payload.writeUInt32BE(value)
    this.#send(CONTROL_CHUNKS, type, 0, payload)
  }

  #send(chunkStream: number, type: number, streamId: number, payload: Buffer): void {
    // what is sent before the client knows our chunk size fits in the default of 128 bytes
    this.#events.send(writeRtmpMessage({ chunkStream, type, streamId, timestamp: 0, payload }, CHUNK_BYTES))
  }
}

/**
 * A tag of FLV as a message for players; all of them may share the bytes.
 *
 * @param tag with its back pointer, as `FlvStream` emits it
 */
export function rtmpOfFlvTag(tag: Buffer): Buffer {
  const message = {
    chunkStream: MEDIA_CHUNKS,
    type: tag[0]!,
    timestamp: tag.readUIntBE(4, 3) + tag[7]! * 2 ** 24,
    streamId: MEDIA_STREAM,
    payload: tag.subarray(11, tag.length - 4),
  }
  return writeRtmpMessage(message, CHUNK_BYTES)
}
