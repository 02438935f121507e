import { callIdOf, cseqOf, fromOf, toOf } from './core.ts'
import { headerOf, headersOf, type SipHeader, type SipRequest, type SipResponse } from './message.ts'
import { writeNameAddress } from './name-address.ts'
import { reasonOf } from './reasons.ts'
import { writeVia } from './via.ts'

/** Where this side receives answers, as it is to stand in Via. */
export interface Hop {
  readonly transport: 'UDP' | 'TCP'
  readonly host: string
  readonly port: number
}

/** A body and what it is. */
export interface SipBody {
  /** `Application/MANSCDP+xml`, `Application/MANSRTSP`, `application/sdp`. */
  readonly type: string
  readonly bytes: Uint8Array
}

export interface RequestParts {
  readonly method: string
  readonly uri: string
  readonly hop: Hop
  /** Unique per transaction; must begin with `z9hG4bK` (RFC 3261 §8.1.1.7). */
  readonly branch: string
  /** Value of From, with its tag. */
  readonly from: string
  /** Value of To; with a tag only inside a dialog. */
  readonly to: string
  readonly callId: string
  readonly cseq: number
  /** Further headers in their order: Contact, Subject, Expires, Event, X-GB-ver, User-Agent, … */
  readonly headers?: readonly SipHeader[]
  readonly body?: SipBody
}

/** Via of a request made here: asks for the answer at the packet's source (`rport`, RFC 3581). */
export function viaOfHop({ transport, host, port }: Hop, branch: string): string {
  return writeVia({ transport, host, port, parameters: { rport: '', branch } })
}

/** A request (RFC 3261 §8.1.1). */
export function makeRequest(parts: RequestParts): SipRequest {
  return {
    kind: 'request',
    method: parts.method,
    uri: parts.uri,
    headers: [
      { name: 'Via', value: viaOfHop(parts.hop, parts.branch) },
      { name: 'From', value: parts.from },
      { name: 'To', value: parts.to },
      { name: 'Call-ID', value: parts.callId },
      { name: 'CSeq', value: `${parts.cseq} ${parts.method}` },
      { name: 'Max-Forwards', value: '70' },
      ...(parts.headers ?? []),
      ...contentType(parts.body),
    ],
    body: parts.body?.bytes ?? new Uint8Array(0),
  }
}

export interface ResponseParts {
  readonly reason?: string
  /** Put on To when the request's To has none (RFC 3261 §8.2.6.2); not for 100. */
  readonly toTag?: string
  readonly headers?: readonly SipHeader[]
  readonly body?: SipBody
}

/** The answer to a request: Via, From, To, Call-ID, CSeq and Record-Route as they came (RFC 3261 §8.2.6). */
export function makeResponse(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  const routes = status > 100 && status < 300 ? headersOf(request, 'Record-Route') : []
  const { number, method } = cseqOf(request)
  return {
    kind: 'response',
    status,
    reason: parts.reason ?? reasonOf(status),
    headers: [
      ...headersOf(request, 'Via').map((value) => ({ name: 'Via', value })),
      ...routes.map((value) => ({ name: 'Record-Route', value })),
      { name: 'From', value: headerOf(request, 'From')! },
      { name: 'To', value: taggedTo(request, status === 100 ? undefined : parts.toTag) },
      { name: 'Call-ID', value: callIdOf(request) },
      { name: 'CSeq', value: `${number} ${method}` },
      ...(parts.headers ?? []),
      ...contentType(parts.body),
    ],
    body: parts.body?.bytes ?? new Uint8Array(0),
  }
}

function taggedTo(request: SipRequest, tag: string | undefined): string {
  const to = toOf(request)
  if (tag === undefined || to.parameters['tag']) return headerOf(request, 'To')!
  return writeNameAddress({ ...to, parameters: { ...to.parameters, tag } })
}

function contentType(body: SipBody | undefined): SipHeader[] {
  return body ? [{ name: 'Content-Type', value: body.type }] : []
}

/**
 * CANCEL of a request (RFC 3261 §9.1): same address, Via, Call-ID, From, To and number. Only to be sent once a
 * provisional response has come.
 */
export function makeCancel(invite: SipRequest): SipRequest {
  return sameTransaction(invite, 'CANCEL', headerOf(invite, 'To')!)
}

/** ACK of a failed INVITE (RFC 3261 §17.1.1.3): belongs to the INVITE's transaction, bears the response's To. */
export function makeFailureAck(invite: SipRequest, response: SipResponse): SipRequest {
  return sameTransaction(invite, 'ACK', headerOf(response, 'To')!)
}

function sameTransaction(invite: SipRequest, method: 'ACK' | 'CANCEL', to: string): SipRequest {
  return {
    kind: 'request',
    method,
    uri: invite.uri,
    headers: [
      { name: 'Via', value: headersOf(invite, 'Via')[0]! },
      { name: 'From', value: headerOf(invite, 'From')! },
      { name: 'To', value: to },
      { name: 'Call-ID', value: callIdOf(invite) },
      { name: 'CSeq', value: `${cseqOf(invite).number} ${method}` },
      { name: 'Max-Forwards', value: '70' },
      ...headersOf(invite, 'Route').map((value) => ({ name: 'Route', value })),
    ],
    body: new Uint8Array(0),
  }
}

/** Tags of both ends; `null` where there is none. */
export function tagsOf(message: SipRequest | SipResponse): { from: string | null; to: string | null } {
  return { from: fromOf(message).parameters['tag'] || null, to: toOf(message).parameters['tag'] || null }
}
