import { describe, expect, it } from 'vitest'
import { createSipStream, MalformedError, type SipStreamItem, writeSipMessage } from '../index.ts'
import { mutate, randomFrom } from '../testing/mutate.ts'
import { KEEPALIVE_BODY, keepaliveLines, sipBytes } from '../testing/sip-text.ts'

const message = sipBytes(keepaliveLines({ 'Content-Length': String(KEEPALIVE_BODY.length) }), KEEPALIVE_BODY)
const bodiless = sipBytes(keepaliveLines({ l: '0' }))

const summary = (items: SipStreamItem[]) =>
  items.map((item) => (item.kind === 'message' ? Buffer.from(item.message.body).toString() : item.kind))

describe('SIP over TCP', () => {
  it('VID-1 gives the same messages wherever the stream is cut', () => {
    const stream = Buffer.concat([message, bodiless, Buffer.from('\r\n\r\n'), message])
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const reader = createSipStream()
      const items = [...reader.push(stream.subarray(0, cut)), ...reader.push(stream.subarray(cut))]
      expect(summary(items)).toEqual([KEEPALIVE_BODY, '', 'ping', KEEPALIVE_BODY])
    }
  })

  it('VID-1 gives the same messages byte by byte', () => {
    const reader = createSipStream()
    const items = [...Buffer.concat([Buffer.from('\r\n\r\n'), message, message])].flatMap((byte) =>
      reader.push(Uint8Array.of(byte)),
    )
    expect(summary(items)).toEqual(['ping', KEEPALIVE_BODY, KEEPALIVE_BODY])
    const first = items.find((item) => item.kind === 'message')
    expect(first?.kind === 'message' && writeSipMessage(first.message)).toEqual(message)
  })

  it('VID-PAIN-24 bare LF, and line ends between messages that are no ping', () => {
    const bare = Buffer.from(message.toString().replaceAll('\r\n', '\n'))
    const length = Buffer.byteLength(KEEPALIVE_BODY.replaceAll('\r\n', '\n'))
    const stream = Buffer.concat([
      Buffer.from(bare.toString().replace(/Content-Length: \d+/, `Content-Length: ${length}`)),
      Buffer.from('\r\n'),
      message,
      Buffer.from('\n'),
    ])
    expect(
      createSipStream()
        .push(stream)
        .map((item) => item.kind),
    ).toEqual(['message', 'message'])
  })

  it('VID-PAIN-24 after a Content-Length too small the next message is found again', () => {
    const short = Buffer.from(message.toString().replace(/Content-Length: \d+/, 'Content-Length: 90'))
    const items = createSipStream().push(Buffer.concat([short, message, bodiless]))
    expect(items.map((item) => item.kind)).toEqual(['message', 'malformed', 'message', 'message'])
    expect(summary(items)[2]).toBe(KEEPALIVE_BODY)
  })

  it('VID-1 a broken head costs one message, not the connection', () => {
    const broken = sipBytes(keepaliveLines({ CSeq: 'x', 'Content-Length': '0' }))
    const items = createSipStream().push(Buffer.concat([broken, message]))
    expect(items.map((item) => item.kind)).toEqual(['malformed', 'message'])
  })

  it('VID-1 holds no more than one head and one body', () => {
    const endless = createSipStream()
    expect(() => {
      for (let piece = 0; piece < 100; piece += 1) endless.push(Buffer.alloc(1024, 0x41))
    }).toThrow(MalformedError)
    const large = message.toString().replace(/Content-Length: \d+/, 'Content-Length: 5000')
    expect(() => createSipStream({ bodyBytes: 4096 }).push(Buffer.from(large))).toThrow(MalformedError)
  })

  it('VID-1 damaged streams end in messages or MalformedError, nothing else', () => {
    const random = randomFrom(7)
    const sound = Buffer.concat([message, bodiless, message])
    for (let round = 0; round < 1000; round += 1) {
      const bytes = mutate(sound, random)
      const reader = createSipStream()
      try {
        for (let at = 0; at < bytes.length; at += 100) reader.push(bytes.subarray(at, at + 100))
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error
      }
    }
  })
})
