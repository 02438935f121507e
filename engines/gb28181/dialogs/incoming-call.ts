import { makeResponse, type SipBody } from '../sip/make-message.ts'
import type { SipHeader, SipRequest, SipResponse } from '../sip/message.ts'
import type { Endpoint } from '../sip/routing.ts'
import {
  beginEnding,
  type CallEffect,
  type CallEnd,
  continueEnding,
  type Ending,
  onRequestWithin,
  tellEnd,
} from './call.ts'
import { type CallEnvironment, type Dialog, dialogOfCallee, ownHeaders } from './dialog.ts'

/**
 * A call to us (an upper platform wants a stream, a device wants to hear a broadcast): plain data, moved by
 * `stepIncomingCall`.
 */
export type IncomingCall =
  /** Not answered yet. */
  | { readonly state: 'ringing'; readonly invite: SipRequest; readonly dialog: Dialog }
  /** 200 sent, ACK awaited; `unwanted`: BYE as soon as it comes. */
  | { readonly state: 'answered'; readonly dialog: Dialog; readonly unwanted: boolean }
  | { readonly state: 'established'; readonly dialog: Dialog }
  | Ending
  | { readonly state: 'ended' }

export type IncomingCallEvent =
  /** We accept. */
  | { readonly kind: 'answer'; readonly body: SipBody; readonly headers?: readonly SipHeader[] }
  /** We do not: 488 for a description that cannot be served, 486 busy, 404 unknown, … */
  | { readonly kind: 'refuse'; readonly status: number; readonly reason?: string }
  /** The other side took its INVITE back. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'ack' }
  | { readonly kind: 'no-ack' }
  | { readonly kind: 'request'; readonly request: SipRequest; readonly source: Endpoint }
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unsendable' }
  | { readonly kind: 'hang-up' }

export interface IncomingCallStep {
  readonly call: IncomingCall
  readonly effects: readonly CallEffect[]
}

/** A call comes. @param localTag fresh random text */
export function startIncomingCall(invite: SipRequest, localTag: string, source: Endpoint): IncomingCall {
  return { state: 'ringing', invite, dialog: dialogOfCallee(invite, localTag, source) }
}

/** Moves a call on. What does not fit its state changes nothing. */
export function stepIncomingCall(
  call: IncomingCall,
  event: IncomingCallEvent,
  environment: CallEnvironment,
): IncomingCallStep {
  switch (call.state) {
    case 'ringing':
      return whileRinging(call, event, environment)
    case 'answered':
      return whileAnswered(call, event, environment)
    case 'established':
      return whileEstablished(call, event, environment)
    case 'ending':
      return whileEnding(call, event, environment)
    case 'ended':
      if (event.kind !== 'request') return { call, effects: [] }
      return {
        call,
        effects: [{ do: 'respond', request: event.request, response: makeResponse(event.request, 481) }],
      }
  }
}

type Ringing = Extract<IncomingCall, { state: 'ringing' }>
type Answered = Extract<IncomingCall, { state: 'answered' }>
type Established = Extract<IncomingCall, { state: 'established' }>

const ended = (end: CallEnd, confirmed: boolean, effects: readonly CallEffect[] = []): IncomingCallStep => ({
  call: { state: 'ended' },
  effects: [...effects, tellEnd(end, confirmed)],
})

function whileRinging(
  call: Ringing,
  event: IncomingCallEvent,
  environment: CallEnvironment,
): IncomingCallStep {
  const { invite, dialog } = call
  const respond = (status: number, parts: Parameters<typeof makeResponse>[2] = {}): CallEffect => ({
    do: 'respond',
    request: invite,
    response: makeResponse(invite, status, { toTag: dialog.localTag, ...parts }),
  })
  switch (event.kind) {
    case 'answer': {
      const headers = [...ownHeaders(environment), ...(event.headers ?? [])]
      const answered = respond(200, { headers, body: event.body })
      return { call: { state: 'answered', dialog, unwanted: false }, effects: [answered] }
    }
    case 'refuse':
      return ended('refused', true, [respond(event.status, event.reason ? { reason: event.reason } : {})])
    case 'hang-up':
      return ended('refused', true, [respond(480)])
    case 'cancelled':
      return ended('cancelled', true, [respond(487)])
    case 'request':
      return onRequest(call, dialog, event.request, event.source, [respond(487)])
    default:
      return { call, effects: [] }
  }
}

function whileAnswered(
  call: Answered,
  event: IncomingCallEvent,
  environment: CallEnvironment,
): IncomingCallStep {
  const { dialog } = call
  switch (event.kind) {
    case 'ack':
      if (call.unwanted) return hangUp(dialog, 'hung-up', environment)
      return {
        call: { state: 'established', dialog },
        effects: [{ do: 'tell', event: { kind: 'acknowledged', dialog } }],
      }
    case 'no-ack':
      return hangUp(dialog, 'no-ack', environment)
    case 'hang-up':
      return { call: { ...call, unwanted: true }, effects: [] }
    case 'request':
      return onRequest(call, dialog, event.request, event.source)
    default:
      return { call, effects: [] }
  }
}

function whileEstablished(
  call: Established,
  event: IncomingCallEvent,
  environment: CallEnvironment,
): IncomingCallStep {
  if (event.kind === 'hang-up') return hangUp(call.dialog, 'hung-up', environment)
  if (event.kind === 'request') return onRequest(call, call.dialog, event.request, event.source)
  return { call, effects: [] }
}

function whileEnding(call: Ending, event: IncomingCallEvent, environment: CallEnvironment): IncomingCallStep {
  if (event.kind === 'request') return onRequest(call, call.dialog, event.request, event.source)
  const isFinal = event.kind === 'response' && event.response.status >= 200
  if (!isFinal && event.kind !== 'timeout' && event.kind !== 'unsendable') return { call, effects: [] }
  const outcome = event.kind === 'response' ? { status: event.response.status } : event.kind
  const { ending, effects } = continueEnding(call, outcome, environment)
  return { call: ending ?? { state: 'ended' }, effects }
}

function hangUp(dialog: Dialog, end: CallEnd, environment: CallEnvironment): IncomingCallStep {
  const { ending, effects } = beginEnding(dialog, end, environment)
  return { call: ending, effects }
}

function onRequest<C extends Exclude<IncomingCall, { state: 'ended' }>>(
  call: C,
  known: Dialog,
  request: SipRequest,
  source: Endpoint,
  beforeEnd: readonly CallEffect[] = [],
): IncomingCallStep {
  const { dialog, isBye, effects } = onRequestWithin(known, request, source)
  if (!isBye) return { call: { ...call, dialog }, effects }
  return ended(call.state === 'ending' ? call.end : 'peer-bye', true, [...effects, ...beforeEnd])
}
