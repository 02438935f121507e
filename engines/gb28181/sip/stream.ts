import { MalformedError } from '../errors.ts'
import type { SipMessage } from './message.ts'
import { isStartLine, MAX_HEAD_BYTES, readSipHead } from './read-message.ts'

/** What a TCP stream brought. */
export type SipStreamItem =
  | { readonly kind: 'message'; readonly message: SipMessage }
  /** CRLF CRLF between messages: answered by one CRLF (RFC 5626 §4.4.1). */
  | { readonly kind: 'ping' }
  /**
   * Bytes that belong to no message were passed over up to the next start line (a wrong Content-Length before them, as
   * a rule), or a message with a broken head was dropped.
   */
  | { readonly kind: 'malformed'; readonly error: MalformedError }

export interface SipStreamLimits {
  /** Largest body in bytes; default 8 MiB (catalogue parts of 10,000 items, GB/T 28181-2022 annex M). */
  readonly bodyBytes?: number
}

/** Cuts a TCP stream into messages (RFC 3261 §18.3), whatever the pieces it arrives in. */
export interface SipStream {
  /**
   * Takes the next piece; gives what is complete by now.
   *
   * @throws MalformedError when a head does not end or a body would be too large: close the connection
   */
  push(piece: Uint8Array): SipStreamItem[]
}

const CRLF_CRLF = Buffer.from('\r\n\r\n')
const LF_LF = Buffer.from('\n\n')
const LF_CRLF = Buffer.from('\n\r\n')

/** A new stream. Holds at most one head and one body. */
export function createSipStream({ bodyBytes = 8 * 1024 * 1024 }: SipStreamLimits = {}): SipStream {
  let pieces: Uint8Array[] = []
  let held = 0
  /** Bytes without which the message at hand cannot be complete; saves joining pieces of a long body again and again. */
  let wanted = 1
  return {
    push(piece) {
      pieces.push(piece)
      held += piece.length
      if (held < wanted) return []
      const bytes = pieces.length === 1 ? Buffer.from(piece) : Buffer.concat(pieces)
      const { items, taken, needs } = takeItems(bytes, bodyBytes)
      pieces = [bytes.subarray(taken)]
      held = bytes.length - taken
      wanted = Math.max(needs, held + 1)
      return items
    },
  }
}

interface Taken {
  items: SipStreamItem[]
  taken: number
  needs: number
}

function takeItems(bytes: Buffer, bodyBytes: number): Taken {
  const items: SipStreamItem[] = []
  let at = 0
  for (;;) {
    const next = takeItem(bytes.subarray(at), bodyBytes)
    if ('needs' in next) return { items, taken: at, needs: next.needs }
    if (next.item) items.push(next.item)
    at += next.length
  }
}

/** One item from the front, or how many bytes must be there before there can be one. */
function takeItem(
  bytes: Buffer,
  bodyBytes: number,
): { item: SipStreamItem | null; length: number } | { needs: number } {
  if (bytes.length === 0) return { needs: 1 }
  if (bytes[0]! <= 0x20) return takeBlank(bytes)
  const headEnd = endOfHead(bytes)
  const lineEnd = bytes.indexOf(0x0a)
  if (lineEnd >= 0 && !isStartLine(lineOf(bytes, lineEnd))) return passOver(bytes)
  if (headEnd < 0) {
    if (bytes.length > MAX_HEAD_BYTES) {
      throw new MalformedError('sip-stream', MAX_HEAD_BYTES, 'the head does not end')
    }
    return { needs: bytes.length + 1 }
  }
  return takeMessage(bytes, headEnd, bodyBytes)
}

function takeMessage(bytes: Buffer, headEnd: number, bodyBytes: number) {
  const head = headOrFault(bytes.subarray(0, headEnd))
  if (head instanceof MalformedError)
    return { item: { kind: 'malformed', error: head } as const, length: headEnd }
  // A stream has no other end of a body than this: none declared is none (RFC 3261 §20.14).
  const length = head.declared ?? 0
  if (length > bodyBytes) throw new MalformedError('sip-stream', headEnd, `a body of ${length} bytes`)
  if (bytes.length < headEnd + length) return { needs: headEnd + length }
  const body = bytes.subarray(headEnd, headEnd + length)
  return { item: { kind: 'message', message: { ...head.message, body } } as const, length: headEnd + length }
}

function headOrFault(head: Buffer) {
  try {
    return readSipHead(head)
  } catch (error) {
    if (error instanceof MalformedError) return error
    throw error
  }
}

/** Line ends and blanks between messages; CRLF CRLF among them is a ping. */
function takeBlank(bytes: Buffer): { item: SipStreamItem | null; length: number } | { needs: number } {
  if (bytes.subarray(0, 4).equals(CRLF_CRLF)) return { item: { kind: 'ping' }, length: 4 }
  if (bytes.length < 4 && CRLF_CRLF.subarray(0, bytes.length).equals(bytes))
    return { needs: bytes.length + 1 }
  return { item: null, length: 1 }
}

/** Lines that start no message, up to one that does, or to the end of the last whole line. */
function passOver(bytes: Buffer): { item: SipStreamItem; length: number } {
  let at = 0
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, at)) {
    if (isStartLine(lineOf(bytes.subarray(at), end - at))) break
    at = end + 1
  }
  const error = new MalformedError('sip-stream', 0, `${at} bytes that belong to no message`)
  return { item: { kind: 'malformed', error }, length: at }
}

function lineOf(bytes: Buffer, end: number): string {
  return bytes.toString('latin1', 0, Math.min(end, 2048)).trimEnd()
}

/** Offset after the empty line that ends the head; -1 when it is not there yet. */
function endOfHead(bytes: Buffer): number {
  const ends = [CRLF_CRLF, LF_LF, LF_CRLF]
    .map((mark) => ({ at: bytes.indexOf(mark), length: mark.length }))
    .filter(({ at }) => at >= 0)
    .map(({ at, length }) => at + length)
  return ends.length === 0 ? -1 : Math.min(...ends)
}
