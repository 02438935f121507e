import { callIdOf, cseqOf, fromOf, topViaOf } from '../sip/core.ts'
import type { SipMessage, SipRequest } from '../sip/message.ts'

/** Key of the client transaction that a response, or a request of ours, belongs to (RFC 3261 §17.1.3). */
export function clientKey(message: SipMessage): string {
  return `c ${topViaOf(message).parameters['branch'] ?? ''} ${cseqOf(message).method}`
}

/**
 * Key of the server transaction that a request belongs to (RFC 3261 §17.2.3). Call-ID and CSeq go in as well: there are
 * devices whose branch never changes. ACK and INVITE share one key; CANCEL has its own.
 */
export function serverKey(request: SipRequest): string {
  const via = topViaOf(request)
  const { number } = cseqOf(request)
  const method = request.method === 'ACK' ? 'INVITE' : request.method
  const tag = fromOf(request).parameters['tag'] ?? ''
  return `s ${via.parameters['branch'] ?? ''} ${via.host}:${via.port ?? ''} ${callIdOf(request)} ${tag} ${number} ${method}`
}

/** Key of the INVITE that a CANCEL is about. */
export function cancelledKey(cancel: SipRequest): string {
  return serverKey({ ...cancel, method: 'INVITE' })
}

/** What an ACK of a 2xx, whose branch is its own, has in common with its INVITE. */
export function acceptedKey(request: SipRequest): string {
  return `${callIdOf(request)} ${fromOf(request).parameters['tag'] ?? ''} ${cseqOf(request).number}`
}
