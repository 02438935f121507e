import { describe, expect, it } from 'vitest'
import {
  acceptRegister,
  challengeRegister,
  contactOf,
  createUplink,
  headerOf,
  readRegister,
  readSipMessage,
  redirectRegister,
  refuseRegister,
  type SipRequest,
  type SipResponse,
  stampSource,
  stepUplink,
  type UplinkAccount,
  type UplinkEvent,
  type UplinkTold,
  verifyDigest,
  withHeader,
  withoutHeader,
} from '../index.ts'
import { haveCaptures, readCapture } from '../testing/captures.ts'

const account: UplinkAccount = {
  id: '34020000002000000001',
  domain: '3402000000',
  user: '34020000002000000001',
  password: '12345678',
  upperId: '34000000002000000001',
  upperDomain: '3400000000',
  upper: { transport: 'UDP', address: '198.51.100.1', port: 5060 },
  expires: 3600,
  version: '3.0',
  hop: { transport: 'UDP', host: '192.168.1.2', port: 5060 },
}
const seen = { transport: 'UDP', address: '203.0.113.9', port: 40123 } as const
const challenge = { realm: '3400000000', nonce: 'n1' }

/** Drives an uplink by hand: what it sends and tells is kept. */
function uplinkOf() {
  let count = 0
  const next = () => `z9hG4bK${(count++).toString()}`
  const random = { branch: next, tag: next, cnonce: next }
  const told: UplinkTold[] = []
  const timers: number[] = []
  const sent: { request: SipRequest; to: string }[] = []
  let uplink = createUplink(account, 'call')
  const step = (event: UplinkEvent) => {
    const result = stepUplink(uplink, event, account, random)
    uplink = result.uplink
    for (const effect of result.effects) {
      if (effect.do === 'tell') told.push(effect.event)
      if (effect.do === 'start-timer') timers.push(effect.afterMs)
      if (effect.do === 'request')
        sent.push({ request: stampSource(effect.request, seen), to: effect.target.address })
    }
  }
  const last = () => sent.at(-1)!.request
  const reply = (make: (request: SipRequest) => SipResponse) =>
    step({ kind: 'response', response: make(last()) })
  const accept = () =>
    reply((it) => acceptRegister(it, { toTag: 't', expires: 3600, nowMs: 0, version: '3.0' }))
  const challengeIt = () => reply((it) => challengeRegister(it, challenge, { toTag: 't' }))
  return { step, told, timers, sent, last, reply, accept, challengeIt, state: () => uplink.state }
}

describe('registering at an upper platform', () => {
  it('VID-3 401, answer, 200; refreshed within the same Call-ID', () => {
    const it = uplinkOf()
    it.step({ kind: 'start' })
    it.challengeIt()
    it.accept()
    expect(it.told).toEqual([
      { kind: 'registered', expires: 3600, date: '1970-01-01T08:00:00.000', version: '3.0' },
    ])
    expect(it.timers).toEqual([2_400_000])
    it.step({ kind: 'due' })
    expect(it.sent.map(({ request }) => [headerOf(request, 'CSeq'), headerOf(request, 'Call-ID')])).toEqual([
      ['1 REGISTER', 'call'],
      ['2 REGISTER', 'call'],
      ['3 REGISTER', 'call'],
    ])
    const verdict = verifyDigest({
      authorization: headerOf(it.sent[1]!.request, 'Authorization')!,
      method: 'REGISTER',
      requestUri: it.sent[1]!.request.uri,
      user: account.user,
      realm: challenge.realm,
      password: account.password,
    })
    expect(verdict).toEqual({ ok: true, differs: [] })
  })

  it('VID-PAIN-09 the Contact of the second REGISTER is where our 401 saw us', () => {
    const it = uplinkOf()
    it.step({ kind: 'start' })
    expect(contactOf(it.last())?.uri).toBe('sip:34020000002000000001@192.168.1.2:5060')
    it.challengeIt()
    expect(contactOf(it.last())?.uri).toBe('sip:34020000002000000001@203.0.113.9:40123')
  })

  it('VID-PAIN-01 a second 401, 403, no answer: told, and tried again after a minute, no loop', () => {
    const it = uplinkOf()
    it.step({ kind: 'start' })
    it.challengeIt()
    it.challengeIt()
    expect(it.sent).toHaveLength(2)
    it.step({ kind: 'due' })
    it.reply((request) => refuseRegister(request, 403, { toTag: 't', reason: 'Wrong password' }))
    it.step({ kind: 'due' })
    it.step({ kind: 'no-answer' })
    expect(it.told).toEqual([
      { kind: 'failed', status: 401, reason: 'Unauthorized' },
      { kind: 'failed', status: 403, reason: 'Wrong password' },
      { kind: 'failed', status: null, reason: '' },
    ])
    expect(it.timers).toEqual([60_000, 60_000, 60_000])
  })

  it('VID-1 a redirection is followed once, and left when the chosen server fails', () => {
    const it = uplinkOf()
    it.step({ kind: 'start' })
    const redirect = (request: SipRequest) =>
      redirectRegister(request, { toTag: 't', contact: 'sip:x@198.51.100.7:5070', expires: 3600 })
    it.reply(redirect)
    it.challengeIt()
    it.accept()
    expect(it.sent.map(({ to }) => to)).toEqual(['198.51.100.1', '198.51.100.7', '198.51.100.7'])
    for (let misses = 0; misses < 3; misses += 1) it.step({ kind: 'keepalive-missed' })
    expect(it.sent.at(-1)?.to).toBe('198.51.100.1')
    it.reply(redirect)
    it.reply(redirect)
    expect(it.told.at(-1)).toMatchObject({ kind: 'failed', status: 302 })
  })

  it('VID-PAIN-22 forgotten by the upper platform: registered anew', () => {
    const it = uplinkOf()
    it.step({ kind: 'start' })
    it.accept()
    it.step({ kind: 'forgotten' })
    expect(it.sent).toHaveLength(2)
    it.step({ kind: 'forgotten' })
    expect(it.sent).toHaveLength(2)
  })

  it('VID-PAIN-13 keepalives answered in between are no misses in a row', () => {
    const it = uplinkOf()
    it.step({ kind: 'start' })
    it.accept()
    for (const kind of [
      'keepalive-missed',
      'keepalive-missed',
      'keepalive-answered',
      'keepalive-missed',
    ] as const) {
      it.step({ kind })
    }
    expect(it.sent).toHaveLength(1)
  })

  it('VID-1 logs off with Expires 0, challenged too', () => {
    const it = uplinkOf()
    it.step({ kind: 'start' })
    it.accept()
    it.step({ kind: 'log-off' })
    it.challengeIt()
    expect(it.sent.slice(1).map(({ request }) => headerOf(request, 'Expires'))).toEqual(['0', '0'])
    it.accept()
    expect([it.state(), it.told.at(-1)?.kind]).toEqual(['off', 'logged-off'])
  })
})

describe('logging off while registering', () => {
  it('VID-1 waits for the answer, so that nobody believes us there', () => {
    const it = uplinkOf()
    it.step({ kind: 'start' })
    it.step({ kind: 'log-off' })
    it.challengeIt()
    it.accept()
    expect(it.sent.map(({ request }) => headerOf(request, 'Expires'))).toEqual(['3600', '3600', '0'])
    it.accept()
    expect([it.state(), it.told]).toEqual(['off', [{ kind: 'logged-off' }]])
    const refused = uplinkOf()
    refused.step({ kind: 'start' })
    refused.step({ kind: 'log-off' })
    refused.step({ kind: 'no-answer' })
    expect([refused.state(), refused.timers]).toEqual(['off', []])
  })
})

describe('REGISTER at our side', () => {
  const it0 = uplinkOf()
  it0.step({ kind: 'start' })
  const request = it0.last()

  it('VID-1 is read', () => {
    expect(readRegister(request)).toEqual({
      id: account.id,
      domain: account.domain,
      callId: 'call',
      contact: 'sip:34020000002000000001@192.168.1.2:5060',
      expires: 3600,
      version: '3.0',
      authorization: null,
    })
  })

  it('VID-1 without Expires: that of the Contact, else an hour', () => {
    const without = withoutHeader(request, 'Expires')
    expect(readRegister(without)?.expires).toBe(3600)
    expect(readRegister(withHeader(without, 'Contact', '<sip:a@b>;expires=7200'))?.expires).toBe(7200)
    expect(readRegister(withHeader(request, 'Expires', 'x'))?.expires).toBe(3600)
  })

  it('VID-1 an id in From alone is found, none is null', () => {
    const lame = withHeader(request, 'To', '<sip:@3402000000>')
    expect(readRegister(lame)?.id).toBe(account.id)
    expect(readRegister(withHeader(lame, 'From', '<sip:3402000000>;tag=1'))).toBeNull()
  })

  it('VID-1 is answered with Contact, Expires, local Date to the millisecond and X-GB-ver', () => {
    const nowMs = Date.parse('2026-11-20T09:32:09.123Z')
    const response = acceptRegister(request, { toTag: 't', expires: 3600, nowMs, version: '3.0' })
    expect(['Contact', 'Expires', 'Date', 'X-GB-ver'].map((name) => headerOf(response, name))).toEqual([
      '<sip:34020000002000000001@192.168.1.2:5060>',
      '3600',
      '2026-11-20T17:32:09.123',
      '3.0',
    ])
    const stale = challengeRegister(request, { ...challenge, stale: true }, { toTag: 't' })
    expect(headerOf(stale, 'WWW-Authenticate')).toBe(
      'Digest realm="3400000000", nonce="n1", algorithm=MD5, stale=true',
    )
  })
})

describe.skipIf(!haveCaptures)('foreign captures', () => {
  it('VID-1 registers, and logs off', () => {
    const readings = readCapture('sip_udp_register_heartbeat_cancel')
      .map(({ payload }) => readSipMessage(payload))
      .flatMap((it) => (it.kind === 'request' && it.method === 'REGISTER' ? [readRegister(it)] : []))
    expect(readings.map((it) => [it?.id, it?.expires, it?.authorization !== null])).toEqual([
      ['34020000002000000001', 3600, false],
      ['34020000002000000001', 3600, true],
      ['34020000002000000001', 0, false],
      ['34020000002000000001', 0, true],
    ])
  })
})
