import type { SipRequest, SipResponse } from '../sip/message.ts'
import { RFC3261_TIMERS, type Timer, type TimerBases, type TransactionEffect } from './timers.ts'

/**
 * A server transaction (RFC 3261 §17.2, RFC 6026), which also repeats a 2xx of INVITE until it is acknowledged
 * (§13.3.1.4): plain data, moved by `stepServer`.
 */
export interface ServerTransaction {
  /** `accepted`: 2xx of INVITE sent, ACK awaited. `acknowledged`: ACK came, repeated INVITEs are absorbed. */
  readonly state: 'trying' | 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'acknowledged' | 'ended'
  readonly request: SipRequest
  readonly reliable: boolean
  readonly timers: TimerBases
  readonly interval: number
  /** The last response sent; `null` before any. */
  readonly response: SipResponse | null
}

/** What its user learns. */
export type ServerTold =
  /** The ACK of our 2xx. */
  | { readonly kind: 'ack'; readonly ack: SipRequest }
  /** Our final answer to INVITE was never acknowledged; after a 2xx the session must be ended by BYE. */
  | { readonly kind: 'no-ack'; readonly status: number }

export type ServerEvent =
  /** The same request once more. */
  | { readonly kind: 'again' }
  | { readonly kind: 'ack'; readonly ack: SipRequest }
  /** The user answers. */
  | { readonly kind: 'respond'; readonly response: SipResponse }
  | { readonly kind: 'timer'; readonly timer: Timer }

export type ServerEffect = TransactionEffect<ServerTold>

export interface ServerStep {
  readonly transaction: ServerTransaction
  readonly effects: readonly ServerEffect[]
}

/** Begins a transaction for a request that came. */
export function startServer(
  request: SipRequest,
  reliable: boolean,
  timers: TimerBases = RFC3261_TIMERS,
): ServerTransaction {
  return { state: 'trying', request, reliable, timers, interval: timers.t1, response: null }
}

/** Moves a transaction on. What does not fit its state changes nothing. */
export function stepServer(transaction: ServerTransaction, event: ServerEvent): ServerStep {
  switch (event.kind) {
    case 'respond':
      return onRespond(transaction, event.response)
    case 'again':
      return { transaction, effects: onAgain(transaction) }
    case 'ack':
      return onAck(transaction, event.ack)
    case 'timer':
      return onTimer(transaction, event.timer)
  }
}

const timer = (name: Timer, afterMs: number): ServerEffect => ({ do: 'start-timer', timer: name, afterMs })
const unchanged = (transaction: ServerTransaction): ServerStep => ({ transaction, effects: [] })
const end = (transaction: ServerTransaction, effects: ServerEffect[] = []): ServerStep => ({
  transaction: { ...transaction, state: 'ended' },
  effects: [...effects, { do: 'end' }],
})

function onAgain({ state, response }: ServerTransaction): ServerEffect[] {
  const repeats = state === 'proceeding' || state === 'completed' || state === 'accepted'
  return repeats && response ? [{ do: 'send', message: response }] : []
}

function onRespond(transaction: ServerTransaction, response: SipResponse): ServerStep {
  if (transaction.state !== 'trying' && transaction.state !== 'proceeding') return unchanged(transaction)
  const send: ServerEffect = { do: 'send', message: response }
  const { status } = response
  if (status < 200) return { transaction: { ...transaction, state: 'proceeding', response }, effects: [send] }
  return transaction.request.method === 'INVITE'
    ? onInviteFinal({ ...transaction, response }, send, status)
    : onFinal({ ...transaction, response }, send)
}

function onFinal(transaction: ServerTransaction, send: ServerEffect): ServerStep {
  if (transaction.reliable) return end(transaction, [send])
  return {
    transaction: { ...transaction, state: 'completed' },
    effects: [send, timer('J', 64 * transaction.timers.t1)],
  }
}

function onInviteFinal(transaction: ServerTransaction, send: ServerEffect, status: number): ServerStep {
  const { t1 } = transaction.timers
  const isAccepted = status < 300
  // A 2xx is repeated over TCP as well: it is its ACK, from end to end, that is waited for.
  const repeats = isAccepted || !transaction.reliable
  return {
    transaction: { ...transaction, state: isAccepted ? 'accepted' : 'completed' },
    effects: [send, ...(repeats ? [timer('G', t1)] : []), timer('H', 64 * t1)],
  }
}

function onAck(transaction: ServerTransaction, ack: SipRequest): ServerStep {
  const { state, timers, reliable } = transaction
  if (state === 'accepted') {
    return {
      transaction: { ...transaction, state: 'acknowledged' },
      effects: [{ do: 'tell', event: { kind: 'ack', ack } }, timer('L', 64 * timers.t1)],
    }
  }
  if (state !== 'completed') return unchanged(transaction)
  if (reliable) return end(transaction)
  return { transaction: { ...transaction, state: 'confirmed' }, effects: [timer('I', timers.t4)] }
}

function onTimer(transaction: ServerTransaction, name: Timer): ServerStep {
  const { state, request, response } = transaction
  const awaitsAck = request.method === 'INVITE' && (state === 'completed' || state === 'accepted')
  if (name === 'G' && awaitsAck) return sendAgain(transaction)
  if (name === 'H' && awaitsAck) {
    return end(transaction, [{ do: 'tell', event: { kind: 'no-ack', status: response?.status ?? 0 } }])
  }
  const isOver =
    (name === 'I' && state === 'confirmed') ||
    (name === 'J' && state === 'completed') ||
    (name === 'L' && state === 'acknowledged')
  return isOver ? end(transaction) : unchanged(transaction)
}

function sendAgain(transaction: ServerTransaction): ServerStep {
  const interval = Math.min(transaction.interval * 2, transaction.timers.t2)
  return {
    transaction: { ...transaction, interval },
    effects: [{ do: 'send', message: transaction.response! }, timer('G', interval)],
  }
}
