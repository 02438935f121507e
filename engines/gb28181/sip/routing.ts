/** Where answers and later requests go when addresses in messages cannot be trusted (pains 1, 9, 13). */
import { contactOf, topViaOf } from './core.ts'
import { headersOf, type SipMessage, type SipRequest, type SipResponse, withHeader } from './message.ts'
import { readUri, writeUri } from './uri.ts'
import { readVia, writeVia } from './via.ts'

/** Where a packet came from or goes to. */
export interface Endpoint {
  readonly transport: 'UDP' | 'TCP'
  readonly address: string
  readonly port: number
}

const DEFAULT_PORT = 5060

/**
 * A request as received from `source`: its topmost Via tells it (`received`, `rport`; RFC 3261 §18.2.1, RFC 3581 §4).
 * `rport` is filled only where it was asked for; `received` where the address differs.
 */
export function stampSource(request: SipRequest, source: Endpoint): SipRequest {
  const via = topViaOf(request)
  const asked = 'rport' in via.parameters
  if (via.host === source.address && !asked) return request
  const parameters = {
    ...via.parameters,
    ...(asked ? { rport: String(source.port) } : {}),
    received: source.address,
  }
  const [, ...lower] = headersOf(request, 'Via')
  return replaceVias(request, [writeVia({ ...via, parameters }), ...lower])
}

function replaceVias<M extends SipMessage>(message: M, values: readonly string[]): M {
  const others = message.headers.filter(({ name }) => name.toLowerCase() !== 'via')
  return { ...message, headers: [...values.map((value) => ({ name: 'Via', value })), ...others] }
}

/**
 * Where an answer goes: to the packet's source when it is known, whatever Via says (pain 1). Without it (after a
 * restart) to `received` and `rport` of the topmost Via, else to the address written there (RFC 3261 §18.2.2).
 */
export function responseTarget(response: SipResponse, source?: Endpoint): Endpoint {
  if (source) return source
  const via = topViaOf(response)
  const { received, rport, maddr } = via.parameters
  return {
    transport: via.transport === 'TCP' ? 'TCP' : 'UDP',
    address: maddr || received || via.host,
    port: portOf(rport) ?? via.port ?? DEFAULT_PORT,
  }
}

/** The address under which the other side sees us: `received` and `rport` of our own Via in its answer (pain 9). */
export function observedAddress(response: SipResponse): { address: string; port: number } | null {
  const via = readVia(headersOf(response, 'Via')[0] ?? '')
  if (!via) return null
  const { received, rport } = via.parameters
  if (!received && !rport) return null
  return { address: received || via.host, port: portOf(rport) ?? via.port ?? DEFAULT_PORT }
}

/** The Contact address with the host and port under which we are seen (pain 9). */
export function rewriteContact(uri: string, seen: { address: string; port: number }): string {
  const read = readUri(uri)
  return read ? writeUri({ ...read, host: seen.address, port: seen.port }) : uri
}

/** A message whose Contact says where we are seen. */
export function withContactSeen<M extends SipMessage>(
  message: M,
  seen: { address: string; port: number },
): M {
  const contact = contactOf(message)
  if (!contact) return message
  const { expires } = contact.parameters
  return withHeader(
    message,
    'Contact',
    `<${rewriteContact(contact.uri, seen)}>${expires ? `;expires=${expires}` : ''}`,
  )
}

/**
 * Where requests to a peer go: its Contact's address stands in the request line, the packet goes to where its own packets
 * come from, as a private or wrong Contact cannot be reached (pains 9, 13). Without a source: to the Contact.
 */
export function requestTarget(
  contactUri: string,
  transport: 'UDP' | 'TCP',
  source?: Endpoint,
): Endpoint | null {
  if (source) return source
  const uri = readUri(contactUri)
  if (!uri?.host) return null
  return {
    transport: uri.parameters['transport']?.toUpperCase() === 'TCP' ? 'TCP' : transport,
    address: uri.host,
    port: uri.port ?? DEFAULT_PORT,
  }
}

function portOf(text: string | undefined): number | null {
  const port = text ? Number(text) : Number.NaN
  return Number.isInteger(port) && port > 0 && port <= 65535 ? port : null
}
