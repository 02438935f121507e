/** What both kinds of calls share: how they are driven, and how they end. */
import { cseqOf } from '../sip/core.ts'
import { makeResponse } from '../sip/make-message.ts'
import type { SipRequest, SipResponse } from '../sip/message.ts'
import type { Endpoint } from '../sip/routing.ts'
import {
  ackOf,
  type CallEnvironment,
  type Dialog,
  dialogOfCaller,
  requestWithin,
  takeRequest,
} from './dialog.ts'

/** Why a call is over. */
export type CallEnd =
  /** We hung up an established call. */
  | 'hung-up'
  /** The other side sent BYE. */
  | 'peer-bye'
  /** The other side refused, or we did. */
  | 'refused'
  /** We gave up before there was a final answer. */
  | 'cancelled'
  /** No answer at all: the address is dead or a firewall drops. */
  | 'silent'
  /** Our 200 was never acknowledged. */
  | 'no-ack'
  /** The message could not be sent. */
  | 'unsendable'

/** What a call wants done. */
export type CallEffect =
  /** In a client transaction of its own. */
  | { readonly do: 'request'; readonly request: SipRequest; readonly target: Endpoint }
  /** Without a transaction: ACK of a 2xx. */
  | { readonly do: 'send'; readonly message: SipRequest; readonly target: Endpoint }
  /** Answer to `request`, in its server transaction. */
  | { readonly do: 'respond'; readonly request: SipRequest; readonly response: SipResponse }
  /** Give the call `deadline` after this time; one started later replaces it. */
  | { readonly do: 'start-deadline'; readonly afterMs: number }
  | { readonly do: 'tell'; readonly event: CallTold }

/** What the user of a call learns. */
export type CallTold =
  /** A provisional answer: the other side is there. */
  | { readonly kind: 'progress'; readonly status: number }
  /** The call stands; the answer's body is in `response`. */
  | { readonly kind: 'answered'; readonly response: SipResponse; readonly dialog: Dialog }
  /** Our answer was acknowledged: the call stands. */
  | { readonly kind: 'acknowledged'; readonly dialog: Dialog }
  | { readonly kind: 'refused'; readonly response: SipResponse }
  /** No final answer in time; the call is being taken back. `silent`: there was no answer of any kind. */
  | { readonly kind: 'gave-up'; readonly silent: boolean }
  /** A request within the dialog (INFO, MESSAGE, NOTIFY, re-INVITE): answer it. */
  | { readonly kind: 'request'; readonly request: SipRequest }
  /** The call is over; `confirmed` when the other side knows it, so that it sends no more. */
  | { readonly kind: 'ended'; readonly end: CallEnd; readonly confirmed: boolean }

/** BYE is tried so often, each try a transaction of 32 s. */
const BYE_TRIES = 3

/** An established dialog being ended. */
export interface Ending {
  readonly state: 'ending'
  readonly dialog: Dialog
  readonly end: CallEnd
  readonly tries: number
}

/** Begins to end a dialog: BYE to where its packets come from (pain 12). */
export function beginEnding(
  dialog: Dialog,
  end: CallEnd,
  environment: CallEnvironment,
  tries = 1,
): { ending: Ending; effects: CallEffect[] } {
  const { dialog: counted, request } = requestWithin(dialog, 'BYE', environment)
  return {
    ending: { state: 'ending', dialog: counted, end, tries },
    effects: [{ do: 'request', request, target: counted.peer }],
  }
}

/** What came of a BYE: a status, or none in time. */
export type ByeOutcome = { readonly status: number } | 'timeout' | 'unsendable'

/** Ends after 2xx or 481 (and the like); tries again after a timeout, 408 or 5xx; gives up unconfirmed then. */
export function continueEnding(
  ending: Ending,
  outcome: ByeOutcome,
  environment: CallEnvironment,
): { ending: Ending | null; effects: CallEffect[] } {
  const status = typeof outcome === 'object' ? outcome.status : 408
  const isDone = status < 300 || status === 481 || status === 404 || status === 410
  const mayRetry = outcome !== 'unsendable' && (status === 408 || status >= 500) && ending.tries < BYE_TRIES
  if (isDone || !mayRetry) return { ending: null, effects: [tellEnd(ending.end, isDone)] }
  return beginEnding(ending.dialog, ending.end, environment, ending.tries + 1)
}

export const tellEnd = (end: CallEnd, confirmed: boolean): CallEffect => ({
  do: 'tell',
  event: { kind: 'ended', end, confirmed },
})

/**
 * A request of the other side within a dialog: BYE is answered and ends it, the rest is told.
 */
export function onRequestWithin(
  dialog: Dialog,
  request: SipRequest,
  source: Endpoint,
): { dialog: Dialog; isBye: boolean; effects: CallEffect[] } {
  if (request.method === 'BYE') {
    const response = makeResponse(request, 200, { toTag: dialog.localTag })
    return { dialog, isBye: true, effects: [{ do: 'respond', request, response }] }
  }
  const effects: CallEffect[] = [{ do: 'tell', event: { kind: 'request', request } }]
  return { dialog: takeRequest(dialog, request, source), isBye: false, effects }
}

/**
 * Ends what a 2xx of INVITE has begun that no call here awaits any more (it came after giving up, or before a restart):
 * ACK and BYE, both made from the answer itself (pain 12). `null` for any other response.
 */
export function endStray(
  response: SipResponse,
  source: Endpoint,
  environment: CallEnvironment,
): CallEffect[] | null {
  const { method, number } = cseqOf(response)
  if (method !== 'INVITE' || response.status < 200 || response.status > 299) return null
  const dialog = dialogOfCaller(response, source)
  const ack = ackOf(dialog, number, environment)
  return [
    { do: 'send', message: ack, target: source },
    ...beginEnding(dialog, 'cancelled', environment).effects,
  ]
}
