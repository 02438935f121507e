import { MalformedError } from '../errors.ts'
import { decodeText } from '../text/charset.ts'
import { brokenCoreHeader } from './core.ts'
import { usualHeaderName } from './header-names.ts'
import { headerOf, type SipDeviation, type SipHeader, type SipMessage } from './message.ts'

const LF = 0x0a
const CR = 0x0d

/** Headers are refused beyond this: no device needs more, and a flood must not cost memory. */
export const MAX_HEAD_BYTES = 16 * 1024

/** Start line and headers of a message, and where they end. */
export interface SipHead {
  /** The message without its body. */
  readonly message: SipMessage
  /** Offset of the first byte of the body. */
  readonly bodyAt: number
  /** Content-Length as declared; `null` when absent or no number. */
  readonly declared: number | null
}

/**
 * Reads one message that fills `bytes`: a datagram. Forgiving: bare LF, folded lines, odd case, compact forms, missing
 * end of headers, Content-Length missing, zero or wrong (the datagram's end is the truth then), trailing NUL; each is
 * told in `deviations`. A head that is no UTF-8 is read as GB 18030.
 *
 * @throws MalformedError with the byte offset, for what is no SIP message or lacks Via, From, To, Call-ID or CSeq
 */
export function readSipMessage(bytes: Uint8Array): SipMessage {
  const { message, bodyAt, declared } = readSipHead(bytes)
  const deviations = new Set(message.deviations)
  const body = bodyOfDatagram(bytes.subarray(bodyAt), declared, message, deviations)
  return { ...message, body, deviations: [...deviations] }
}

/** Nothing but line ends (RFC 5626 §3.5.1) or NUL: sent to keep the way through a NAT open. Empty input counts. */
export function isKeepAlive(bytes: Uint8Array): boolean {
  return (
    bytes.length <= 16 && bytes.every((byte) => byte === CR || byte === LF || byte === 0 || byte === 0x20)
  )
}

function bodyOfDatagram(
  rest: Uint8Array,
  declared: number | null,
  message: SipMessage,
  deviations: Set<SipDeviation>,
): Uint8Array {
  if (declared === rest.length) return rest
  if (declared === null) {
    if (rest.length > 0) deviations.add('no-content-length')
    return rest
  }
  const isPadding = rest.subarray(Math.min(declared, rest.length)).every((byte) => byte <= 0x20)
  if (declared < rest.length && (isPadding || headerOf(message, 'Content-Type') === undefined)) {
    if (!isPadding) deviations.add('wrong-content-length')
    return rest.subarray(0, declared)
  }
  deviations.add('wrong-content-length')
  return rest
}

/** Reads start line and headers only; what follows is the caller's. @throws MalformedError as `readSipMessage` */
export function readSipHead(bytes: Uint8Array): SipHead {
  const deviations = new Set<SipDeviation>()
  const { lines, bodyAt } = readLines(bytes, deviations)
  const first = lines[0]
  if (!first) throw new MalformedError('sip', 0, 'no start line')
  const headers = readHeaders(lines, deviations)
  const base = { headers, body: new Uint8Array(0), deviations: [...deviations] }
  const message = readStartLine(first, base)
  const broken = brokenCoreHeader(message)
  if (broken) throw new MalformedError('sip', offsetOfHeader(lines, broken), `${broken} is missing or broken`)
  const length = headerOf(message, 'Content-Length')
  const declared = length !== undefined && /^\d{1,9}$/.test(length) ? Number(length) : null
  return { message, bodyAt, declared }
}

interface Line {
  readonly at: number
  text: string
}

/** Lines up to the empty one, folded lines joined. Leading empty lines are passed over (RFC 3261 §7.5). */
function readLines(bytes: Uint8Array, deviations: Set<SipDeviation>): { lines: Line[]; bodyAt: number } {
  const lines: Line[] = []
  const end = Math.min(bytes.length, MAX_HEAD_BYTES)
  let at = 0
  while (at < end) {
    const lineEnd = bytes.indexOf(LF, at)
    const stop = lineEnd < 0 ? end : Math.min(lineEnd, end)
    const hasCr = stop > at && bytes[stop - 1] === CR
    if (lineEnd >= 0 && !hasCr) deviations.add('bare-lf')
    const line = bytes.subarray(at, hasCr ? stop - 1 : stop)
    if (line.length === 0 && lines.length > 0) return { lines, bodyAt: stop + 1 }
    if (line.length > 0)
      addLine(lines, { at, text: textOfLine(line, at, lineEnd < 0, deviations) }, deviations)
    at = stop + 1
  }
  if (bytes.length > MAX_HEAD_BYTES) throw new MalformedError('sip', MAX_HEAD_BYTES, 'the head does not end')
  deviations.add('no-end-of-headers')
  return { lines, bodyAt: bytes.length }
}

function addLine(lines: Line[], line: Line, deviations: Set<SipDeviation>): void {
  const last = lines.at(-1)
  if (lines.length > 1 && last && /^[ \t]/.test(line.text)) {
    deviations.add('folded-header')
    last.text = `${last.text} ${line.text.trim()}`
  } else if (line.text.trim() !== '') lines.push(line)
}

function textOfLine(line: Uint8Array, at: number, isLast: boolean, deviations: Set<SipDeviation>): string {
  const nul = line.indexOf(0)
  if (nul < 0) return withoutCr(decodeText(line))
  if (!isLast || line.subarray(nul).some((byte) => byte !== 0)) {
    throw new MalformedError('sip', at + nul, 'NUL in the head')
  }
  deviations.add('trailing-nul')
  return withoutCr(decodeText(line.subarray(0, nul)))
}

/** A CR within a line would break the line again when an answer repeats it. */
const withoutCr = (text: string) => (text.includes('\r') ? text.replaceAll('\r', ' ') : text)

const REQUEST_LINE = /^\s*([A-Za-z][\w.!%*+`'~-]*)\s+(\S+)\s+SIP\/2\.0\s*$/i
const STATUS_LINE = /^\s*SIP\/2\.0\s+(\d{3})(?:\s+(.*))?$/i

/** Whether a line could begin a message. */
export function isStartLine(text: string): boolean {
  return REQUEST_LINE.test(text) || STATUS_LINE.test(text)
}

function readStartLine(line: Line, base: Omit<SipMessage, 'kind'>): SipMessage {
  const request = REQUEST_LINE.exec(line.text)
  if (request)
    return { ...base, kind: 'request', method: request[1]!.toUpperCase(), uri: request[2]! } as SipMessage
  const response = STATUS_LINE.exec(line.text)
  const status = Number(response?.[1])
  if (response && status >= 100 && status <= 699) {
    return { ...base, kind: 'response', status, reason: (response[2] ?? '').trim() } as SipMessage
  }
  throw new MalformedError('sip', line.at, 'neither a request line nor a status line')
}

function readHeaders(lines: readonly Line[], deviations: Set<SipDeviation>): SipHeader[] {
  const headers: SipHeader[] = []
  for (const { text } of lines.slice(1)) {
    const colon = text.indexOf(':')
    const name = text.slice(0, Math.max(colon, 0)).trim()
    if (name === '' || /[\s<>"]/.test(name)) deviations.add('unreadable-header')
    else headers.push({ name: usualHeaderName(name), value: text.slice(colon + 1).trim() })
  }
  return headers
}

function offsetOfHeader(lines: readonly Line[], name: string): number {
  const line = lines.find(
    ({ text }) => usualHeaderName(text.slice(0, Math.max(text.indexOf(':'), 0)).trim()) === name,
  )
  return line?.at ?? 0
}
