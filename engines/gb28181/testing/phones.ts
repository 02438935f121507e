/** Drives calls over the net of `net.ts`: one side calls, the other answers, both as the machines say. */
import {
  type CallEffect,
  type CallEnvironment,
  type CallTold,
  endStray,
  type IncomingCall,
  type IncomingCallEvent,
  type OutgoingCall,
  type OutgoingCallEvent,
  startIncomingCall,
  startOutgoingCall,
  stepIncomingCall,
  stepOutgoingCall,
} from '../index.ts'
import type { Net, Side } from './net.ts'
import { DEVICE, DOMAIN, SERVER } from './sip-text.ts'

const BODY = { type: 'application/sdp', bytes: Buffer.from('v=0\r\n') }

export interface Caller {
  call: OutgoingCall
  readonly told: CallTold[]
  step(event: OutgoingCallEvent): void
}

export interface Callee {
  call: IncomingCall | null
  readonly told: CallTold[]
  step(event: IncomingCallEvent): void
}

export function environmentOf(side: Side): CallEnvironment {
  let count = 0
  const { address, port, transport } = side.endpoint
  return {
    hop: { transport, host: address, port },
    contact: `sip:x@${address}:${port}`,
    branch() {
      count += 1
      return `z9hG4bK${address}-${count}`
    },
  }
}

/** Side a calls the device; a test moves the call by `step`. */
export function placeCall(net: Net, answerWithinMs = 10_000): Caller {
  const side = net.a
  const environment = environmentOf(side)
  let deadlines = 0
  const carry = (effects: readonly CallEffect[]) => {
    for (const effect of effects) {
      if (effect.do === 'request') net.run(side, side.layer.request(effect.request, effect.target))
      if (effect.do === 'send') net.send(side, effect.message)
      if (effect.do === 'tell') caller.told.push(effect.event)
      if (effect.do === 'respond') net.run(side, side.layer.respond(effect.request, effect.response))
      if (effect.do === 'start-deadline') {
        deadlines += 1
        const mine = deadlines
        net.later(effect.afterMs, () => mine === deadlines && caller.step({ kind: 'deadline' }))
      }
    }
  }
  const started = startOutgoingCall(
    {
      to: `sip:${DEVICE}@${DOMAIN}`,
      from: `sip:${SERVER}@${DOMAIN}`,
      fromTag: 'from',
      callId: 'call-1',
      target: net.b.endpoint,
      headers: [{ name: 'Subject', value: `${DEVICE}:0200000001,${SERVER}:0` }],
      body: BODY,
      answerWithinMs,
    },
    environment,
  )
  const caller: Caller = {
    call: started.call,
    told: [],
    step(event) {
      const { call, effects } = stepOutgoingCall(caller.call, event, environment)
      caller.call = call
      carry(effects)
    },
  }
  side.onTold = (event) => {
    if (event.kind === 'response')
      caller.step({ kind: 'response', response: event.response, source: net.b.endpoint })
    if (event.kind === 'timeout')
      caller.step({ kind: 'timeout', method: event.request.method, silent: event.silent })
    if (event.kind === 'transport-failed') caller.step({ kind: 'unsendable', method: event.request.method })
    if (event.kind === 'request')
      caller.step({ kind: 'request', request: event.request, source: event.source })
    if (event.kind === 'stray') carry(endStray(event.response, event.source, environment) ?? [])
  }
  carry(started.effects)
  return caller
}

/** Side b takes calls; `onRing` says what to do with each. */
export function takeCalls(net: Net, onRing: (callee: Callee) => void): Callee {
  const side = net.b
  const environment = environmentOf(side)
  const callee: Callee = {
    call: null,
    told: [],
    step(event) {
      if (!callee.call) return
      const { call, effects } = stepIncomingCall(callee.call, event, environment)
      callee.call = call
      for (const effect of effects) {
        if (effect.do === 'request') net.run(side, side.layer.request(effect.request, effect.target))
        if (effect.do === 'tell') callee.told.push(effect.event)
        if (effect.do === 'respond') net.run(side, side.layer.respond(effect.request, effect.response))
      }
    },
  }
  side.onTold = (event) => {
    if (event.kind === 'request' && event.request.method === 'INVITE') {
      callee.call = startIncomingCall(event.request, 'to', event.source)
      onRing(callee)
    } else if (event.kind === 'request')
      callee.step({ kind: 'request', request: event.request, source: event.source })
    if (event.kind === 'cancelled') callee.step({ kind: 'cancelled' })
    if (event.kind === 'ack') callee.step({ kind: 'ack' })
    if (event.kind === 'no-ack' && event.status < 300) callee.step({ kind: 'no-ack' })
    if (event.kind === 'response') callee.step({ kind: 'response', response: event.response })
    if (event.kind === 'timeout') callee.step({ kind: 'timeout' })
  }
  return callee
}

export const answer: IncomingCallEvent = { kind: 'answer', body: BODY }
