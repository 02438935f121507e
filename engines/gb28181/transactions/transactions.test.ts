import { describe, expect, it } from 'vitest'
import {
  headersOf,
  type LayerTold,
  makeCancel,
  makeRequest,
  makeResponse,
  nameAddress,
  type SipRequest,
} from '../index.ts'
import { createNet, type Net } from '../testing/net.ts'
import { DEVICE, DOMAIN, SERVER } from '../testing/sip-text.ts'

function request(method: string, branch = 'z9hG4bKx', cseq = 1): SipRequest {
  return makeRequest({
    method,
    uri: `sip:${DEVICE}@${DOMAIN}`,
    hop: { transport: 'UDP', host: '192.0.2.1', port: 5060 },
    branch,
    from: nameAddress(`sip:${SERVER}@${DOMAIN}`, 'f'),
    to: nameAddress(`sip:${DEVICE}@${DOMAIN}`),
    callId: 'call',
    cseq,
  })
}

/** The other side answers every new request by this status after a while. */
function answerBy(net: Net, status: number): void {
  net.b.onTold = (event) => {
    if (event.kind !== 'request') return
    net.run(net.b, net.b.layer.respond(event.request, makeResponse(event.request, status, { toTag: 't' })))
  }
}

function begin(net: Net, it: SipRequest): void {
  net.run(net.a, net.a.layer.request(it, net.b.endpoint))
}

const kinds = (told: readonly LayerTold[]) =>
  told.map((event) => (event.kind === 'response' ? String(event.response.status) : event.kind))
const times = (net: Net, what: string) => net.a.sent.filter((it) => it[1] === what).map(([at]) => at)

describe('requests other than INVITE, RFC 3261 §17.1.2 and §17.2.2', () => {
  it('VID-1 are answered once, and forgotten on both sides', () => {
    const net = createNet()
    answerBy(net, 200)
    begin(net, request('MESSAGE'))
    net.wait(100)
    expect([kinds(net.a.told), kinds(net.b.told)]).toEqual([['200'], ['request']])
    expect(headersOf((net.b.told[0] as { request: SipRequest }).request, 'Via')[0]).toContain('rport=5060')
    net.wait(40_000)
    expect([net.a.layer.size, net.b.layer.size]).toEqual([0, 0])
    expect(times(net, 'MESSAGE')).toEqual([0])
  })

  it('VID-1 are repeated over UDP at 0.5, 1, 2, 4, 4 … s, and given up after 32 s', () => {
    const net = createNet()
    net.lose = () => true
    begin(net, request('MESSAGE'))
    net.wait(60_000)
    expect(times(net, 'MESSAGE')).toEqual([
      0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ])
    expect(net.a.told).toMatchObject([{ kind: 'timeout', silent: true }])
    expect(net.a.layer.size).toBe(0)
  })

  it('VID-1 a lost answer is sent again, its user asked once', () => {
    const net = createNet()
    answerBy(net, 200)
    let lost = 0
    net.lose = (from) => from === net.b && lost++ < 2
    begin(net, request('MESSAGE'))
    net.wait(5000)
    expect([kinds(net.a.told), kinds(net.b.told)]).toEqual([['200'], ['request']])
    expect(net.b.sent.map((it) => it[1])).toEqual(['200', '200', '200'])
  })

  it('VID-1 a device whose branch never changes is not taken for one that repeats itself', () => {
    const net = createNet()
    answerBy(net, 401)
    for (const cseq of [1, 2])
      net.run(net.b, net.b.layer.receive(request('REGISTER', 'z9hG4bKsame', cseq), net.a.endpoint))
    expect(kinds(net.b.told)).toEqual(['request', 'request'])
  })

  it('VID-1 nothing is repeated over TCP', () => {
    const net = createNet('TCP')
    net.lose = () => true
    begin(net, request('MESSAGE'))
    net.wait(60_000)
    expect(times(net, 'MESSAGE')).toEqual([0])
    expect(kinds(net.a.told)).toEqual(['timeout'])
  })

  it('VID-1 what cannot be sent is told at once', () => {
    const net = createNet()
    for (const it of net.a.layer.request(request('MESSAGE'), net.b.endpoint)) {
      if (it.do === 'send') net.run(net.a, net.a.layer.fail(it.key))
    }
    expect(kinds(net.a.told)).toEqual(['transport-failed'])
    expect(net.a.layer.size).toBe(0)
  })
})

describe('INVITE, RFC 3261 §17.1.1 and §17.2.1, RFC 6026', () => {
  it('VID-PAIN-06 without any answer: at 0.5, 1, 2, … s, given up after 32 s as silent', () => {
    const net = createNet()
    net.lose = () => true
    begin(net, request('INVITE'))
    net.wait(60_000)
    expect(times(net, 'INVITE')).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500])
    expect(net.a.told).toMatchObject([{ kind: 'timeout', silent: true }])
  })

  it('VID-1 a refusal is acknowledged, each time it comes', () => {
    const net = createNet()
    answerBy(net, 486)
    let lost = 0
    net.lose = (from, message) =>
      from === net.a && message.kind === 'request' && message.method === 'ACK' && lost++ < 2
    begin(net, request('INVITE'))
    net.wait(10_000)
    expect(kinds(net.a.told)).toEqual(['100', '486'])
    expect(net.b.sent.map((it) => it[1])).toEqual(['100', '486', '486', '486'])
    expect(times(net, 'ACK')).toHaveLength(3)
    net.wait(60_000)
    expect([net.a.layer.size, net.b.layer.size]).toEqual([0, 0])
  })

  it('VID-PAIN-06 a 200 without ACK is repeated for 32 s, then told', () => {
    const net = createNet()
    answerBy(net, 200)
    begin(net, request('INVITE'))
    net.wait(70_000)
    expect(kinds(net.b.told)).toEqual(['request', 'no-ack'])
    expect(net.b.sent.filter((it) => it[1] === '200').length).toBeGreaterThan(8)
    expect(kinds(net.a.told).filter((it) => it === '200').length).toBeGreaterThan(8)
    expect([net.a.layer.size, net.b.layer.size]).toEqual([0, 0])
  })

  it.each(['UDP', 'TCP'] as const)(
    'VID-1 the ACK of a 200, with a branch of its own, ends the repeating over %s',
    (transport) => {
      const net = createNet(transport)
      answerBy(net, 200)
      net.a.onTold = (event) => {
        if (event.kind === 'response' && event.response.status === 200)
          net.send(net.a, request('ACK', 'z9hG4bKack'))
      }
      begin(net, request('INVITE'))
      net.wait(2000)
      expect(kinds(net.b.told)).toEqual(['request', 'ack'])
      expect(net.b.sent.map((it) => it[1])).toEqual(['100', '200'])
      net.wait(70_000)
      expect([net.a.layer.size, net.b.layer.size]).toEqual([0, 0])
    },
  )

  it('VID-PAIN-12 CANCEL is answered, its INVITE told; without one: 481', () => {
    const net = createNet()
    net.b.onTold = (event) => {
      if (event.kind !== 'cancelled') return
      net.run(net.b, net.b.layer.respond(event.request, makeResponse(event.request, 487, { toTag: 't' })))
    }
    const invite = request('INVITE')
    begin(net, invite)
    net.wait(100)
    begin(net, makeCancel(invite))
    net.wait(1000)
    expect(kinds(net.b.told)).toEqual(['request', 'cancelled'])
    expect(kinds(net.a.told).sort()).toEqual(['100', '200', '487'])
    begin(net, makeCancel(request('INVITE', 'z9hG4bKother')))
    net.wait(1000)
    expect(kinds(net.a.told).at(-1)).toBe('481')
  })

  it('VID-PAIN-12 an answer nobody awaits is told with its source', () => {
    const net = createNet()
    net.run(net.a, net.a.layer.receive(makeResponse(request('INVITE'), 200, { toTag: 't' }), net.b.endpoint))
    expect(net.a.told).toMatchObject([{ kind: 'stray', source: net.b.endpoint }])
  })
})
