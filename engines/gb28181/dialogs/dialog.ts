import { callIdOf, contactOf, cseqOf, fromOf, toOf } from '../sip/core.ts'
import { type Hop, makeRequest, type SipBody, tagsOf } from '../sip/make-message.ts'
import { headersOf, type SipHeader, type SipRequest, type SipResponse } from '../sip/message.ts'
import { writeNameAddress } from '../sip/name-address.ts'
import type { Endpoint } from '../sip/routing.ts'

/**
 * A dialog (RFC 3261 §12): plain data that can be stored as JSON and read back by `readDialog`, so that after a restart
 * its BYE can still be sent (pains 11, 12).
 */
export interface Dialog {
  readonly callId: string
  /** Value of From of our requests, with our tag. */
  readonly local: string
  readonly localTag: string
  /** Value of To of our requests, with the other side's tag where it gave one. */
  readonly remote: string
  readonly remoteTag: string
  /** Where its Contact points: address of our request lines. */
  readonly remoteTarget: string
  /** Where packets really go: the source of its own (pain 9). */
  readonly peer: Endpoint
  readonly routes: readonly string[]
  /** Number of our last request. */
  readonly localSeq: number
  /** Number of its last request; `null` before any. */
  readonly remoteSeq: number | null
}

/** What this side puts into requests. */
export interface CallEnvironment {
  readonly hop: Hop
  /** Address of our Contact, `sip:id@host:port` as the other side can reach it. */
  readonly contact: string
  /** A new branch each time, beginning with `z9hG4bK`. */
  branch(): string
  readonly userAgent?: string
}

/** Headers every request of ours bears within a call. */
export function ownHeaders(environment: CallEnvironment): SipHeader[] {
  const { contact, userAgent } = environment
  return [
    { name: 'Contact', value: `<${contact}>` },
    ...(userAgent ? [{ name: 'User-Agent', value: userAgent }] : []),
  ]
}

/** The dialog of the side that called, by the 2xx it got (§12.1.2). */
export function dialogOfCaller(response: SipResponse, source: Endpoint): Dialog {
  const { from, to } = tagsOf(response)
  return {
    callId: callIdOf(response),
    local: writeNameAddress(fromOf(response)),
    localTag: from ?? '',
    remote: writeNameAddress(toOf(response)),
    remoteTag: to ?? '',
    remoteTarget: contactOf(response)?.uri ?? toOf(response).uri,
    peer: source,
    routes: headersOf(response, 'Record-Route').reverse(),
    localSeq: cseqOf(response).number,
    remoteSeq: null,
  }
}

/** The dialog of the side that was called, by the INVITE and the tag put on its answers (§12.1.1). */
export function dialogOfCallee(invite: SipRequest, localTag: string, source: Endpoint): Dialog {
  const to = toOf(invite)
  return {
    callId: callIdOf(invite),
    local: writeNameAddress({ ...to, parameters: { ...to.parameters, tag: localTag } }),
    localTag,
    remote: writeNameAddress(fromOf(invite)),
    remoteTag: tagsOf(invite).from ?? '',
    remoteTarget: contactOf(invite)?.uri ?? fromOf(invite).uri,
    peer: source,
    routes: headersOf(invite, 'Record-Route'),
    localSeq: 0,
    remoteSeq: cseqOf(invite).number,
  }
}

/** A request of ours within the dialog (§12.2.1.1), and the dialog counted on. */
export function requestWithin(
  dialog: Dialog,
  method: string,
  environment: CallEnvironment,
  more: { headers?: readonly SipHeader[]; body?: SipBody } = {},
): { dialog: Dialog; request: SipRequest } {
  const counted = { ...dialog, localSeq: dialog.localSeq + 1 }
  return { dialog: counted, request: requestOf(counted, method, counted.localSeq, environment, more) }
}

/** The ACK of a 2xx (§13.2.2.4): to the Contact of the answer, in no transaction. */
export function ackOf(dialog: Dialog, inviteSeq: number, environment: CallEnvironment): SipRequest {
  return requestOf(dialog, 'ACK', inviteSeq, environment, {})
}

function requestOf(
  dialog: Dialog,
  method: string,
  cseq: number,
  environment: CallEnvironment,
  { headers = [], body }: { headers?: readonly SipHeader[]; body?: SipBody },
): SipRequest {
  return makeRequest({
    method,
    uri: dialog.remoteTarget,
    hop: environment.hop,
    branch: environment.branch(),
    from: dialog.local,
    to: dialog.remote,
    callId: dialog.callId,
    cseq,
    headers: [
      ...dialog.routes.map((value) => ({ name: 'Route', value })),
      ...ownHeaders(environment),
      ...headers,
    ],
    ...(body ? { body } : {}),
  })
}

/** Whether a request belongs to the dialog. A tag that was lost on the way is forgiven (pain 12), a wrong one is not. */
export function belongsTo(dialog: Dialog, request: SipRequest): boolean {
  const { from, to } = tagsOf(request)
  const isSame = (mine: string, its: string | null) => its === null || mine === '' || mine === its
  return callIdOf(request) === dialog.callId && isSame(dialog.remoteTag, from) && isSame(dialog.localTag, to)
}

/**
 * Takes a request of the other side into account (§12.2.2): its number, its place. A number that does not rise is
 * forgiven: there are devices that always write the same, and what comes twice the transactions absorb.
 */
export function takeRequest(dialog: Dialog, request: SipRequest, source: Endpoint): Dialog {
  return { ...dialog, remoteSeq: Math.max(cseqOf(request).number, dialog.remoteSeq ?? 0), peer: source }
}

/** A dialog that was stored as JSON; `null` when it is none. */
export function readDialog(stored: unknown): Dialog | null {
  const it = stored as Partial<Dialog> | null
  const hasTexts = [it?.callId, it?.local, it?.localTag, it?.remote, it?.remoteTag, it?.remoteTarget].every(
    (text) => typeof text === 'string',
  )
  const hasPeer = typeof it?.peer?.address === 'string' && Number.isInteger(it.peer.port)
  const hasRest = Array.isArray(it?.routes) && Number.isInteger(it.localSeq)
  return hasTexts && hasPeer && hasRest ? (it as Dialog) : null
}
