import { MediaError } from '../errors.ts'

/** A request or response with its body (RFC 2326 §4). */
export interface RtspMessage {
  /** Of a request: `DESCRIBE`, …; absent in a response. */
  readonly method?: string
  readonly uri?: string
  /** Of a response; absent in a request. */
  readonly status?: number
  readonly reason?: string
  /** Names in lower case; of a name that comes several times the values are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface RtspEvents {
  message(message: RtspMessage): void
  /** An interleaved packet, `bytes[start..end)`, to be read before returning (§10.12). */
  packet(channel: number, bytes: Buffer, start: number, end: number): void
}

const DOLLAR = 0x24
const FRAME_HEADER = 4
const HEAD_END = Buffer.from('\r\n\r\n')
const MAX_HEAD = 16 * 1024
const MAX_BODY = 64 * 1024

/**
 * Cuts an RTSP connection into messages and interleaved packets. At most one unfinished of either is held.
 *
 * @throws MediaError from `push` for what is neither, or longer than a message may be: the connection cannot be read on
 */
export class RtspReader {
  readonly #events: RtspEvents
  #held: Buffer = Buffer.alloc(0)
  #offset = 0

  constructor(events: RtspEvents) {
    this.#events = events
  }

  push(chunk: Buffer): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    let at = 0
    while (at < bytes.length) {
      const next = bytes[at] === DOLLAR ? this.#takePacket(bytes, at) : this.#takeMessage(bytes, at)
      if (next < 0) break
      at = next
    }
    this.#offset += at
    this.#held = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0)
  }

  /** @returns where to read on, -1 when it is not complete */
  #takePacket(bytes: Buffer, at: number): number {
    if (bytes.length - at < FRAME_HEADER) return -1
    const end = at + FRAME_HEADER + bytes.readUInt16BE(at + 2)
    if (end > bytes.length) return -1
    this.#events.packet(bytes[at + 1]!, bytes, at + FRAME_HEADER, end)
    return end
  }

  #takeMessage(bytes: Buffer, at: number): number {
    // empty lines between messages are lawful
    if (bytes[at] === 0x0d || bytes[at] === 0x0a) return at + 1
    const headEnd = bytes.indexOf(HEAD_END, at)
    const seen = (headEnd < 0 ? bytes.length : headEnd) - at
    if (seen > MAX_HEAD) throw new MediaError('too-large', 'RTSP head is too long', this.#offset + at)
    if (headEnd < 0) return -1
    const [first = '', ...lines] = bytes.toString('utf8', at, headEnd).split('\r\n')
    const headers = readHeaders(lines)
    const length = Number(headers['content-length'] ?? 0)
    if (!Number.isInteger(length) || length < 0 || length > MAX_BODY)
      throw new MediaError('too-large', 'RTSP body is too long', this.#offset + headEnd)
    const body = headEnd + HEAD_END.length
    if (body + length > bytes.length) return -1
    const start = readStartLine(first)
    if (!start) throw new MediaError('malformed', 'no RTSP message', this.#offset + at)
    this.#events.message({ ...start, headers, body: bytes.toString('utf8', body, body + length) })
    return body + length
  }
}

function readStartLine(line: string): Pick<RtspMessage, 'method' | 'uri' | 'status' | 'reason'> | undefined {
  const response = /^RTSP\/1\.\d (\d{3}) ?(.*)$/.exec(line)
  if (response) return { status: Number(response[1]), reason: response[2]! }
  const request = /^([A-Z_]+) (\S+) RTSP\/1\.\d$/.exec(line)
  return request ? { method: request[1]!, uri: request[2]! } : undefined
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null)
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value
  }
  return headers
}

/** A request on the wire. @param headers as they are to be written; `Content-Length` is added where there is a body */
export function writeRtspRequest(
  method: string,
  uri: string,
  headers: Readonly<Record<string, string | number>>,
  body = '',
): Buffer {
  return writeMessage(`${method} ${uri} RTSP/1.0`, headers, body)
}

/** A response on the wire. */
export function writeRtspResponse(
  status: number,
  reason: string,
  headers: Readonly<Record<string, string | number>>,
  body = '',
): Buffer {
  return writeMessage(`RTSP/1.0 ${status} ${reason}`, headers, body)
}

function writeMessage(
  first: string,
  headers: Readonly<Record<string, string | number>>,
  body: string,
): Buffer {
  const length = Buffer.byteLength(body)
  const all = length > 0 ? { ...headers, 'Content-Length': length } : headers
  // a line break in a value would begin another header
  const lines = Object.entries(all).map(
    ([name, value]) => `${name}: ${String(value).replace(/[\r\n]+/g, ' ')}`,
  )
  return Buffer.from([first, ...lines, '', body].join('\r\n'))
}

/** A packet as it is interleaved with messages (§10.12). */
export function writeInterleaved(channel: number, packet: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_HEADER + packet.length)
  framed[0] = DOLLAR
  framed[1] = channel
  framed.writeUInt16BE(packet.length, 2)
  packet.copy(framed, FRAME_HEADER)
  return framed
}
