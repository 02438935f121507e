import { type RtspMessage, RtspReader, writeInterleaved, writeRtspResponse } from './message.ts'

export interface RtspServerEvents {
  /** Bytes for the player. */
  send(bytes: Buffer): void
  /** A player asks for this; answer with `offer` or `refuse`, now or later. */
  describe(uri: string): void
  /** The player wants to be sent. */
  play(): void
  /** The player ends. */
  ended(): void
}

/** Tracks are those of `writeSdp`: 0 video, 1 sound. */
const TRACKS = 2
const METHODS = 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN'
const TIMEOUT_SECONDS = 60

/**
 * The server's side of one RTSP player, without the connection (RFC 2326 §10). Media go interleaved in the connection
 * only: who asks for UDP is told 461 and asks again for TCP.
 *
 * @throws MediaError from `push` where the bytes are no RTSP; the connection cannot go on
 */
export class RtspServerSession {
  readonly #events: RtspServerEvents
  readonly #id: string
  readonly #reader: RtspReader
  readonly #channels: (number | undefined)[] = []
  #describing: { sequence: string; uri: string } | undefined
  #playing = false

  /** @param id of the session, that nobody can guess */
  constructor(id: string, events: RtspServerEvents) {
    this.#id = id
    this.#events = events
    this.#reader = new RtspReader({ message: (message) => this.#take(message), packet() {} })
  }

  /** Takes the next bytes of the player. */
  push(chunk: Buffer): void {
    this.#reader.push(chunk)
  }

  /** Answers `describe`. @param sdp of `writeSdp` */
  offer(sdp: string): void {
    if (!this.#describing) return
    const { sequence, uri } = this.#describing
    this.#describing = undefined
    const headers = {
      CSeq: sequence,
      'Content-Type': 'application/sdp',
      'Content-Base': `${uri.replace(/\/$/, '')}/`,
    }
    this.#events.send(writeRtspResponse(200, 'OK', headers, sdp))
  }

  /** Answers `describe`. @param status 401, 404, 503, … */
  refuse(status: number, reason: string): void {
    if (!this.#describing) return
    this.#events.send(writeRtspResponse(status, reason, { CSeq: this.#describing.sequence }))
    this.#describing = undefined
  }

  /** Sends a packet of a track to a player that plays and has set the track up. */
  packet(track: number, packet: Buffer): void {
    const channel = this.#channels[track]
    if (this.#playing && channel !== undefined) this.#events.send(writeInterleaved(channel, packet))
  }

  #take(request: RtspMessage): void {
    const sequence = request.headers['cseq'] ?? '0'
    switch (request.method) {
      case undefined:
        break
      case 'OPTIONS':
        this.#answer(sequence, { Public: METHODS })
        break
      case 'DESCRIBE':
        this.#describing = { sequence, uri: request.uri! }
        this.#events.describe(request.uri!)
        break
      case 'SETUP':
        this.#setUp(request, sequence)
        break
      case 'PLAY':
        this.#play(sequence)
        break
      case 'GET_PARAMETER':
        this.#answer(sequence)
        break
      case 'TEARDOWN':
        this.#answer(sequence)
        this.#playing = false
        this.#events.ended()
        break
      default:
        this.#events.send(writeRtspResponse(501, 'Not Implemented', { CSeq: sequence, Public: METHODS }))
    }
  }

  #setUp({ uri, headers }: RtspMessage, sequence: string): void {
    const track = Number(/trackID=(\d+)/.exec(uri!)?.[1] ?? 0)
    const transport = headers['transport'] ?? ''
    if (track >= TRACKS) {
      this.#events.send(writeRtspResponse(404, 'Not Found', { CSeq: sequence }))
    } else if (!/RTP\/AVP\/TCP/i.test(transport)) {
      this.#events.send(writeRtspResponse(461, 'Unsupported Transport', { CSeq: sequence }))
    } else {
      const asked = /interleaved=(\d+)/.exec(transport)?.[1]
      const channel = Math.min(254, asked === undefined ? track * 2 : Number(asked))
      this.#channels[track] = channel
      this.#answer(sequence, { Transport: `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}` })
    }
  }

  #play(sequence: string): void {
    if (this.#channels.length === 0) {
      this.#events.send(writeRtspResponse(455, 'Method Not Valid in This State', { CSeq: sequence }))
      return
    }
    this.#answer(sequence, { Range: 'npt=now-' })
    if (this.#playing) return
    this.#playing = true
    this.#events.play()
  }

  #answer(sequence: string, headers: Record<string, string> = {}): void {
    const session = `${this.#id};timeout=${TIMEOUT_SECONDS}`
    this.#events.send(writeRtspResponse(200, 'OK', { CSeq: sequence, Session: session, ...headers }))
  }
}
