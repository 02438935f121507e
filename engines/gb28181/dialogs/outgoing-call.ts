import { cseqOf } from '../sip/core.ts'
import { makeCancel, makeRequest, makeResponse, type SipBody, tagsOf } from '../sip/make-message.ts'
import type { SipHeader, SipRequest, SipResponse } from '../sip/message.ts'
import type { Endpoint } from '../sip/routing.ts'
import {
  beginEnding,
  type CallEffect,
  type CallEnd,
  continueEnding,
  type Ending,
  endStray,
  onRequestWithin,
  tellEnd,
} from './call.ts'
import { ackOf, type CallEnvironment, type Dialog, dialogOfCaller, ownHeaders } from './dialog.ts'

/**
 * A call of ours (INVITE of live view, playback, download, talk): plain data, moved by `stepOutgoingCall`. Whatever
 * happens, once the other side may have begun to send, the way out is CANCEL or BYE (pain 12).
 */
export type OutgoingCall =
  | {
      /** INVITE is out. */
      readonly state: 'inviting'
      readonly invite: SipRequest
      readonly target: Endpoint
      /** A provisional answer came: CANCEL may be sent. */
      readonly progressed: boolean
      /** To be ended as soon as that is possible. */
      readonly unwanted: boolean
    }
  | { readonly state: 'cancelling'; readonly invite: SipRequest; readonly target: Endpoint }
  | { readonly state: 'established'; readonly dialog: Dialog; readonly ack: SipRequest }
  | (Ending & { readonly ack: SipRequest })
  | { readonly state: 'ended' }

export type OutgoingCallEvent =
  /** To the INVITE, CANCEL or BYE. */
  | { readonly kind: 'response'; readonly response: SipResponse; readonly source: Endpoint }
  /** No final answer to a request of this method. */
  | { readonly kind: 'timeout'; readonly method: string; readonly silent: boolean }
  | { readonly kind: 'unsendable'; readonly method: string }
  /** A request of the other side that belongs to the dialog. */
  | { readonly kind: 'request'; readonly request: SipRequest; readonly source: Endpoint }
  | { readonly kind: 'hang-up' }
  /** The time of `start-deadline` is up. */
  | { readonly kind: 'deadline' }

export interface OutgoingCallStep {
  readonly call: OutgoingCall
  readonly effects: readonly CallEffect[]
}

export interface OutgoingCallParts {
  /** Address of the request line and To: the channel at the device's domain. */
  readonly to: string
  /** Our address, for From. */
  readonly from: string
  readonly fromTag: string
  readonly callId: string
  readonly target: Endpoint
  /** Subject and others. */
  readonly headers?: readonly SipHeader[]
  readonly body: SipBody
  /** How long to wait for a final answer in milliseconds. */
  readonly answerWithinMs: number
}

/** How long a cancelled INVITE may stay without its 487 (64 × T1). */
const CANCEL_WAIT_MS = 32_000

/** Calls. */
export function startOutgoingCall(parts: OutgoingCallParts, environment: CallEnvironment): OutgoingCallStep {
  const invite = makeRequest({
    method: 'INVITE',
    uri: parts.to,
    hop: environment.hop,
    branch: environment.branch(),
    from: `<${parts.from}>;tag=${parts.fromTag}`,
    to: `<${parts.to}>`,
    callId: parts.callId,
    cseq: 1,
    headers: [...ownHeaders(environment), ...(parts.headers ?? [])],
    body: parts.body,
  })
  const { target } = parts
  return {
    call: { state: 'inviting', invite, target, progressed: false, unwanted: false },
    effects: [
      { do: 'request', request: invite, target },
      { do: 'start-deadline', afterMs: parts.answerWithinMs },
    ],
  }
}

/** Moves a call on. What does not fit its state changes nothing. */
export function stepOutgoingCall(
  call: OutgoingCall,
  event: OutgoingCallEvent,
  environment: CallEnvironment,
): OutgoingCallStep {
  switch (event.kind) {
    case 'response':
      return onResponse(call, event.response, event.source, environment)
    case 'timeout':
      return onFailure(call, event.method, event.silent ? 'silent' : 'cancelled', environment)
    case 'unsendable':
      return onFailure(call, event.method, 'unsendable', environment)
    case 'request':
      return onRequest(call, event.request, event.source)
    case 'hang-up':
      return onHangUp(call, environment)
    case 'deadline':
      return onDeadline(call)
  }
}

const unchanged = (call: OutgoingCall): OutgoingCallStep => ({ call, effects: [] })
const ended = (end: CallEnd, confirmed: boolean, effects: readonly CallEffect[] = []): OutgoingCallStep => ({
  call: { state: 'ended' },
  effects: [...effects, tellEnd(end, confirmed)],
})

function onResponse(
  call: OutgoingCall,
  response: SipResponse,
  source: Endpoint,
  environment: CallEnvironment,
): OutgoingCallStep {
  const { method } = cseqOf(response)
  if (method === 'BYE') return onByeOutcome(call, { status: response.status }, environment)
  if (method !== 'INVITE') return unchanged(call)
  if (response.status < 200) return onProgress(call, response.status)
  if (response.status < 300) return onAccepted(call, response, source, environment)
  if (call.state === 'inviting') {
    const told: CallEffect = { do: 'tell', event: { kind: 'refused', response } }
    return call.unwanted ? ended('cancelled', true) : ended('refused', true, [told])
  }
  return call.state === 'cancelling' ? ended('cancelled', true) : unchanged(call)
}

function onProgress(call: OutgoingCall, status: number): OutgoingCallStep {
  if (call.state !== 'inviting') return unchanged(call)
  if (call.unwanted) return cancel(call)
  return {
    call: { ...call, progressed: true },
    effects: [{ do: 'tell', event: { kind: 'progress', status } }],
  }
}

function cancel({ invite, target }: { invite: SipRequest; target: Endpoint }): OutgoingCallStep {
  return {
    call: { state: 'cancelling', invite, target },
    effects: [
      { do: 'request', request: makeCancel(invite), target },
      { do: 'start-deadline', afterMs: CANCEL_WAIT_MS },
    ],
  }
}

function onAccepted(
  call: OutgoingCall,
  response: SipResponse,
  source: Endpoint,
  environment: CallEnvironment,
): OutgoingCallStep {
  if (call.state === 'established' || call.state === 'ending') {
    const isSame = (tagsOf(response).to ?? '') === call.dialog.remoteTag
    if (isSame) return { call, effects: [{ do: 'send', message: call.ack, target: source }] }
    return { call, effects: endStray(response, source, environment) ?? [] }
  }
  if (call.state === 'ended') return { call, effects: endStray(response, source, environment) ?? [] }
  const dialog = dialogOfCaller(response, source)
  const ack = ackOf(dialog, cseqOf(response).number, environment)
  const acknowledge: CallEffect = { do: 'send', message: ack, target: source }
  if (call.state === 'cancelling' || call.unwanted) {
    const { ending, effects } = beginEnding(dialog, 'cancelled', environment)
    return { call: { ...ending, ack }, effects: [acknowledge, ...effects] }
  }
  return {
    call: { state: 'established', dialog, ack },
    effects: [acknowledge, { do: 'tell', event: { kind: 'answered', response, dialog } }],
  }
}

function onFailure(
  call: OutgoingCall,
  method: string,
  end: CallEnd,
  environment: CallEnvironment,
): OutgoingCallStep {
  if (method === 'BYE')
    return onByeOutcome(call, end === 'unsendable' ? 'unsendable' : 'timeout', environment)
  if (method !== 'INVITE') return unchanged(call)
  return call.state === 'inviting' || call.state === 'cancelling' ? ended(end, false) : unchanged(call)
}

function onByeOutcome(
  call: OutgoingCall,
  outcome: Parameters<typeof continueEnding>[1],
  environment: CallEnvironment,
): OutgoingCallStep {
  if (call.state !== 'ending') return unchanged(call)
  const isProvisional = typeof outcome === 'object' && outcome.status < 200
  if (isProvisional) return unchanged(call)
  const { ending, effects } = continueEnding(call, outcome, environment)
  return { call: ending ? { ...ending, ack: call.ack } : { state: 'ended' }, effects }
}

function onRequest(call: OutgoingCall, request: SipRequest, source: Endpoint): OutgoingCallStep {
  if (call.state !== 'established' && call.state !== 'ending') {
    return { call, effects: [{ do: 'respond', request, response: makeResponse(request, 481) }] }
  }
  const { dialog, isBye, effects } = onRequestWithin(call.dialog, request, source)
  if (isBye) return ended(call.state === 'ending' ? call.end : 'peer-bye', true, effects)
  return { call: { ...call, dialog }, effects }
}

function onHangUp(call: OutgoingCall, environment: CallEnvironment): OutgoingCallStep {
  if (call.state === 'inviting')
    return call.progressed ? cancel(call) : unchanged({ ...call, unwanted: true })
  if (call.state !== 'established') return unchanged(call)
  const { ending, effects } = beginEnding(call.dialog, 'hung-up', environment)
  return { call: { ...ending, ack: call.ack }, effects }
}

function onDeadline(call: OutgoingCall): OutgoingCallStep {
  if (call.state === 'cancelling') return ended('cancelled', false)
  if (call.state !== 'inviting') return unchanged(call)
  const told: CallEffect = { do: 'tell', event: { kind: 'gave-up', silent: !call.progressed } }
  const next = call.progressed ? cancel(call) : unchanged({ ...call, unwanted: true })
  return { call: next.call, effects: [told, ...next.effects] }
}
