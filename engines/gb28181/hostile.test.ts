/** What nobody honest sends: must cost little and end in our malformed error at most. */
import { describe, expect, it } from 'vitest'
import {
  endStray,
  explanationOf,
  headerOf,
  MalformedError,
  makeResponse,
  readDigestParameters,
  readEvent,
  readLocalTime,
  readManscdp,
  readMediaFormat,
  readPlaybackControl,
  readRegister,
  readSdp,
  readSipMessage,
  readSubject,
  readSubscriptionState,
  type SipMessage,
  startIncomingCall,
  stepIncomingCall,
  TransactionLayer,
  UnwritableError,
  verifyDigest,
  writeSipMessage,
} from './index.ts'
import { mutate, randomFrom } from './testing/mutate.ts'
import { DEVICE, DOMAIN, SERVER, sipBytes } from './testing/sip-text.ts'

const endpoint = { transport: 'UDP', address: '192.0.2.9', port: 5060 } as const
const environment = {
  hop: { transport: 'UDP', host: '192.0.2.1', port: 5060 },
  contact: 'sip:x@192.0.2.1:5060',
  branch: () => 'z9hG4bKx',
} as const

const headers = (cseq: string) => [
  'Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1371463273',
  `From: "a" <sip:${DEVICE}@${DOMAIN}>;tag=2043466181`,
  `To: <sip:${SERVER}@${DOMAIN}>`,
  'Call-ID: 1011047669',
  `CSeq: ${cseq}`,
  'Contact: <sip:x@10.0.0.8:5060>;expires=3600',
  'Expires: 3600',
  'Event: Catalog;id=11',
  'Subscription-State: active;expires=90',
  `Subject: ${DEVICE}:0,${SERVER}:1`,
  'Warning: 399 a "b"',
  `Authorization: Digest username="${DEVICE}", realm="r", nonce="n", uri="sip:x", response="ab", qop=auth, nc=1, cnonce="c"`,
  'X-GB-ver: 3.0',
]

const SOUND = [
  ...['REGISTER', 'INVITE', 'MESSAGE', 'SUBSCRIBE', 'BYE', 'CANCEL', 'ACK'].map((method) =>
    sipBytes([`${method} sip:${SERVER}@${DOMAIN} SIP/2.0`, ...headers(`20 ${method}`)]),
  ),
  sipBytes(['SIP/2.0 200 OK', ...headers('20 INVITE')]),
]

/** Everything that looks at a message before anybody has vouched for it. */
function useMessage(message: SipMessage): void {
  const layer = new TransactionLayer()
  for (const effect of layer.receive(message, endpoint)) if (effect.do === 'send') write(effect.message)
  readEvent(message)
  readSubscriptionState(message)
  readSubject(headerOf(message, 'Subject'))
  if (message.kind === 'response') {
    explanationOf(message)
    endStray(message, endpoint, environment)
    return
  }
  const register = readRegister(message)
  const authorization = register?.authorization
  if (authorization) {
    verifyDigest({
      authorization,
      method: 'REGISTER',
      requestUri: message.uri,
      user: DEVICE,
      realm: 'r',
      password: 'p',
    })
  }
  write(makeResponse(message, 401, { toTag: 't' }))
  const call = startIncomingCall(message, 't', endpoint)
  stepIncomingCall(call, { kind: 'refuse', status: 486 }, environment)
}

/** An answer repeats what came: where that cannot be written, the writer says so. */
function write(message: SipMessage): void {
  try {
    readSipMessage(writeSipMessage(message))
  } catch (error) {
    if (!(error instanceof UnwritableError)) throw error
  }
}

describe('damaged messages', () => {
  it('VID-1 pass through everything that reads them, or are malformed', () => {
    const random = randomFrom(1)
    let used = 0
    for (let round = 0; round < 6000; round += 1) {
      try {
        useMessage(readSipMessage(mutate(SOUND[round % SOUND.length]!, random)))
        used += 1
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error
      }
    }
    expect(used).toBeGreaterThan(1000)
  })

  it('VID-1 a lone CR in a header cannot smuggle a line into our answer', () => {
    const bytes = sipBytes([`MESSAGE sip:${SERVER} SIP/2.0`, ...headers('1 MESSAGE')])
    const text = bytes.toString().replace('tag=2043466181', 'tag=1\rEvil: 1')
    const answer = writeSipMessage(makeResponse(readSipMessage(Buffer.from(text)) as never, 200)).toString()
    expect(answer.split('\r\n').some((line) => line.startsWith('Evil'))).toBe(false)
  })
})

describe('inputs made to be slow: a megabyte each, well below a second', () => {
  const MANY = 1_000_000
  const long = (text: string) => text.repeat(Math.ceil(MANY / text.length))
  const xml = (inner: string) => Buffer.from(`<Notify><CmdType>Alarm</CmdType><SN>1</SN>${inner}</Notify>`)

  it.each<[string, () => unknown]>([
    ['blanks in SDP', () => readSdp(Buffer.from(`m=video 1 RTP/AVP 96\r\na=${long(' ')}x`))],
    [
      'blanks in MANSRTSP',
      () => readPlaybackControl(Buffer.from(`PLAY RTSP/1.0\r\nRange: npt=${long(' ')}x`)),
    ],
    ['blanks in a time', () => readLocalTime(`2026-01-01${long(' ')}x`)],
    ['slashes in f=', () => readMediaFormat(`v${long('/')}b/a${long('/ ')}\n`)],
    ['letters in a digest', () => readDigestParameters(`Digest ${'a'.repeat(16_000)} ${' '.repeat(16_000)}`)],
    ['quotes in a digest', () => readDigestParameters(`Digest a="${long('\\"')}`)],
    [
      'bytes of no charset',
      () => readManscdp(Buffer.concat([xml(''), Buffer.alloc(MANY, 0xff), Buffer.from('<a>x</a>')])),
    ],
    ['U+FFFD before text', () => readManscdp(xml(`<AlarmDescription>${long('\ufffd')}x</AlarmDescription>`))],
    ['attributes', () => readManscdp(xml(`<A ${long('a')};b=1/>`))],
    ['instructions', () => readManscdp(xml(long('<? >')))],
    ['comments that do not end', () => readManscdp(xml(long('<!--')))],
    ['less-than signs', () => readManscdp(xml(long('<')))],
    ['tags that do not end', () => readManscdp(xml(long('<a ')))],
    ['stray ends', () => readManscdp(xml(long('</a>')))],
    ['empty elements', () => readManscdp(xml(long('<a/>')))],
    ['ampersands', () => readManscdp(xml(`<A>${long('&#')}</A>`))],
    ['digits', () => readManscdp(xml(`<Longitude>${long('1')}x</Longitude>`))],
    ['NUL', () => readManscdp(Buffer.concat([Buffer.alloc(MANY), xml('')]))],
    [
      'a head of blanks',
      () => readSipMessage(Buffer.from(`SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a${' '.repeat(15_000)}x\r\n\r\n`)),
    ],
    [
      'a head of commas',
      () => readSipMessage(Buffer.from(`SIP/2.0 200 OK\r\nVia: ${','.repeat(15_000)}\r\n\r\n`)),
    ],
  ])('VID-1 %s', (_, read) => {
    const begin = performance.now()
    try {
      read()
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
    }
    expect(performance.now() - begin).toBeLessThan(1000)
  })
})
