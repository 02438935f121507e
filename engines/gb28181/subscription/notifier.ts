/** A subscription of an upper platform at our side (2022: 9.11.2, annex N). */
import {
  type CallEnvironment,
  type Dialog,
  dialogOfCallee,
  ownHeaders,
  requestWithin,
  takeRequest,
} from '../dialogs/dialog.ts'
import { makeResponse, type SipBody } from '../sip/make-message.ts'
import { headerOf, type SipRequest, type SipResponse } from '../sip/message.ts'
import type { Endpoint } from '../sip/routing.ts'
import { type EventPackage, readEvent, writeEvent, writeSubscriptionState } from './event.ts'

/** Plain data that can be stored. */
export interface Subscriber {
  readonly dialog: Dialog
  readonly event: EventPackage
  readonly eventId: string
  /** Unix milliseconds. */
  readonly untilMs: number
}

/** Where SUBSCRIBE says nothing (2022: annex N). */
const DEFAULT_EXPIRES = 600

export interface SubscriberStep {
  /** `null`: it ended, send a last NOTIFY of `terminated`. */
  readonly subscriber: Subscriber | null
  readonly response: SipResponse
}

/** A new subscription: 200 with Expires. An event not known is 489, and `null`. @param localTag fresh random text */
export function acceptSubscribe(
  request: SipRequest,
  source: Endpoint,
  localTag: string,
  nowMs: number,
  environment: CallEnvironment,
): SubscriberStep {
  const { name, id } = readEvent(request)
  if (!name) return { subscriber: null, response: makeResponse(request, 489, { toTag: localTag }) }
  const dialog = dialogOfCallee(request, localTag, source)
  return grant(request, { dialog, event: name, eventId: id ?? '', untilMs: 0 }, nowMs, environment)
}

/** A refresh within the dialog; `Expires: 0` ends it. */
export function renewSubscribe(
  subscriber: Subscriber,
  request: SipRequest,
  source: Endpoint,
  nowMs: number,
  environment: CallEnvironment,
): SubscriberStep {
  const dialog = takeRequest(subscriber.dialog, request, source)
  return grant(request, { ...subscriber, dialog }, nowMs, environment)
}

function grant(
  request: SipRequest,
  subscriber: Subscriber,
  nowMs: number,
  environment: CallEnvironment,
): SubscriberStep {
  const asked = Number(headerOf(request, 'Expires') ?? DEFAULT_EXPIRES)
  const expires = Number.isInteger(asked) && asked >= 0 ? asked : DEFAULT_EXPIRES
  const response = makeResponse(request, 200, {
    toTag: subscriber.dialog.localTag,
    headers: [...ownHeaders(environment), { name: 'Expires', value: String(expires) }],
  })
  return { subscriber: expires === 0 ? null : { ...subscriber, untilMs: nowMs + expires * 1000 }, response }
}

/** A NOTIFY to the subscriber. Without a body and with a reason it ends the subscription. */
export function notifySubscriber(
  subscriber: Subscriber,
  what: { readonly body: SipBody } | { readonly terminated: string },
  nowMs: number,
  environment: CallEnvironment,
): { subscriber: Subscriber; request: SipRequest } {
  const left = Math.max(0, Math.round((subscriber.untilMs - nowMs) / 1000))
  const state =
    'body' in what
      ? writeSubscriptionState({ state: 'active', expires: left, reason: null })
      : writeSubscriptionState({ state: 'terminated', expires: null, reason: what.terminated })
  const { dialog, request } = requestWithin(subscriber.dialog, 'NOTIFY', environment, {
    headers: [
      { name: 'Event', value: writeEvent(subscriber.event, subscriber.eventId) },
      { name: 'Subscription-State', value: state },
    ],
    ...('body' in what ? { body: what.body } : {}),
  })
  return { subscriber: { ...subscriber, dialog }, request }
}
