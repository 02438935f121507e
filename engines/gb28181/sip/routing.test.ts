import { describe, expect, it } from 'vitest'
import {
  headersOf,
  makeRequest,
  makeResponse,
  nameAddress,
  observedAddress,
  readSipMessage,
  requestTarget,
  responseTarget,
  type SipRequest,
  stampSource,
  toOf,
  topViaOf,
  UnwritableError,
  withContactSeen,
  withHeader,
  writeSipMessage,
} from '../index.ts'
import { DEVICE, DOMAIN, keepaliveLines, SERVER, sipBytes } from '../testing/sip-text.ts'

const source = { transport: 'UDP', address: '203.0.113.9', port: 40123 } as const
const request = (via: string) => readSipMessage(sipBytes(keepaliveLines({ Via: via }))) as SipRequest

describe('where answers go (pain 1)', () => {
  it('VID-PAIN-01 to the packet’s source, whatever Via says', () => {
    const stamped = stampSource(request('SIP/2.0/UDP 10.30.22.135:5060;branch=z9hG4bKa'), source)
    const answer = makeResponse(stamped, 200, { toTag: 't' })
    expect(responseTarget(answer, source)).toEqual(source)
    expect(topViaOf(answer).parameters).toEqual({ branch: 'z9hG4bKa', received: '203.0.113.9' })
  })

  it('VID-PAIN-01 rport and received are filled where asked for, and lead back without the packet', () => {
    const stamped = stampSource(
      request('SIP/2.0/UDP 192.168.1.64;rport;branch=z9hG4bKa, SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKb'),
      source,
    )
    expect(headersOf(stamped, 'Via')).toEqual([
      'SIP/2.0/UDP 192.168.1.64;rport=40123;branch=z9hG4bKa;received=203.0.113.9',
      'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKb',
    ])
    expect(responseTarget(makeResponse(stamped, 200))).toEqual(source)
  })

  it('VID-PAIN-01 without both to the address written in Via', () => {
    const answer = makeResponse(request('SIP/2.0/TCP 10.0.0.1;branch=z9hG4bKa'), 200)
    expect(responseTarget(answer)).toEqual({ transport: 'TCP', address: '10.0.0.1', port: 5060 })
  })
})

describe('private addresses (pain 9)', () => {
  const register = makeRequest({
    method: 'REGISTER',
    uri: `sip:${SERVER}@${DOMAIN}`,
    hop: { transport: 'UDP', host: '192.168.1.64', port: 5060 },
    branch: 'z9hG4bKr',
    from: nameAddress(`sip:${DEVICE}@${DOMAIN}`, 'f'),
    to: nameAddress(`sip:${DEVICE}@${DOMAIN}`),
    callId: 'c',
    cseq: 1,
    headers: [{ name: 'Contact', value: `<sip:${DEVICE}@192.168.1.64:5060>;expires=3600` }],
  })

  it('VID-PAIN-09 our Contact is rewritten to where our own 401 says it saw us', () => {
    const unauthorised = makeResponse(stampSource(register, source), 401, { toTag: 'x' })
    const seen = observedAddress(unauthorised)!
    expect(seen).toEqual({ address: '203.0.113.9', port: 40123 })
    expect(headersOf(withContactSeen(register, seen), 'Contact')).toEqual([
      `<sip:${DEVICE}@203.0.113.9:40123>;expires=3600`,
    ])
    expect(
      observedAddress(makeResponse(withHeader(register, 'Via', 'SIP/2.0/UDP a;branch=z9'), 401)),
    ).toBeNull()
  })

  it('VID-PAIN-09 requests to a device go to its packets’ source, without one to its Contact', () => {
    expect(requestTarget('sip:1@192.168.1.64:5060', 'UDP', source)).toEqual(source)
    expect(requestTarget('sip:1@192.168.1.64;transport=tcp', 'UDP')).toEqual({
      transport: 'TCP',
      address: '192.168.1.64',
      port: 5060,
    })
    expect(requestTarget('sip:1@:5060', 'UDP')).toBeNull()
  })
})

describe('the writer is strict', () => {
  const sound = readSipMessage(sipBytes(keepaliveLines())) as SipRequest

  it('VID-1 tags To of answers, but not of 100', () => {
    expect(toOf(makeResponse(sound, 200, { toTag: 'z' })).parameters).toEqual({ tag: 'z' })
    expect(toOf(makeResponse(sound, 100, { toTag: 'z' })).parameters).toEqual({})
  })

  it.each([
    ['a line break in a header', withHeader(sound, 'Subject', 'a\r\nEvil: 1')],
    ['a header name that is no token', { ...sound, headers: [{ name: 'a b', value: '' }] }],
    ['a blank in the address', { ...sound, uri: 'sip:a b' }],
    ['a method that is no token', { ...sound, method: 'A B' }],
    ['a status out of range', { ...makeResponse(sound, 200), status: 99 }],
    ['a line break in a reason', makeResponse(sound, 400, { reason: 'a\nb' })],
  ])('VID-1 refuses %s', (_, message) => {
    expect(() => writeSipMessage(message)).toThrow(UnwritableError)
  })
})
