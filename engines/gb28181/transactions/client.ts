import { makeFailureAck } from '../sip/make-message.ts'
import type { SipRequest, SipResponse } from '../sip/message.ts'
import { RFC3261_TIMERS, type Timer, type TimerBases, type TransactionEffect } from './timers.ts'

/**
 * A client transaction (RFC 3261 §17.1, with the state `accepted` of RFC 6026): plain data, moved by `stepClient`.
 */
export interface ClientTransaction {
  readonly state: 'calling' | 'trying' | 'proceeding' | 'completed' | 'accepted' | 'ended'
  readonly request: SipRequest
  /** Over TCP: nothing is sent twice. */
  readonly reliable: boolean
  readonly timers: TimerBases
  /** Interval of the next retransmission. */
  readonly interval: number
}

/** What its user learns. */
export type ClientTold =
  /** Provisional, final, and each further 2xx of an INVITE. */
  | { readonly kind: 'response'; readonly response: SipResponse }
  /** No final answer in time: `silent` when there was no answer at all. */
  | { readonly kind: 'timeout'; readonly silent: boolean }
  | { readonly kind: 'transport-failed' }

export type ClientEvent =
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'timer'; readonly timer: Timer }
  | { readonly kind: 'transport-failed' }

export type ClientEffect = TransactionEffect<ClientTold>

export interface ClientStep {
  readonly transaction: ClientTransaction
  readonly effects: readonly ClientEffect[]
}

/** Begins a transaction: sends the request. Not for ACK, which has none. */
export function startClient(
  request: SipRequest,
  reliable: boolean,
  timers: TimerBases = RFC3261_TIMERS,
): ClientStep {
  const invite = request.method === 'INVITE'
  const transaction: ClientTransaction = {
    state: invite ? 'calling' : 'trying',
    request,
    reliable,
    timers,
    interval: timers.t1,
  }
  const effects: ClientEffect[] = [{ do: 'send', message: request }]
  if (!reliable) effects.push(timer(invite ? 'A' : 'E', timers.t1))
  effects.push(timer(invite ? 'B' : 'F', 64 * timers.t1))
  return { transaction, effects }
}

/** Moves a transaction on. What does not fit its state changes nothing. */
export function stepClient(transaction: ClientTransaction, event: ClientEvent): ClientStep {
  if (transaction.state === 'ended') return { transaction, effects: [] }
  if (event.kind === 'transport-failed') return end(transaction, { kind: 'transport-failed' })
  if (event.kind === 'timer') return onTimer(transaction, event.timer)
  return transaction.request.method === 'INVITE'
    ? onInviteResponse(transaction, event.response)
    : onResponse(transaction, event.response)
}

const timer = (name: Timer, afterMs: number): ClientEffect => ({ do: 'start-timer', timer: name, afterMs })
const tell = (response: SipResponse): ClientEffect => ({ do: 'tell', event: { kind: 'response', response } })
const unchanged = (transaction: ClientTransaction): ClientStep => ({ transaction, effects: [] })

function end(transaction: ClientTransaction, told?: ClientTold): ClientStep {
  const effects: ClientEffect[] = told ? [{ do: 'tell', event: told }, { do: 'end' }] : [{ do: 'end' }]
  return { transaction: { ...transaction, state: 'ended' }, effects }
}

function onTimer(transaction: ClientTransaction, name: Timer): ClientStep {
  const { state } = transaction
  switch (name) {
    case 'A':
      return state === 'calling'
        ? sendAgain(transaction, 'A', transaction.interval * 2)
        : unchanged(transaction)
    case 'E':
      if (state === 'trying')
        return sendAgain(transaction, 'E', Math.min(transaction.interval * 2, transaction.timers.t2))
      return state === 'proceeding'
        ? sendAgain(transaction, 'E', transaction.timers.t2)
        : unchanged(transaction)
    case 'B':
      return state === 'calling'
        ? end(transaction, { kind: 'timeout', silent: true })
        : unchanged(transaction)
    case 'F':
      if (state !== 'trying' && state !== 'proceeding') return unchanged(transaction)
      return end(transaction, { kind: 'timeout', silent: state === 'trying' })
    case 'D':
    case 'K':
      return state === 'completed' ? end(transaction) : unchanged(transaction)
    case 'M':
      return state === 'accepted' ? end(transaction) : unchanged(transaction)
    default:
      return unchanged(transaction)
  }
}

function sendAgain(transaction: ClientTransaction, name: 'A' | 'E', interval: number): ClientStep {
  return {
    transaction: { ...transaction, interval },
    effects: [{ do: 'send', message: transaction.request }, timer(name, interval)],
  }
}

function onResponse(transaction: ClientTransaction, response: SipResponse): ClientStep {
  if (transaction.state === 'completed') return unchanged(transaction)
  if (response.status < 200)
    return { transaction: { ...transaction, state: 'proceeding' }, effects: [tell(response)] }
  if (transaction.reliable) return end(transaction, { kind: 'response', response })
  return {
    transaction: { ...transaction, state: 'completed' },
    effects: [tell(response), timer('K', transaction.timers.t4)],
  }
}

function onInviteResponse(transaction: ClientTransaction, response: SipResponse): ClientStep {
  const { state, timers, request } = transaction
  const { status } = response
  if (state === 'accepted')
    return { transaction, effects: status >= 200 && status < 300 ? [tell(response)] : [] }
  if (state === 'completed') {
    return {
      transaction,
      effects: status >= 300 ? [{ do: 'send', message: makeFailureAck(request, response) }] : [],
    }
  }
  if (status < 200) return { transaction: { ...transaction, state: 'proceeding' }, effects: [tell(response)] }
  if (status < 300) {
    return {
      transaction: { ...transaction, state: 'accepted' },
      effects: [tell(response), timer('M', 64 * timers.t1)],
    }
  }
  return onFailure(transaction, response)
}

function onFailure(transaction: ClientTransaction, response: SipResponse): ClientStep {
  const ack: ClientEffect = { do: 'send', message: makeFailureAck(transaction.request, response) }
  if (transaction.reliable) {
    const ended = end(transaction, { kind: 'response', response })
    return { ...ended, effects: [ack, ...ended.effects] }
  }
  return {
    transaction: { ...transaction, state: 'completed' },
    effects: [ack, tell(response), timer('D', 64 * transaction.timers.t1)],
  }
}
