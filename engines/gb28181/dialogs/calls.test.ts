import { describe, expect, it } from 'vitest'
import {
  beginEnding,
  belongsTo,
  type CallEffect,
  type CallTold,
  createCallTable,
  dialogOfCallee,
  dialogOfCaller,
  endStray,
  flightKey,
  headerOf,
  headersOf,
  makeResponse,
  readDialog,
  readSipMessage,
  requestWithin,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  tagsOf,
  takeRequest,
  withHeader,
} from '../index.ts'
import { haveCaptures, readCapture } from '../testing/captures.ts'
import { randomFrom } from '../testing/mutate.ts'
import { createNet, type Net, type Side } from '../testing/net.ts'
import { answer, environmentOf, placeCall, takeCalls } from '../testing/phones.ts'

const words = (told: readonly CallTold[]) =>
  told.map((it) => (it.kind === 'ended' ? `${it.end}${it.confirmed ? '' : '?'}` : it.kind))
const sent = (side: Side) => side.sent.map((it) => it[1])
const isRequest = (message: SipMessage, method: string) =>
  message.kind === 'request' && message.method === method

/** Loses what matches, `times` times. */
function loseSome(
  net: Net,
  matches: (from: Side, message: SipMessage) => boolean,
  times = Number.POSITIVE_INFINITY,
) {
  let left = times
  net.lose = (from, message) => matches(from, message) && left-- > 0
}

describe('a call that succeeds', () => {
  it.each(['UDP', 'TCP'] as const)('VID-3 INVITE, 200, ACK, BYE over %s', (transport) => {
    const net = createNet(transport)
    const callee = takeCalls(net, (it) => it.step(answer))
    const caller = placeCall(net)
    net.wait(1000)
    expect([caller.call.state, callee.call?.state]).toEqual(['established', 'established'])
    caller.step({ kind: 'hang-up' })
    net.wait(1000)
    expect(sent(net.a)).toEqual(['INVITE', 'ACK', 'BYE'])
    expect(words(caller.told)).toEqual(['progress', 'answered', 'hung-up'])
    expect(words(callee.told)).toEqual(['acknowledged', 'peer-bye'])
  })

  it('VID-PAIN-15 the other side hangs up', () => {
    const net = createNet()
    const callee = takeCalls(net, (it) => it.step(answer))
    const caller = placeCall(net)
    net.wait(1000)
    callee.step({ kind: 'hang-up' })
    net.wait(1000)
    expect([words(caller.told).at(-1), words(callee.told).at(-1)]).toEqual(['peer-bye', 'hung-up'])
  })

  it('VID-6 requests within the dialog are counted, one whose number does not rise is forgiven', () => {
    const net = createNet()
    takeCalls(net, (it) => it.step(answer))
    const caller = placeCall(net)
    net.wait(1000)
    if (caller.call.state !== 'established') throw new Error(caller.call.state)
    const { dialog, request } = requestWithin(caller.call.dialog, 'INFO', environmentOf(net.a))
    expect([headerOf(request, 'CSeq'), tagsOf(request)]).toEqual(['2 INFO', { from: 'from', to: 'to' }])
    const callee = dialogOfCallee((net.b.told[0] as { request: SipRequest }).request, 'to', net.a.endpoint)
    expect(belongsTo(callee, request)).toBe(true)
    const taken = takeRequest(callee, request, net.a.endpoint)
    expect([taken.remoteSeq, takeRequest(taken, request, net.b.endpoint)]).toEqual([
      2,
      { ...taken, peer: net.b.endpoint },
    ])
    expect(dialog.localSeq).toBe(2)
  })
})

describe('every way out ends in CANCEL or BYE (pain 12)', () => {
  it('VID-PAIN-12 hung up after 100: CANCEL, 487', () => {
    const net = createNet()
    const callee = takeCalls(net, () => {})
    const caller = placeCall(net)
    net.wait(100)
    caller.step({ kind: 'hang-up' })
    net.wait(1000)
    expect(sent(net.a)).toEqual(['INVITE', 'CANCEL', 'ACK'])
    expect([words(caller.told).at(-1), words(callee.told).at(-1)]).toEqual(['cancelled', 'cancelled'])
  })

  it('VID-PAIN-12 hung up before any answer: CANCEL waits for the first', () => {
    const net = createNet()
    takeCalls(net, () => {})
    const caller = placeCall(net)
    caller.step({ kind: 'hang-up' })
    expect(sent(net.a)).toEqual(['INVITE'])
    net.wait(1000)
    expect(sent(net.a)).toEqual(['INVITE', 'CANCEL', 'ACK'])
    expect(words(caller.told)).toEqual(['cancelled'])
  })

  it('VID-PAIN-12 CANCEL and 200 cross: ACK and BYE', () => {
    const net = createNet()
    const callee = takeCalls(net, (it) => net.later(95, () => it.step(answer)))
    const caller = placeCall(net)
    net.wait(100)
    caller.step({ kind: 'hang-up' })
    net.wait(2000)
    expect(sent(net.a)).toEqual(['INVITE', 'CANCEL', 'ACK', 'BYE'])
    expect([caller.call.state, callee.call?.state]).toEqual(['ended', 'ended'])
  })

  it('VID-PAIN-06 no final answer in time: given up, then a late 200 is ended by ACK and BYE', () => {
    const net = createNet()
    const callee = takeCalls(net, (it) => net.later(11_000, () => it.step(answer)))
    loseSome(net, (_, message) => isRequest(message, 'CANCEL'))
    const caller = placeCall(net)
    net.wait(15_000)
    expect(caller.told).toContainEqual({ kind: 'gave-up', silent: false })
    expect(sent(net.a).filter((it) => it !== 'CANCEL')).toEqual(['INVITE', 'ACK', 'BYE'])
    expect([caller.call.state, callee.call?.state]).toEqual(['ended', 'ended'])
  })

  it('VID-PAIN-06 nobody there: told as silent at the deadline, over after 32 s', () => {
    const net = createNet()
    net.lose = () => true
    const caller = placeCall(net)
    net.wait(10_000)
    expect(caller.told).toEqual([{ kind: 'gave-up', silent: true }])
    net.wait(60_000)
    expect(words(caller.told)).toEqual(['gave-up', 'silent?'])
  })

  it('VID-PAIN-12 an answer that nobody awaits any more is ended from itself', () => {
    const net = createNet()
    const callee = takeCalls(net, (it) => net.later(40_000, () => it.step(answer)))
    loseSome(net, (from) => from === net.b)
    const caller = placeCall(net)
    net.wait(39_000)
    expect(caller.call.state).toBe('ended')
    net.lose = () => false
    net.wait(30_000)
    expect(callee.call?.state).toBe('ended')
    expect(sent(net.a)).toContain('BYE')
  })

  it('VID-PAIN-12 a lost ACK is sent again for each repeated 200', () => {
    const net = createNet()
    const callee = takeCalls(net, (it) => it.step(answer))
    loseSome(net, (_, message) => isRequest(message, 'ACK'), 2)
    placeCall(net)
    net.wait(5000)
    expect(sent(net.a)).toEqual(['INVITE', 'ACK', 'ACK', 'ACK'])
    expect(callee.call?.state).toBe('established')
  })

  it('VID-PAIN-06 an ACK that never arrives: BYE by the side that answered', () => {
    const net = createNet()
    const callee = takeCalls(net, (it) => it.step(answer))
    loseSome(net, (_, message) => isRequest(message, 'ACK'))
    const caller = placeCall(net)
    net.wait(60_000)
    expect(words(callee.told)).toEqual(['no-ack'])
    expect(words(caller.told).at(-1)).toBe('peer-bye')
  })

  it('VID-PAIN-12 BYE is tried three times, then the call is over unconfirmed', () => {
    const net = createNet()
    takeCalls(net, (it) => it.step(answer))
    const caller = placeCall(net)
    net.wait(1000)
    net.lose = () => true
    caller.step({ kind: 'hang-up' })
    net.wait(120_000)
    expect(words(caller.told).at(-1)).toBe('hung-up?')
    const numbers = net.a.told.filter((it) => it.kind === 'timeout').map((it) => headerOf(it.request, 'CSeq'))
    expect(numbers).toEqual(['2 BYE', '3 BYE', '4 BYE'])
  })

  it('VID-PAIN-12 hung up by the answering side before its ACK came: BYE after it', () => {
    const net = createNet()
    const callee = takeCalls(net, (it) => {
      it.step(answer)
      it.step({ kind: 'hang-up' })
    })
    const caller = placeCall(net)
    net.wait(1000)
    expect([words(caller.told).at(-1), words(callee.told).at(-1)]).toEqual(['peer-bye', 'hung-up'])
  })

  it('VID-PAIN-06 busy: refused, with the device’s status and words', () => {
    const net = createNet()
    takeCalls(net, (it) => it.step({ kind: 'refuse', status: 486, reason: 'Busy' }))
    const caller = placeCall(net)
    net.wait(1000)
    expect(caller.told.at(1)).toMatchObject({ kind: 'refused', response: { status: 486, reason: 'Busy' } })
    expect(words(caller.told).at(-1)).toBe('refused')
  })

  it('VID-PAIN-12 in any loss and any order of wishes nobody is left sending alone', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = randomFrom(seed)
      const net = createNet()
      const loss = random(50)
      net.lose = () => random(100) < loss
      const callee = takeCalls(net, (it) =>
        net.later(random(15_000), () => it.step(random(4) === 0 ? { kind: 'refuse', status: 486 } : answer)),
      )
      const caller = placeCall(net, 1000 + random(20_000))
      net.later(random(30_000), () => caller.step({ kind: 'hang-up' }))
      if (random(3) === 0) net.later(random(30_000), () => callee.step({ kind: 'hang-up' }))
      net.wait(40_000)
      net.lose = () => false
      net.wait(200_000)
      const states = [caller.call.state, callee.call?.state ?? 'ended']
      expect({ seed, states }).toEqual({ seed, states: ['ended', 'ended'] })
      expect([net.a.layer.size, net.b.layer.size]).toEqual([0, 0])
    }
  })
})

describe('dialogs survive a restart (pain 11)', () => {
  it('VID-PAIN-11 a stored dialog can still be ended', () => {
    const net = createNet()
    const callee = takeCalls(net, (it) => it.step(answer))
    const caller = placeCall(net)
    net.wait(1000)
    if (caller.call.state !== 'established') throw new Error(caller.call.state)
    const stored = readDialog(JSON.parse(JSON.stringify(caller.call.dialog)))
    expect(stored).toEqual(caller.call.dialog)
    const { effects } = beginEnding(stored!, 'hung-up', {
      ...environmentOf(net.a),
      branch: () => 'z9hG4bKnew',
    })
    for (const it of effects)
      if (it.do === 'request') net.run(net.a, net.a.layer.request(it.request, it.target))
    net.wait(1000)
    expect(words(callee.told)).toEqual(['acknowledged', 'peer-bye'])
  })

  it.each([null, 7, {}, { callId: 'a' }, { callId: 'a', local: '', localTag: '' }])(
    'VID-PAIN-11 %j is no dialog',
    (it) => {
      expect(readDialog(it)).toBeNull()
    },
  )
})

describe('dialogs as devices have them', () => {
  const net = createNet()
  takeCalls(net, () => {})
  placeCall(net)
  net.wait(100)
  const invite = (net.b.told[0] as { request: SipRequest }).request

  it('VID-PAIN-12 a lost To tag is forgiven, a wrong one is not', () => {
    const dialog = dialogOfCallee(invite, 'to', net.a.endpoint)
    const bye = withHeader(withHeader(invite, 'CSeq', '2 BYE'), 'To', '<sip:x@y>')
    expect(belongsTo(dialog, bye)).toBe(true)
    expect(belongsTo(dialog, withHeader(bye, 'To', '<sip:x@y>;tag=other'))).toBe(false)
    expect(belongsTo(dialog, withHeader(bye, 'Call-ID', 'other'))).toBe(false)
  })

  it('VID-PAIN-09 packets go to the source, the request line to the Contact, Routes are followed', () => {
    const answered = makeResponse(invite, 200, {
      toTag: 'to',
      headers: [
        { name: 'Contact', value: '<sip:34020000001320000001@192.168.1.64:5060>' },
        { name: 'Record-Route', value: '<sip:p1;lr>, <sip:p2;lr>' },
      ],
    })
    const peer = { transport: 'UDP', address: '203.0.113.9', port: 40123 } as const
    const { request } = requestWithin(dialogOfCaller(answered, peer), 'BYE', environmentOf(net.a))
    expect(request.uri).toBe('sip:34020000001320000001@192.168.1.64:5060')
    expect(headersOf(request, 'Route')).toEqual(['<sip:p2;lr>', '<sip:p1;lr>'])
    expect(dialogOfCaller(answered, peer).peer).toEqual(peer)
  })

  it('VID-PAIN-12 only a 2xx of INVITE is a stray to be ended', () => {
    const stray = (response: SipResponse): CallEffect[] | null =>
      endStray(response, net.b.endpoint, environmentOf(net.a))
    expect(stray(makeResponse(invite, 486))).toBeNull()
    expect(stray(makeResponse(withHeader(invite, 'CSeq', '1 MESSAGE'), 200))).toBeNull()
    expect(stray(makeResponse(invite, 200, { toTag: 'x' }))?.map((it) => it.do)).toEqual(['send', 'request'])
  })
})

describe('single flight', () => {
  it('VID-PAIN-12 a second INVITE to the same channel waits for the first', () => {
    const table = createCallTable<string>()
    const flight = flightKey('34020000001320000001', 'play')
    expect(table.claim(flight, 'id-1', 'first')).toEqual({ claimed: true })
    expect(table.claim(flight, 'id-2', 'second')).toEqual({ claimed: false, callId: 'id-1', call: 'first' })
    expect(table.claim(flightKey('34020000001320000001', 'playback', 'a'), 'id-3', 'third').claimed).toBe(
      true,
    )
    table.set('id-1', 'established')
    expect([table.get('id-1'), table.size]).toEqual(['established', 2])
    table.release('id-1')
    table.set('id-1', 'ghost')
    expect([...table.entries()]).toEqual([['id-3', 'third']])
    expect(table.claim(flight, 'id-2', 'second')).toEqual({ claimed: true })
  })
})

describe.skipIf(!haveCaptures)('foreign captures', () => {
  it('VID-PAIN-12 our ACK and BYE of a foreign call are those it sent itself', () => {
    const messages = readCapture('sip_udp_media')
      .filter(({ payload }) => payload.includes('SIP/2.0'))
      .map(({ payload }) => readSipMessage(payload))
    const answered = messages.find((it) => it.kind === 'response') as SipResponse
    const peer = { transport: 'UDP', address: '192.168.65.1', port: 5060 } as const
    const environment = {
      hop: { transport: 'UDP', host: '192.168.65.11', port: 5060 },
      contact: 'sip:34010000002000000001@192.168.65.11:5060',
      branch: () => 'z9hG4bKx',
    } as const
    const ours = endStray(answered, peer, environment)!.flatMap((it) =>
      it.do === 'send' ? [it.message] : it.do === 'request' ? [it.request] : [],
    )
    for (const mine of ours) {
      const foreign = messages.find((it) => it.kind === 'request' && it.method === mine.method) as SipRequest
      for (const name of ['From', 'To', 'Call-ID', 'CSeq'])
        expect(headerOf(mine, name)).toBe(headerOf(foreign, name))
      expect(mine.uri).toBe(foreign.uri)
    }
    expect(ours.map((it) => it.method)).toEqual(['ACK', 'BYE'])
  })
})
