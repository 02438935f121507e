import { makeResponse } from '../sip/make-message.ts'
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.ts'
import { type Endpoint, stampSource } from '../sip/routing.ts'
import {
  type ClientEffect,
  type ClientEvent,
  type ClientTold,
  type ClientTransaction,
  startClient,
  stepClient,
} from './client.ts'
import { acceptedKey, cancelledKey, clientKey, serverKey } from './keys.ts'
import {
  type ServerEffect,
  type ServerEvent,
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

interface Client {
  readonly transaction: ClientTransaction
  readonly target: Endpoint
}

interface Server {
  readonly transaction: ServerTransaction
  readonly source: Endpoint
}

/** All transactions of one SIP endpoint. Has state, but no clock and no socket: it says what is to be done. */
export class TransactionLayer {
  readonly #timers: TimerBases
  readonly #clients = new Map<string, Client>()
  readonly #servers = new Map<string, Server>()
  /** Accepted INVITEs by what their ACK has in common with them. */
  readonly #accepted = new Map<string, string>()

  constructor(timers: TimerBases = RFC3261_TIMERS) {
    this.#timers = timers
  }

  /** How many transactions are open. */
  get size(): number {
    return this.#clients.size + this.#servers.size
  }

  /** Sends a request in a transaction of its own. Not for ACK, which has none. */
  request(request: SipRequest, target: Endpoint): LayerEffect[] {
    const { transaction, effects } = startClient(request, target.transport === 'TCP', this.#timers)
    return this.#keepClient(clientKey(request), { transaction, target }, effects)
  }

  /** Answers a request that was told. Without effect when its transaction is over. */
  respond(request: SipRequest, response: SipResponse): LayerEffect[] {
    return this.#stepServer(serverKey(request), { kind: 'respond', response })
  }

  /** Takes a message that came from `source`. */
  receive(message: SipMessage, source: Endpoint): LayerEffect[] {
    if (message.kind === 'request') return this.#receiveRequest(message, source)
    const key = clientKey(message)
    if (this.#clients.has(key)) return this.#stepClient(key, { kind: 'response', response: message })
    return [{ do: 'tell', event: { kind: 'stray', response: message, source } }]
  }

  /** A timer of `start-timer` has run out. */
  fire(key: string, timer: Timer): LayerEffect[] {
    const event = { kind: 'timer', timer } as const
    return this.#clients.has(key) ? this.#stepClient(key, event) : this.#stepServer(key, event)
  }

  /** A message of this transaction could not be sent. */
  fail(key: string): LayerEffect[] {
    return this.#stepClient(key, { kind: 'transport-failed' })
  }

  #receiveRequest(request: SipRequest, source: Endpoint): LayerEffect[] {
    const key = serverKey(request)
    if (request.method === 'ACK') {
      const invite = this.#servers.has(key) ? key : this.#accepted.get(acceptedKey(request))
      return invite === undefined ? [] : this.#stepServer(invite, { kind: 'ack', ack: request })
    }
    if (this.#servers.has(key)) return this.#stepServer(key, { kind: 'again' })
    return this.#begin(key, stampSource(request, source), source)
  }

  #begin(key: string, request: SipRequest, source: Endpoint): LayerEffect[] {
    const transaction = startServer(request, source.transport === 'TCP', this.#timers)
    this.#servers.set(key, { transaction, source })
    if (request.method === 'CANCEL') return this.#cancel(key, request)
    const told: LayerEffect = { do: 'tell', event: { kind: 'request', request, source } }
    if (request.method !== 'INVITE') return [told]
    return [...this.#stepServer(key, { kind: 'respond', response: makeResponse(request, 100) }), told]
  }

  #cancel(key: string, request: SipRequest): LayerEffect[] {
    const open = this.#servers.get(cancelledKey(request))?.transaction
    const response = makeResponse(request, open ? 200 : 481)
    const answered = this.#stepServer(key, { kind: 'respond', response })
    if (open?.state !== 'trying' && open?.state !== 'proceeding') return answered
    return [...answered, { do: 'tell', event: { kind: 'cancelled', request: open.request } }]
  }

  #stepClient(key: string, event: ClientEvent): LayerEffect[] {
    const client = this.#clients.get(key)
    if (!client) return []
    const { transaction, effects } = stepClient(client.transaction, event)
    return this.#keepClient(key, { ...client, transaction }, effects)
  }

  #keepClient(key: string, client: Client, effects: readonly ClientEffect[]): LayerEffect[] {
    if (client.transaction.state === 'ended') this.#clients.delete(key)
    else this.#clients.set(key, client)
    return effects.map((effect) => toLayer(effect, key, client.target, client.transaction.request))
  }

  #stepServer(key: string, event: ServerEvent): LayerEffect[] {
    const server = this.#servers.get(key)
    if (!server) return []
    const { transaction, effects } = stepServer(server.transaction, event)
    this.#keepServer(key, { ...server, transaction })
    return effects.map((effect) => toLayer(effect, key, server.source, transaction.request))
  }

  #keepServer(key: string, server: Server): void {
    const { request, state } = server.transaction
    if (state !== 'ended') {
      this.#servers.set(key, server)
      if (state === 'accepted') this.#accepted.set(acceptedKey(request), key)
      return
    }
    this.#servers.delete(key)
    if (request.method === 'INVITE') this.#accepted.delete(acceptedKey(request))
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
