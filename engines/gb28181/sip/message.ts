/** SIP messages as values (RFC 3261 §7). Headers keep the order of the wire; everything else is read out of them. */

/** One header line, unfolded, its name in the usual spelling (`Call-ID`, also when written `i` or `CALL-ID`). */
export interface SipHeader {
  readonly name: string
  readonly value: string
}

/** What a reader forgave. Kept, so that a device's habits can be shown and its dialect learnt. */
export type SipDeviation =
  | 'bare-lf'
  | 'folded-header'
  | 'unreadable-header'
  | 'no-end-of-headers'
  | 'no-content-length'
  | 'wrong-content-length'
  | 'trailing-nul'

interface SipMessageParts {
  readonly headers: readonly SipHeader[]
  /** The body as it came; empty when there is none. */
  readonly body: Uint8Array
  /** Absent on messages that were made here. */
  readonly deviations?: readonly SipDeviation[]
}

/** A request (RFC 3261 §7.1). */
export interface SipRequest extends SipMessageParts {
  readonly kind: 'request'
  /** As written, in capitals for all methods of the standard. */
  readonly method: string
  readonly uri: string
}

/** A response (RFC 3261 §7.2). */
export interface SipResponse extends SipMessageParts {
  readonly kind: 'response'
  /** 100–699. */
  readonly status: number
  readonly reason: string
}

export type SipMessage = SipRequest | SipResponse

/** First value of a header, whatever its letter case; `undefined` when absent. */
export function headerOf(message: SipMessage, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const header of message.headers) if (header.name.toLowerCase() === wanted) return header.value
  return undefined
}

/** All values of a header that may be repeated or listed by commas (Via, Route, Record-Route, Contact). */
export function headersOf(message: SipMessage, name: string): string[] {
  const wanted = name.toLowerCase()
  return message.headers.flatMap(({ name: its, value }) =>
    its.toLowerCase() === wanted ? splitList(value) : [],
  )
}

/** The message with one header set: replaced where it stands, appended where it was absent. */
export function withHeader<M extends SipMessage>(message: M, name: string, value: string): M {
  const wanted = name.toLowerCase()
  const at = message.headers.findIndex((header) => header.name.toLowerCase() === wanted)
  const headers =
    at < 0
      ? [...message.headers, { name, value }]
      : message.headers.with(at, { name: message.headers[at]?.name ?? name, value })
  return { ...message, headers }
}

/** The message without any header of this name. */
export function withoutHeader<M extends SipMessage>(message: M, name: string): M {
  const wanted = name.toLowerCase()
  return { ...message, headers: message.headers.filter((header) => header.name.toLowerCase() !== wanted) }
}

/** Splits at commas outside of quotes and angle brackets. Empty parts are dropped. */
function splitList(value: string): string[] {
  if (!value.includes(',')) return value === '' ? [] : [value]
  const parts: string[] = []
  let start = 0
  let quoted = false
  let angled = false
  for (let at = 0; at <= value.length; at += 1) {
    const char = value[at]
    if (char === '"' && value[at - 1] !== '\\') quoted = !quoted
    else if (quoted) continue
    else if (char === '<') angled = true
    else if (char === '>') angled = false
    if (char === undefined || (char === ',' && !angled)) {
      const part = value.slice(start, at).trim()
      if (part) parts.push(part)
      start = at + 1
    }
  }
  if (quoted) parts.push(value.slice(start).trim())
  return parts.filter(Boolean)
}
