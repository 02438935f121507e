/** A subscription of ours (SUBSCRIBE; 2022: 9.11.1, RFC 6665), as a pure machine. */
import {
  type CallEnvironment,
  type Dialog,
  dialogOfCaller,
  ownHeaders,
  requestWithin,
  takeRequest,
} from '../dialogs/dialog.ts'
import { makeRequest, makeResponse, type SipBody } from '../sip/make-message.ts'
import { headerOf, type SipHeader, type SipRequest, type SipResponse } from '../sip/message.ts'
import type { Endpoint } from '../sip/routing.ts'
import { type EventPackage, readSubscriptionState, writeEvent } from './event.ts'

export interface SubscriptionWish {
  /** Address of the request line and To. */
  readonly to: string
  readonly from: string
  readonly fromTag: string
  readonly callId: string
  readonly target: Endpoint
  readonly event: EventPackage
  readonly eventId: string
  /** The query as MANSCDP. */
  readonly body: SipBody
  /** Seconds. */
  readonly expires: number
}

/** Plain data. `active` can be stored: its dialog is refreshed or ended after a restart. */
export type Subscription =
  | { readonly state: 'subscribing'; readonly wish: SubscriptionWish }
  | { readonly state: 'active'; readonly wish: SubscriptionWish; readonly dialog: Dialog }
  | { readonly state: 'ending'; readonly wish: SubscriptionWish; readonly dialog: Dialog }
  | { readonly state: 'ended' }

export type SubscriptionEvent =
  /** To SUBSCRIBE. */
  | { readonly kind: 'response'; readonly response: SipResponse; readonly source: Endpoint }
  | { readonly kind: 'no-answer' }
  /** A NOTIFY of this subscription. */
  | { readonly kind: 'notify'; readonly request: SipRequest; readonly source: Endpoint }
  /** The time of `start-timer` is up. */
  | { readonly kind: 'due' }
  | { readonly kind: 'end' }

export type SubscriptionEffect =
  | { readonly do: 'request'; readonly request: SipRequest; readonly target: Endpoint }
  | { readonly do: 'respond'; readonly request: SipRequest; readonly response: SipResponse }
  | { readonly do: 'start-timer'; readonly afterMs: number }
  | { readonly do: 'tell'; readonly event: SubscriptionTold }

export type SubscriptionTold =
  /** Granted or renewed for so many seconds. */
  | { readonly kind: 'active'; readonly expires: number }
  /** The body of a NOTIFY. */
  | { readonly kind: 'notified'; readonly body: Uint8Array }
  /** Over. `status`: of a refusal; `null` when the other side fell silent or ended it. Begin a new one if still wanted. */
  | { readonly kind: 'ended'; readonly status: number | null; readonly reason: string }

export interface SubscriptionStep {
  readonly subscription: Subscription
  readonly effects: readonly SubscriptionEffect[]
}

/** Subscribes. */
export function startSubscription(wish: SubscriptionWish, environment: CallEnvironment): SubscriptionStep {
  const request = makeRequest({
    method: 'SUBSCRIBE',
    uri: wish.to,
    hop: environment.hop,
    branch: environment.branch(),
    from: `<${wish.from}>;tag=${wish.fromTag}`,
    to: `<${wish.to}>`,
    callId: wish.callId,
    cseq: 1,
    headers: [...ownHeaders(environment), ...subscribeHeaders(wish, wish.expires)],
    body: wish.body,
  })
  return {
    subscription: { state: 'subscribing', wish },
    effects: [{ do: 'request', request, target: wish.target }],
  }
}

function subscribeHeaders({ event, eventId }: SubscriptionWish, expires: number): SipHeader[] {
  return [
    { name: 'Event', value: writeEvent(event, eventId) },
    { name: 'Expires', value: String(expires) },
  ]
}

/** Moves a subscription on. What does not fit its state changes nothing. */
export function stepSubscription(
  subscription: Subscription,
  event: SubscriptionEvent,
  environment: CallEnvironment,
): SubscriptionStep {
  switch (event.kind) {
    case 'response':
      return onResponse(subscription, event.response, event.source, environment)
    case 'no-answer':
      return subscription.state === 'ended' ? unchanged(subscription) : ended(null, '')
    case 'notify':
      return onNotify(subscription, event.request, event.source)
    case 'due':
      return subscription.state === 'active'
        ? refresh(subscription, subscription.wish.expires, environment)
        : unchanged(subscription)
    case 'end':
      return onEnd(subscription, environment)
  }
}

const unchanged = (subscription: Subscription): SubscriptionStep => ({ subscription, effects: [] })
const ended = (status: number | null, reason: string): SubscriptionStep => ({
  subscription: { state: 'ended' },
  effects: [{ do: 'tell', event: { kind: 'ended', status, reason } }],
})

function onResponse(
  subscription: Subscription,
  response: SipResponse,
  source: Endpoint,
  environment: CallEnvironment,
): SubscriptionStep {
  const { status } = response
  if (subscription.state === 'ended' || status < 200) return unchanged(subscription)
  if (subscription.state === 'ending') return ended(null, '')
  if (status >= 300) return ended(status, response.reason)
  const { wish } = subscription
  const dialog =
    subscription.state === 'active'
      ? { ...subscription.dialog, peer: source }
      : dialogOfCaller(response, source)
  // It was given up while the answer was on its way.
  if (wish.expires === 0) return refresh({ state: 'active', wish, dialog }, 0, environment)
  const granted = Number(headerOf(response, 'Expires'))
  const expires = Number.isInteger(granted) && granted > 0 ? granted : wish.expires
  return {
    subscription: { state: 'active', wish, dialog },
    effects: [
      { do: 'tell', event: { kind: 'active', expires } },
      { do: 'start-timer', afterMs: Math.max(1, Math.floor((expires * 2) / 3)) * 1000 },
    ],
  }
}

function refresh(
  { wish, dialog: before }: Extract<Subscription, { state: 'active' }>,
  expires: number,
  environment: CallEnvironment,
): SubscriptionStep {
  const more = { headers: subscribeHeaders(wish, expires), body: wish.body }
  const { dialog, request } = requestWithin(before, 'SUBSCRIBE', environment, more)
  return {
    subscription: { state: expires === 0 ? 'ending' : 'active', wish, dialog },
    effects: [{ do: 'request', request, target: dialog.peer }],
  }
}

function onEnd(subscription: Subscription, environment: CallEnvironment): SubscriptionStep {
  if (subscription.state === 'active') return refresh(subscription, 0, environment)
  if (subscription.state !== 'subscribing') return unchanged(subscription)
  return unchanged({ ...subscription, wish: { ...subscription.wish, expires: 0 } })
}

/** A NOTIFY may outrun the 200 (RFC 6665 §4.1.2.4): its body is taken in every state. */
function onNotify(subscription: Subscription, request: SipRequest, source: Endpoint): SubscriptionStep {
  if (subscription.state === 'ended') {
    return { subscription, effects: [{ do: 'respond', request, response: makeResponse(request, 481) }] }
  }
  const accept: SubscriptionEffect = { do: 'respond', request, response: makeResponse(request, 200) }
  const next =
    subscription.state === 'subscribing'
      ? subscription
      : { ...subscription, dialog: takeRequest(subscription.dialog, request, source) }
  const told: SubscriptionEffect[] =
    request.body.length > 0 ? [{ do: 'tell', event: { kind: 'notified', body: request.body } }] : []
  const { state, reason } = readSubscriptionState(request)
  if (state !== 'terminated') return { subscription: next, effects: [accept, ...told] }
  const over = ended(null, reason ?? '')
  return { ...over, effects: [accept, ...told, ...over.effects] }
}
