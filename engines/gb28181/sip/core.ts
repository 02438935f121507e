/** The headers every SIP message must bear (RFC 3261 §8.1.1), as values. */
import { headerOf, headersOf, type SipMessage } from './message.ts'
import { type NameAddress, readNameAddress } from './name-address.ts'
import { readVia, type Via } from './via.ts'

export interface CSeq {
  readonly number: number
  readonly method: string
}

/** Reads `20 INVITE`; `null` when it is not of that form. */
export function readCSeq(value: string): CSeq | null {
  const match = /^\s*(\d{1,10})\s+(\S+)\s*$/.exec(value)
  return match ? { number: Number(match[1]), method: match[2]! } : null
}

/** The topmost Via. Messages from `readSipMessage` have one; of others this throws TypeError. */
export function topViaOf(message: SipMessage): Via {
  return present(readVia(headersOf(message, 'Via')[0] ?? ''), 'Via')
}

/** From, with its tag among the parameters. */
export function fromOf(message: SipMessage): NameAddress {
  return present(readNameAddress(headerOf(message, 'From') ?? ''), 'From')
}

/** To, with its tag among the parameters. */
export function toOf(message: SipMessage): NameAddress {
  return present(readNameAddress(headerOf(message, 'To') ?? ''), 'To')
}

export function callIdOf(message: SipMessage): string {
  return present(headerOf(message, 'Call-ID'), 'Call-ID')
}

export function cseqOf(message: SipMessage): CSeq {
  return present(readCSeq(headerOf(message, 'CSeq') ?? ''), 'CSeq')
}

/** The first Contact; `null` when there is none, or none that can be read (`*` among them). */
export function contactOf(message: SipMessage): NameAddress | null {
  return readNameAddress(headersOf(message, 'Contact')[0] ?? '')
}

function present<T>(value: T | null | undefined, name: string): T {
  if (value === null || value === undefined) throw new TypeError(`the message has no readable ${name}`)
  return value
}

/** First of the core headers that is missing or broken; `null` when all are there. */
export function brokenCoreHeader(message: SipMessage): string | null {
  if (!readVia(headersOf(message, 'Via')[0] ?? '')) return 'Via'
  if (!readNameAddress(headerOf(message, 'From') ?? '')) return 'From'
  if (!readNameAddress(headerOf(message, 'To') ?? '')) return 'To'
  if (!headerOf(message, 'Call-ID')) return 'Call-ID'
  if (!readCSeq(headerOf(message, 'CSeq') ?? '')) return 'CSeq'
  return null
}
