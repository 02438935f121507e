import type { FrameSink } from '../frame.ts'
import { RtpIngest } from '../ingest.ts'
import { Timeline } from '../timeline.ts'
import { authorizationFor, type RtspCredentials } from './authorization.ts'
import { type RtspMessage, RtspReader, writeRtspRequest } from './message.ts'
import { depacketiserFor, readSdp, type SdpMedia } from './sdp.ts'

export interface RtspClientEvents {
  /** Bytes for the camera. */
  send(bytes: Buffer): void
  /** The camera sends. */
  playing(): void
  /** It will not: what it said, or what is missing in what it offers. The session is over. */
  failed(reason: string): void
}

export interface RtspClientOptions {
  /** `rtsp://host/…` without credentials. */
  readonly url: string
  readonly credentials?: RtspCredentials | undefined
}

type Step = 'describe' | 'setup' | 'play' | 'playing' | 'over'

const AGENT = 'Hengjian'
const DEFAULT_TIMEOUT_SECONDS = 60

/**
 * Pulls one camera by RTSP, media interleaved in the connection, without the connection (RFC 2326 §10): DESCRIBE, SETUP
 * of its first video and its first sound that are carried, PLAY; then frames come. A challenge is answered once.
 *
 * @throws MediaError from `push` where the bytes are no RTSP; the connection cannot go on
 */
export class RtspClientSession {
  readonly #events: RtspClientEvents
  readonly #options: RtspClientOptions
  readonly #frames: FrameSink
  readonly #reader: RtspReader
  readonly #timeline = new Timeline()
  readonly #sources: RtpIngest[] = []
  #step: Step = 'describe'
  #sequence = 0
  #last: { method: string; uri: string; headers: Record<string, string> } | undefined
  #challenge: string | undefined
  #challenged = false
  #session = ''
  #base: string
  #wanted: SdpMedia[] = []
  #nowMs = 0
  /** Seconds after which the camera ends the session unless it hears of us. */
  timeoutSeconds = DEFAULT_TIMEOUT_SECONDS

  constructor(options: RtspClientOptions, events: RtspClientEvents, frames: FrameSink) {
    this.#options = options
    this.#events = events
    this.#frames = frames
    this.#base = options.url
    this.#reader = new RtspReader({
      message: (message) => this.#take(message),
      packet: (channel, bytes, start, end) => {
        // even channels are RTP, odd ones RTCP
        if (channel % 2 === 0) this.#sources[channel / 2]?.push(bytes, start, end, this.#nowMs)
      },
    })
  }

  /** What has been received and lost, by stream: video first. */
  get sources(): readonly RtpIngest[] {
    return this.#sources
  }

  /** The connection stands. */
  start(): void {
    this.#request('DESCRIBE', this.#options.url, { Accept: 'application/sdp' })
  }

  /** Takes the next bytes of the camera. @param nowMs any steady clock */
  push(chunk: Buffer, nowMs: number): void {
    this.#nowMs = nowMs
    this.#reader.push(chunk)
  }

  /** Lets the camera hear of us; due before `timeoutSeconds` are over. */
  keepAlive(): void {
    if (this.#step === 'playing') this.#request('GET_PARAMETER', this.#base)
  }

  /** Ends the session. */
  stop(): void {
    if (this.#session) this.#request('TEARDOWN', this.#base)
    this.#step = 'over'
  }

  #take(message: RtspMessage): void {
    // requests of a camera (keep-alives, announcements) are not answered by anybody in the field
    if (message.status === undefined || this.#step === 'over') return
    if (message.headers['cseq'] !== undefined && Number(message.headers['cseq']) !== this.#sequence) return
    if (message.status === 401 && !this.#challenged) {
      this.#answerChallenge(message)
      return
    }
    this.#challenged = false
    if (this.#step === 'playing') return
    if (message.status !== 200) this.#fail(`${message.status} ${message.reason}`)
    else if (this.#step === 'describe') this.#described(message)
    else if (this.#step === 'setup') this.#setUp(message)
    else this.#plays()
  }

  #answerChallenge(message: RtspMessage): void {
    this.#challenge = message.headers['www-authenticate']
    this.#challenged = true
    if (!this.#options.credentials || !this.#challenge) this.#fail('401 Unauthorized')
    else if (this.#last) this.#request(this.#last.method, this.#last.uri, this.#last.headers)
  }

  #described({ headers, body }: RtspMessage): void {
    this.#base = headers['content-base'] ?? headers['content-location'] ?? this.#options.url
    const carried = readSdp(body).filter((media) => depacketiserFor(media))
    this.#wanted = ['video', 'audio'].flatMap((kind) =>
      carried.filter((media) => media.kind === kind).slice(0, 1),
    )
    if (this.#wanted.length === 0) {
      this.#fail('no stream that can be carried')
    } else {
      this.#step = 'setup'
      this.#requestSetup()
    }
  }

  #requestSetup(): void {
    const media = this.#wanted[this.#sources.length]!
    const channel = this.#sources.length * 2
    const transport = `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`
    this.#request('SETUP', this.#controlOf(media), { Transport: transport })
  }

  #setUp({ headers }: RtspMessage): void {
    const [id, ...parameters] = (headers['session'] ?? '').split(';')
    this.#session = id!.trim()
    const timeout = Number(/timeout=(\d+)/.exec(parameters.join(';'))?.[1])
    if (timeout > 0) this.timeoutSeconds = timeout
    const open = depacketiserFor(this.#wanted[this.#sources.length]!)
    this.#sources.push(new RtpIngest(this.#frames, { depth: 0, timeline: this.#timeline, open }))
    if (this.#sources.length < this.#wanted.length) this.#requestSetup()
    else {
      this.#step = 'play'
      this.#request('PLAY', this.#base, { Range: 'npt=0.000-' })
    }
  }

  #plays(): void {
    this.#step = 'playing'
    this.#events.playing()
  }

  /** RFC 2326 §C.1.1: absolute, or behind the base. */
  #controlOf({ control = '' }: SdpMedia): string {
    if (/^rtsps?:/i.test(control)) return control
    if (control === '' || control === '*') return this.#base
    return `${this.#base.replace(/\/$/, '')}/${control}`
  }

  #fail(reason: string): void {
    this.#step = 'over'
    this.#events.failed(reason)
  }

  #request(method: string, uri: string, headers: Record<string, string> = {}): void {
    this.#sequence += 1
    this.#last = { method, uri, headers }
    const { credentials } = this.#options
    const authorization =
      this.#challenge && credentials && authorizationFor(this.#challenge, method, uri, credentials)
    this.#events.send(
      writeRtspRequest(method, uri, {
        CSeq: this.#sequence,
        'User-Agent': AGENT,
        ...(authorization ? { Authorization: authorization } : {}),
        ...(this.#session ? { Session: this.#session } : {}),
        ...headers,
      }),
    )
  }
}
