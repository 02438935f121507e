import { describe, expect, it } from 'vitest'
import {
  acceptSubscribe,
  type CallEnvironment,
  headerOf,
  makeResponse,
  notifySubscriber,
  readEvent,
  readSubscriptionState,
  renewSubscribe,
  type SipRequest,
  type Subscriber,
  type Subscription,
  type SubscriptionEffect,
  type SubscriptionEvent,
  startSubscription,
  stepSubscription,
  tagsOf,
  withHeader,
} from '../index.ts'
import { DEVICE, DOMAIN, SERVER } from '../testing/sip-text.ts'

const upper = { transport: 'UDP', address: '192.0.2.1', port: 5060 } as const
const lower = { transport: 'UDP', address: '192.0.2.2', port: 5060 } as const

function environmentOf({ address }: { address: string }): CallEnvironment {
  let count = 0
  return {
    hop: { transport: 'UDP', host: address, port: 5060 },
    contact: `sip:x@${address}:5060`,
    branch: () => `z9hG4bK${address}${(count++).toString()}`,
  }
}

const body = (text: string) => ({ type: 'Application/MANSCDP+xml', bytes: Buffer.from(text) })

/** Both sides of a subscription, with the clock in hand. */
function pair(expires = 3600) {
  const [above, below] = [environmentOf(upper), environmentOf(lower)]
  const told: string[] = []
  const timers: number[] = []
  const notifyStatus: number[] = []
  let subscriber: Subscriber | null = null
  const requests: SipRequest[] = []
  const carry = (effects: readonly SubscriptionEffect[]) => {
    for (const effect of effects) {
      if (effect.do === 'tell')
        told.push(
          effect.event.kind === 'notified' ? Buffer.from(effect.event.body).toString() : effect.event.kind,
        )
      if (effect.do === 'start-timer') timers.push(effect.afterMs)
      if (effect.do === 'respond') notifyStatus.push(effect.response.status)
      if (effect.do === 'request') requests.push(effect.request)
    }
  }
  const started = startSubscription(
    {
      to: `sip:${DEVICE}@${DOMAIN}`,
      from: `sip:${SERVER}@${DOMAIN}`,
      fromTag: 'f',
      callId: 'call',
      target: lower,
      event: 'Catalog',
      eventId: '11',
      body: body('<Query/>'),
      expires,
    },
    above,
  )
  const it = {
    subscription: started.subscription as Subscription,
    step(event: SubscriptionEvent) {
      const { subscription, effects } = stepSubscription(it.subscription, event, above)
      it.subscription = subscription
      carry(effects)
    },
    /** The lower side takes the last SUBSCRIBE and its answer arrives. */
    answer(nowMs: number) {
      const request = requests.at(-1)!
      const result = subscriber
        ? renewSubscribe(subscriber, request, upper, nowMs, below)
        : acceptSubscribe(request, upper, 't', nowMs, below)
      subscriber = result.subscriber
      it.step({ kind: 'response', response: result.response, source: lower })
    },
    notify(what: Parameters<typeof notifySubscriber>[1], nowMs: number) {
      const next = notifySubscriber(subscriber!, what, nowMs, below)
      subscriber = next.subscriber
      it.step({ kind: 'notify', request: next.request, source: lower })
      return next.request
    },
    subscriber: () => subscriber,
    told,
    timers,
    notifyStatus,
    requests,
  }
  carry(started.effects)
  return it
}

describe('subscriptions', () => {
  it('VID-2 SUBSCRIBE, 200, NOTIFY, refresh within the dialog, end', () => {
    const it = pair()
    it.answer(0)
    const first = it.notify({ body: body('<Notify>1</Notify>') }, 1000)
    expect(readSubscriptionState(first)).toEqual({ state: 'active', expires: 3599, reason: null })
    expect([readEvent(first), tagsOf(first)]).toEqual([
      { name: 'Catalog', id: '11' },
      { from: 't', to: 'f' },
    ])
    expect(it.timers).toEqual([2_400_000])
    it.step({ kind: 'due' })
    it.answer(2_400_000)
    expect(it.requests.map((request) => [headerOf(request, 'CSeq'), headerOf(request, 'Call-ID')])).toEqual([
      ['1 SUBSCRIBE', 'call'],
      ['2 SUBSCRIBE', 'call'],
    ])
    expect(it.subscriber()?.untilMs).toBe(6_000_000)
    it.step({ kind: 'end' })
    expect(headerOf(it.requests.at(-1)!, 'Expires')).toBe('0')
    it.answer(2_500_000)
    expect(it.subscriber()).toBeNull()
    expect(it.told).toEqual(['active', '<Notify>1</Notify>', 'active', 'ended'])
  })

  it('VID-2 ended by the lower side: terminated, without a body; afterwards 481', () => {
    const it = pair()
    it.answer(0)
    const last = it.notify({ terminated: 'deactivated' }, 0)
    expect(it.told).toEqual(['active', 'ended'])
    it.step({ kind: 'notify', request: last, source: lower })
    expect(it.notifyStatus).toEqual([200, 481])
  })

  it('VID-2 a NOTIFY that outruns the 200 is taken; one whose number does not rise is taken too', () => {
    const it = pair()
    const { subscriber } = acceptSubscribe(it.requests[0]!, upper, 't', 0, environmentOf(lower))
    const { request } = notifySubscriber(subscriber!, { body: body('early') }, 0, environmentOf(lower))
    it.step({ kind: 'notify', request, source: lower })
    it.answer(0)
    it.notify({ body: body('next') }, 0)
    it.step({ kind: 'notify', request, source: lower })
    expect(it.told).toEqual(['early', 'active', 'next', 'early'])
    expect(it.notifyStatus).toEqual([200, 200, 200])
  })

  it('VID-2 ended before it was answered: ended as soon as it is', () => {
    const it = pair()
    it.step({ kind: 'end' })
    it.answer(0)
    expect(it.requests.map((request) => headerOf(request, 'Expires'))).toEqual(['3600', '0'])
    it.answer(0)
    expect(it.told).toEqual(['ended'])
  })

  it('VID-2 refused, and not answered', () => {
    const refused = pair()
    refused.step({ kind: 'response', response: makeResponse(refused.requests[0]!, 489), source: lower })
    const silent = pair()
    silent.step({ kind: 'no-answer' })
    silent.step({ kind: 'no-answer' })
    expect([refused.told, silent.told]).toEqual([['ended'], ['ended']])
  })

  it('VID-2 an event not known is 489; without Expires ten minutes hold', () => {
    const request = pair().requests[0]!
    const environment = environmentOf(lower)
    const accept = (it: SipRequest) => acceptSubscribe(it, upper, 't', 0, environment)
    expect(accept(withHeader(request, 'Event', 'weather'))).toMatchObject({
      subscriber: null,
      response: { status: 489 },
    })
    const { subscriber } = accept(withHeader(request, 'Expires', 'soon'))
    expect(subscriber?.untilMs).toBe(600_000)
    expect(renewSubscribe(subscriber!, request, upper, 1000, environment).subscriber?.untilMs).toBe(3_601_000)
  })

  it('VID-5 reads events and states as devices write them', () => {
    const request = pair().requests[0]!
    expect(readEvent(withHeader(request, 'Event', 'PRESENCE'))).toEqual({ name: 'presence', id: null })
    expect(readSubscriptionState(request)).toEqual({ state: 'active', expires: null, reason: null })
    expect(
      readSubscriptionState(withHeader(request, 'Subscription-State', 'Terminated;reason=timeout')),
    ).toEqual({
      state: 'terminated',
      expires: null,
      reason: 'timeout',
    })
  })
})
