import { describe, expect, it } from 'vitest'
import {
  answerChallenge,
  checkNonce,
  type DigestCheck,
  digestResponse,
  headerOf,
  makeNonce,
  readDigestParameters,
  readSipMessage,
  type SipRequest,
  verifyDigest,
  writeChallenge,
} from '../index.ts'
import { haveCaptures, readCapture } from '../testing/captures.ts'
import { DEVICE, DOMAIN, SERVER } from '../testing/sip-text.ts'

const uri = `sip:${SERVER}@${DOMAIN}`
const challenge = writeChallenge({ realm: DOMAIN, nonce: '347f9592aeaa8d59' })

/** What a device answers to our challenge. */
function answer(changes: Partial<Parameters<typeof answerChallenge>[1]> = {}, to = challenge): string {
  return answerChallenge(to, {
    user: DEVICE,
    password: '12345678',
    method: 'REGISTER',
    uri,
    cnonce: 'c',
    ...changes,
  })!
}

function verify(authorization: string, changes: Partial<DigestCheck> = {}) {
  const sound = { method: 'REGISTER', requestUri: uri, user: DEVICE, realm: DOMAIN, password: '12345678' }
  return verifyDigest({ authorization, ...sound, ...changes })
}

describe('digest', () => {
  it('VID-1 the example of RFC 2617 §3.5', () => {
    expect(
      digestResponse({
        algorithm: 'MD5',
        user: 'Mufasa',
        realm: 'testrealm@host.com',
        password: 'Circle Of Life',
        method: 'GET',
        uri: '/dir/index.html',
        nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
        auth: { nc: '00000001', cnonce: '0a4f113b' },
      }),
    ).toBe('6629fae49393a05397450978507c4ef1')
  })

  it('VID-1 the example of RFC 2069 §2.4 as corrected, without qop', () => {
    expect(
      digestResponse({
        algorithm: 'MD5',
        user: 'Mufasa',
        realm: 'testrealm@host.com',
        password: 'CircleOfLife',
        method: 'GET',
        uri: '/dir/index.html',
        nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      }),
    ).toBe('1949323746fe6a43ef61f9606e7febea')
  })

  it.each([
    ['MD5', false],
    ['MD5', true],
    ['SM3', false],
    ['SM3', true],
  ] as const)('VID-1 %s, qop %s: what is answered holds', (algorithm, qop) => {
    const authorization = answer({}, writeChallenge({ realm: DOMAIN, nonce: 'n', algorithm, qop }))
    expect(readDigestParameters(authorization)?.['response']).toHaveLength(algorithm === 'MD5' ? 32 : 64)
    expect(verify(authorization)).toEqual({ ok: true, differs: [] })
  })
})

describe('which part differs (pain 1)', () => {
  it('VID-PAIN-01 the device’s own uri counts, not the request line', () => {
    expect(verify(answer({ uri: 'sip:other@192.168.1.2' }))).toEqual({ ok: true, differs: [] })
  })

  it('VID-PAIN-01 a device that says one uri and computes with the request line has proven its password', () => {
    const said = answer().replace(`uri="${uri}"`, 'uri="sip:x"')
    expect(verify(said)).toEqual({ ok: true, differs: ['uri'] })
  })

  it('VID-PAIN-01 a realm of the device’s own is told', () => {
    const own = answer({}, writeChallenge({ realm: '4200000000', nonce: 'n' }))
    expect(verify(own)).toEqual({ ok: true, differs: ['realm'] })
    expect(verify(answer().replace(`realm="${DOMAIN}"`, 'realm="x"'))).toEqual({
      ok: true,
      differs: ['realm'],
    })
  })

  it.each([
    ['another user', answer({ user: 'admin' }), {}, 'other-user', ['user']],
    [
      'an earlier password',
      answer({ password: 'old' }),
      { formerPasswords: ['older', 'old'] },
      'old-password',
      ['password'],
    ],
    ['no password', answer({ password: '' }), {}, 'old-password', ['password']],
    ['a password never known', answer({ password: 'x' }), {}, 'password', ['password']],
    ['another method', answer({ method: 'MESSAGE' }), {}, 'password', ['password']],
    ['no response', 'Digest username="a", nonce="b"', {}, 'unreadable', []],
    ['Basic', 'Basic YTpi', {}, 'unreadable', []],
    ['SHA-256', answer().replace('algorithm=MD5', 'algorithm=SHA-256'), {}, 'algorithm', []],
  ] as const)('VID-PAIN-01 %s', (_, authorization, changes, refusal, differs) => {
    expect(verify(authorization, changes)).toMatchObject({ ok: false, refusal, differs })
  })

  it('VID-PAIN-01 letters of any case, no blanks, no algorithm, qop without its parts', () => {
    expect(verify(answer().replaceAll(', ', ',').replace('algorithm=MD5', 'algorithm=md5'))).toMatchObject({
      ok: true,
    })
    expect(verify(answer().replace(', algorithm=MD5', ', qop=auth'))).toMatchObject({ ok: true })
    expect(
      verify(
        answer().replace(/response="(\w+)"/, (whole) => whole.toUpperCase().replace('RESPONSE', 'response')),
      ),
    ).toMatchObject({ ok: true })
  })

  it('VID-1 a challenge that cannot be answered', () => {
    expect(
      answerChallenge('Basic realm="x"', { user: '', password: '', method: '', uri: '', cnonce: '' }),
    ).toBeNull()
  })
})

describe('nonce', () => {
  const secret = Buffer.alloc(32, 7)
  const now = Date.parse('2026-11-20T09:00:00Z')

  it('VID-1 is ours, grows old, and cannot be made by others', () => {
    const nonce = makeNonce(secret, now)
    const state = (text: string, at: number) => checkNonce(secret, text, at, 300_000)
    expect(state(nonce, now + 299_000)).toBe('fresh')
    expect(state(nonce, now + 301_000)).toBe('stale')
    expect(state(makeNonce(Buffer.alloc(32, 8), now), now)).toBe('foreign')
    expect(state(`0${nonce.slice(1, -1)}0`, now)).toBe('foreign')
    expect(state('238e1f2946e87ccd', now)).toBe('foreign')
  })
})

describe.skipIf(!haveCaptures)('foreign captures', () => {
  it.each([
    [
      'an independent tool',
      'sip_udp_register_heartbeat_cancel',
      '34020000002000000001',
      '3401000000',
      '12345678',
      2,
    ],
    ['a Hikvision camera', 'sip', '42010000121310000000', '42000000', '123456', 1],
  ])('VID-1 %s: its authorisation holds under its password', (_, name, user, realm, password, count) => {
    const requests = readCapture(name)
      .filter(({ payload }) => payload.includes('Authorization'))
      .map(({ payload }) => readSipMessage(payload) as SipRequest)
    expect(requests).toHaveLength(count)
    for (const request of requests) {
      const authorization = headerOf(request, 'Authorization')!
      const check = { authorization, method: request.method, requestUri: request.uri, user, realm, password }
      expect(verifyDigest(check)).toEqual({ ok: true, differs: [] })
      expect(verifyDigest({ ...check, password: 'x' })).toMatchObject({ ok: false, refusal: 'password' })
    }
  })
})
