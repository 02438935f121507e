import { describe, expect, it } from 'vitest'
import {
  callIdOf,
  contactOf,
  cseqOf,
  fromOf,
  headerOf,
  headersOf,
  isKeepAlive,
  MalformedError,
  readSipMessage,
  readUri,
  type SipRequest,
  toOf,
  topViaOf,
  writeSipMessage,
} from '../index.ts'
import { haveCaptures, readCapture } from '../testing/captures.ts'
import { mutate, randomFrom } from '../testing/mutate.ts'
import { DEVICE, DOMAIN, KEEPALIVE_BODY, keepaliveLines, SERVER, sipBytes } from '../testing/sip-text.ts'

const keepalive = (changes: Record<string, string> = {}, body = KEEPALIVE_BODY) =>
  sipBytes(keepaliveLines({ 'Content-Length': String(Buffer.byteLength(body)), ...changes }), body)

function faultOf(bytes: Uint8Array): MalformedError {
  try {
    readSipMessage(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedError)
    return error as MalformedError
  }
  throw new Error('was read')
}

describe('a message as it should be', () => {
  it('VID-1 gives start line, core headers and body', () => {
    const message = readSipMessage(keepalive()) as SipRequest
    expect(message).toMatchObject({ kind: 'request', method: 'MESSAGE', uri: `sip:${SERVER}@${DOMAIN}` })
    expect(topViaOf(message)).toEqual({
      transport: 'UDP',
      host: '192.168.1.64',
      port: 5060,
      parameters: { rport: '', branch: 'z9hG4bK1371463273' },
    })
    expect(fromOf(message)).toMatchObject({
      uri: `sip:${DEVICE}@${DOMAIN}`,
      parameters: { tag: '2043466181' },
    })
    expect(toOf(message).parameters).toEqual({})
    expect(callIdOf(message)).toBe('1011047669')
    expect(cseqOf(message)).toEqual({ number: 20, method: 'MESSAGE' })
    expect(Buffer.from(message.body).toString()).toBe(KEEPALIVE_BODY)
    expect(message.deviations).toEqual([])
  })

  it('VID-1 is written back byte by byte', () => {
    const bytes = keepalive()
    expect(writeSipMessage(readSipMessage(bytes)).toString()).toBe(
      sipBytes([...keepaliveLines(), `Content-Length: ${KEEPALIVE_BODY.length}`], KEEPALIVE_BODY).toString(),
    )
  })

  it('VID-1 reads a response, with and without a reason', () => {
    const lines = keepaliveLines().slice(1)
    expect(readSipMessage(sipBytes(['SIP/2.0 401 Unauthorized', ...lines]))).toMatchObject({
      kind: 'response',
      status: 401,
      reason: 'Unauthorized',
    })
    expect(readSipMessage(sipBytes(['SIP/2.0 200', ...lines]))).toMatchObject({ status: 200, reason: '' })
  })
})

describe('small deviations are forgiven and told (pain 24)', () => {
  it.each([
    ['bare LF', Buffer.from(keepalive().toString().replaceAll('\r\n', '\n')), 'bare-lf'],
    ['a folded header', keepalive({ Subject: 'a,\r\n\t b' }), 'folded-header'],
    ['a line that is no header', keepalive({ 'bad header': 'x' }), 'unreadable-header'],
    ['no Content-Length', sipBytes(keepaliveLines(), KEEPALIVE_BODY), 'no-content-length'],
    ['Content-Length 0 before a body', keepalive({ 'Content-Length': '0' }), 'wrong-content-length'],
    ['Content-Length too small', keepalive({ 'Content-Length': '12' }), 'wrong-content-length'],
    ['Content-Length too large', keepalive({ 'Content-Length': '9999' }), 'wrong-content-length'],
  ] as const)('VID-PAIN-24 %s', (_, bytes, deviation) => {
    const message = readSipMessage(bytes)
    expect(message.deviations).toContain(deviation)
    expect(Buffer.from(message.body).toString()).toContain('<CmdType>Keepalive</CmdType>')
  })

  it('VID-PAIN-24 no empty line after the headers, NUL after them', () => {
    const whole = sipBytes(keepaliveLines()).toString()
    expect(readSipMessage(Buffer.from(whole.slice(0, -2))).deviations).toContain('no-end-of-headers')
    expect(readSipMessage(Buffer.from(whole.slice(0, -4))).body).toHaveLength(0)
    const padded = Buffer.concat([Buffer.from(whole.slice(0, -2)), Buffer.alloc(7)])
    expect(readSipMessage(padded).deviations).toContain('trailing-nul')
  })

  it('VID-PAIN-24 a body is not lengthened by line ends that pad the datagram', () => {
    const message = readSipMessage(Buffer.concat([keepalive(), Buffer.from('\r\n\r\n\0')]))
    expect(Buffer.from(message.body).toString()).toBe(KEEPALIVE_BODY)
  })

  it('VID-PAIN-24 compact forms, odd letter case, blanks before the colon', () => {
    const text = keepalive()
      .toString()
      .replace('Via:', 'v:')
      .replace('From:', 'FROM :')
      .replace('To:', 't:')
      .replace('Call-ID:', 'i :')
      .replace('CSeq:', 'cseq:')
      .replace('Content-Type:', 'c:')
    const message = readSipMessage(Buffer.from(text))
    expect(message.headers.map(({ name }) => name)).toEqual(
      readSipMessage(keepalive()).headers.map(({ name }) => name),
    )
    expect(headerOf(message, 'content-type')).toBe('Application/MANSCDP+xml')
  })

  it('VID-PAIN-24 a To tag on a new MESSAGE, Route in REGISTER, sip:id@:5060', () => {
    const message = readSipMessage(
      keepalive({ To: `<sip:${SERVER}@:5060>;tag=77`, Route: `<sip:${SERVER}@192.168.1.2:5060;lr>` }),
    )
    expect(readUri(toOf(message).uri)).toMatchObject({ user: SERVER, host: '', port: 5060 })
    expect(headersOf(message, 'Route')).toEqual([`<sip:${SERVER}@192.168.1.2:5060;lr>`])
  })

  it('VID-PAIN-24 addresses without brackets, with a name, with a comma in it', () => {
    const message = readSipMessage(
      keepalive({
        From: `sip:${DEVICE}@${DOMAIN};tag=9`,
        Contact: `"a, \\"b\\"" <sip:${DEVICE}@10.0.0.8:5060;transport=tcp>;expires=3600, <sip:x@y>`,
      }),
    )
    expect(fromOf(message)).toEqual({ name: '', uri: `sip:${DEVICE}@${DOMAIN}`, parameters: { tag: '9' } })
    expect(contactOf(message)).toEqual({
      name: 'a, "b"',
      uri: `sip:${DEVICE}@10.0.0.8:5060;transport=tcp`,
      parameters: { expires: '3600' },
    })
    expect(headersOf(message, 'Contact')).toHaveLength(2)
  })

  it('VID-PAIN-05 a head in GBK is read', () => {
    const [start, ...rest] = keepaliveLines()
    const bytes = Buffer.concat([
      Buffer.from(`${start}\r\nUser-Agent: `),
      Buffer.from('baa3cdfe', 'hex'),
      Buffer.from('\r\n'),
      sipBytes(rest),
    ])
    expect(headerOf(readSipMessage(bytes), 'User-Agent')).toBe('海威')
  })
})

describe('what is no message', () => {
  it('VID-1 names the byte where the fault lies', () => {
    expect(faultOf(Buffer.from('hello\r\n\r\n'))).toMatchObject({ structure: 'sip', offset: 0 })
    expect(faultOf(new Uint8Array(0)).offset).toBe(0)
    const [start, ...rest] = keepaliveLines({ CSeq: 'twenty' })
    const bytes = sipBytes([start!, ...rest])
    expect(faultOf(bytes).offset).toBe(bytes.indexOf('CSeq'))
    const withNul = keepalive()
    withNul[40] = 0
    expect(faultOf(withNul).offset).toBe(40)
  })

  it.each(['Via', 'From', 'To', 'Call-ID', 'CSeq'])('VID-1 refuses a message without %s', (name) => {
    const lines = keepaliveLines().filter((line) => !line.startsWith(`${name}:`))
    expect(faultOf(sipBytes(lines)).message).toContain(name)
  })

  it('VID-1 refuses a head that does not end', () => {
    const flood = Buffer.concat([
      Buffer.from(keepaliveLines().join('\r\n')),
      Buffer.alloc(20_000, 'x: y\r\n'),
    ])
    expect(faultOf(flood).message).toContain('does not end')
  })

  it('VID-1 tells a keep-alive datagram from a message', () => {
    expect(isKeepAlive(Buffer.from('\r\n\r\n'))).toBe(true)
    expect(isKeepAlive(Buffer.from('\0\0\0\0'))).toBe(true)
    expect(isKeepAlive(keepalive())).toBe(false)
  })

  it('VID-1 damaged messages are read or end in MalformedError, nothing else', () => {
    const random = randomFrom(28181)
    const sound = keepalive({ Contact: `<sip:${DEVICE}@10.0.0.8>`, Route: '<sip:a@b;lr>' })
    let refused = 0
    for (let round = 0; round < 5000; round += 1) {
      try {
        const message = readSipMessage(mutate(sound, random))
        contactOf(message)
        topViaOf(message)
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(100)
  })
})

describe.skipIf(!haveCaptures)('foreign captures', () => {
  it.each([
    ['sip', 80, 15],
    ['sip_udp_catalog', 50, 0],
    ['sip_udp_register_heartbeat_cancel', 10, 0],
  ])('VID-1 %s: every datagram is a message or a keep-alive', (name, messages, keepAlives) => {
    const datagrams = readCapture(name).filter((it) => it.sourcePort === 5060 || it.targetPort === 5060)
    const [quiet, spoken] = [true, false].map((wanted) =>
      datagrams.filter(({ payload }) => isKeepAlive(payload) === wanted),
    )
    expect([spoken!.length, quiet!.length]).toEqual([messages, keepAlives])
    for (const { payload } of spoken!) {
      const message = readSipMessage(payload)
      expect(message.deviations).toEqual([])
      expect(readSipMessage(writeSipMessage(message))).toEqual({
        ...message,
        headers: [
          ...message.headers.filter((header) => header.name !== 'Content-Length'),
          { name: 'Content-Length', value: String(message.body.length) },
        ],
      })
    }
  })
})
