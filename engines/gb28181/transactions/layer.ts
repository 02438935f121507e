import { makeResponse } from '../sip/make-message.ts'
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.ts'
import { type Endpoint, stampSource } from '../sip/routing.ts'
import {
  type ClientEffect,
  type ClientTold,
  type ClientTransaction,
  startClient,
  stepClient,
} from './client.ts'
import { acceptedKey, cancelledKey, clientKey, serverKey } from './keys.ts'
import {
  type ServerEffect,
  type ServerTold,
  type ServerTransaction,
  startServer,
  stepServer,
} from './server.ts'
import { RFC3261_TIMERS, type Timer, type TimerBases } from './timers.ts'

/** What the user of the layer learns. */
export type LayerTold =
  | ({ readonly request: SipRequest } & (ClientTold | ServerTold))
  /** A new request: answer it by `respond`. INVITE has been answered by 100 already. */
  | { readonly kind: 'request'; readonly request: SipRequest; readonly source: Endpoint }
  /** This INVITE was cancelled (the CANCEL is answered): answer it by 487. */
  | { readonly kind: 'cancelled'; readonly request: SipRequest }
  /** A response no transaction awaits. A 2xx of INVITE among them must be answered by ACK and BYE (`endStray`). */
  | { readonly kind: 'stray'; readonly response: SipResponse; readonly source: Endpoint }

/** What the driver of the layer has to do. */
export type LayerEffect =
  | { readonly do: 'send'; readonly key: string; readonly message: SipMessage; readonly target: Endpoint }
  | { readonly do: 'start-timer'; readonly key: string; readonly timer: Timer; readonly afterMs: number }
  | { readonly do: 'stop-timers'; readonly key: string }
  | { readonly do: 'tell'; readonly event: LayerTold }

/** All transactions of one SIP endpoint. Has state, but no clock and no socket: it says what is to be done. */
export interface TransactionLayer {
  /** Sends a request in a transaction of its own. */
  request(request: SipRequest, target: Endpoint): LayerEffect[]
  /** Answers a request that was told. Without effect when its transaction is over. */
  respond(request: SipRequest, response: SipResponse): LayerEffect[]
  /** Takes a message that came from `source`. */
  receive(message: SipMessage, source: Endpoint): LayerEffect[]
  /** A timer of `start-timer` has run out. */
  fire(key: string, timer: Timer): LayerEffect[]
  /** A message of this transaction could not be sent. */
  fail(key: string): LayerEffect[]
  /** How many transactions are open. */
  readonly size: number
}

interface Client {
  readonly transaction: ClientTransaction
  readonly target: Endpoint
}

interface Server {
  readonly transaction: ServerTransaction
  readonly source: Endpoint
}

/** An empty layer. */
export function createTransactionLayer(timers: TimerBases = RFC3261_TIMERS): TransactionLayer {
  const clients = new Map<string, Client>()
  const servers = new Map<string, Server>()
  /** Accepted INVITEs by what their ACK has in common with them. */
  const accepted = new Map<string, string>()

  function keepClient(key: string, client: Client, effects: readonly ClientEffect[]): LayerEffect[] {
    if (client.transaction.state === 'ended') clients.delete(key)
    else clients.set(key, client)
    return effects.map((effect) => toLayer(effect, key, client.target, client.transaction.request))
  }

  function keepServer(key: string, server: Server, effects: readonly ServerEffect[]): LayerEffect[] {
    const { request, state } = server.transaction
    if (state === 'ended') {
      servers.delete(key)
      if (request.method === 'INVITE') accepted.delete(acceptedKey(request))
    } else {
      servers.set(key, server)
      if (state === 'accepted') accepted.set(acceptedKey(request), key)
    }
    return effects.map((effect) => toLayer(effect, key, server.source, request))
  }

  function stepServerOf(key: string, event: Parameters<typeof stepServer>[1]): LayerEffect[] {
    const server = servers.get(key)
    if (!server) return []
    const { transaction, effects } = stepServer(server.transaction, event)
    return keepServer(key, { ...server, transaction }, effects)
  }

  function stepClientOf(key: string, event: Parameters<typeof stepClient>[1]): LayerEffect[] {
    const client = clients.get(key)
    if (!client) return []
    const { transaction, effects } = stepClient(client.transaction, event)
    return keepClient(key, { ...client, transaction }, effects)
  }

  function receiveRequest(request: SipRequest, source: Endpoint): LayerEffect[] {
    const key = serverKey(request)
    if (request.method === 'ACK') {
      return stepServerOf(servers.has(key) ? key : (accepted.get(acceptedKey(request)) ?? ''), {
        kind: 'ack',
        ack: request,
      })
    }
    if (servers.has(key)) return stepServerOf(key, { kind: 'again' })
    return begin(key, stampSource(request, source), source)
  }

  function begin(key: string, request: SipRequest, source: Endpoint): LayerEffect[] {
    const transaction = startServer(request, source.transport === 'TCP', timers)
    servers.set(key, { transaction, source })
    if (request.method === 'CANCEL') return cancel(key, request)
    const told: LayerEffect = { do: 'tell', event: { kind: 'request', request, source } }
    if (request.method !== 'INVITE') return [told]
    return [...stepServerOf(key, { kind: 'respond', response: makeResponse(request, 100) }), told]
  }

  function cancel(key: string, request: SipRequest): LayerEffect[] {
    const invite = cancelledKey(request)
    const response = makeResponse(request, servers.has(invite) ? 200 : 481)
    const answered = stepServerOf(key, { kind: 'respond', response })
    const open = servers.get(invite)?.transaction
    if (open?.state !== 'trying' && open?.state !== 'proceeding') return answered
    return [...answered, { do: 'tell', event: { kind: 'cancelled', request: open.request } }]
  }

  return {
    request(request, target) {
      const key = clientKey(request)
      const { transaction, effects } = startClient(request, target.transport === 'TCP', timers)
      return keepClient(key, { transaction, target }, effects)
    },
    respond: (request, response) => stepServerOf(serverKey(request), { kind: 'respond', response }),
    receive(message, source) {
      if (message.kind === 'request') return receiveRequest(message, source)
      const key = clientKey(message)
      if (clients.has(key)) return stepClientOf(key, { kind: 'response', response: message })
      return [{ do: 'tell', event: { kind: 'stray', response: message, source } }]
    },
    fire: (key, timer) => [
      ...stepClientOf(key, { kind: 'timer', timer }),
      ...stepServerOf(key, { kind: 'timer', timer }),
    ],
    fail: (key) => stepClientOf(key, { kind: 'transport-failed' }),
    get size() {
      return clients.size + servers.size
    },
  }
}

function toLayer(
  effect: ClientEffect | ServerEffect,
  key: string,
  target: Endpoint,
  request: SipRequest,
): LayerEffect {
  switch (effect.do) {
    case 'send':
      return { do: 'send', key, message: effect.message, target }
    case 'start-timer':
      return { do: 'start-timer', key, timer: effect.timer, afterMs: effect.afterMs }
    case 'end':
      return { do: 'stop-timers', key }
    case 'tell':
      return { do: 'tell', event: { ...effect.event, request } }
  }
}
