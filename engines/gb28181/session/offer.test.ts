import { describe, expect, it } from 'vitest'
import {
  DEFAULT_MEDIA_MODES,
  type MediaMode,
  makeAnswer,
  makeOffer,
  makeTalkOffer,
  nextMediaMode,
  type OfferParts,
  PAYLOADS,
  readSdp,
  readSipMessage,
  type Sdp,
  settleWay,
  writeSdp,
} from '../index.ts'
import { haveCaptures, readCapture } from '../testing/captures.ts'
import { DEVICE, SERVER } from '../testing/sip-text.ts'

const offerOf = (changes: Partial<OfferParts> = {}): Sdp =>
  makeOffer({
    owner: SERVER,
    address: '203.0.113.5',
    port: 30000,
    mode: 'udp',
    name: 'Play',
    edition: '2016',
    ssrc: '0200000002',
    ...changes,
  })
const ours = { owner: DEVICE, address: '203.0.113.7', port: 40000, ssrc: '0200000099' }

describe('offers', () => {
  it('VID-PAIN-02 H.265 is offered to peers of 2022 only', () => {
    const numbers = (sdp: Sdp) => sdp.media[0]?.payloads.map(({ number }) => number)
    expect(numbers(offerOf())).toEqual([96, 97, 98])
    expect(numbers(offerOf({ edition: '2022' }))).toEqual([96, 97, 98, 99])
  })

  it('VID-6 of history: whose, from when to when, how fast', () => {
    const history = { channelId: DEVICE, start: 1_792_000_000, stop: 1_792_003_600 }
    const text = writeSdp(
      offerOf({ name: 'Download', history, downloadSpeed: 4, mode: 'tcp-passive' }),
    ).toString()
    expect(text).toMatch(
      /s=Download\r\nu=34020000001320000001:0\r\n.*t=1792000000 1792003600\r\n.*TCP\/RTP\/AVP.*a=setup:passive.*a=downloadspeed:4/s,
    )
  })

  it('VID-7 of talk: sound both ways', () => {
    const talk = makeTalkOffer({
      owner: SERVER,
      address: '203.0.113.5',
      port: 30002,
      mode: 'tcp-passive',
      ssrc: '0200000003',
    })
    expect(readSdp(writeSdp(talk))).toEqual(talk)
    expect(makeAnswer(talk, ours)?.media[0]).toMatchObject({
      direction: 'sendrecv',
      payloads: [PAYLOADS.pcma],
    })
  })
})

describe('TCP both ways, and UDP (pain 8)', () => {
  it.each<[MediaMode, string]>([
    ['udp', 'udp'],
    ['tcp-passive', 'listen'],
    ['tcp-active', 'connect'],
  ])('VID-PAIN-08 %s offered and answered by ourselves: %s', (mode, way) => {
    const answer = makeAnswer(offerOf({ mode }), ours)!
    expect(settleWay(mode, answer).kind).toBe(way)
  })

  const answered = (setup: string, protocol = 'TCP/RTP/AVP', port = 6000) =>
    readSdp(Buffer.from(`v=0\r\nc=IN IP4 10.0.0.8\r\nm=video ${port} ${protocol} 96\r\n${setup}`))

  it.each<[string, MediaMode, Sdp, string]>([
    ['no setup: the device is the client', 'tcp-passive', answered(''), 'listen'],
    ['both wait: we connect', 'tcp-passive', answered('a=setup:passive'), 'connect'],
    ['both want to connect: we do', 'tcp-active', answered('a=setup:active'), 'connect'],
    ['actpass leaves it to us', 'tcp-passive', answered('a=setup:actpass'), 'listen'],
    ['UDP answered to TCP', 'tcp-passive', answered('', 'RTP/AVP'), 'mismatch'],
    ['TCP answered to UDP', 'udp', answered('a=setup:active'), 'mismatch'],
    ['nowhere to connect to', 'tcp-active', answered('a=setup:passive', 'TCP/RTP/AVP', 0), 'mismatch'],
  ])('VID-PAIN-08 %s', (_, mode, answer, way) => {
    expect(settleWay(mode, answer).kind).toBe(way)
  })

  it('VID-PAIN-08 the next mode is tried where it can help, each once', () => {
    const order = DEFAULT_MEDIA_MODES
    expect(nextMediaMode(order, ['tcp-passive'], 'no-tcp')).toBe('udp')
    expect(nextMediaMode(order, ['tcp-passive', 'udp'], 'no-rtp')).toBe('tcp-active')
    expect(nextMediaMode(order, order, 'no-rtp')).toBeNull()
    expect(nextMediaMode(order, ['tcp-passive'], 'busy')).toBeNull()
  })
})

describe('answers', () => {
  it('VID-PAIN-22 an offer without y= gets ours, one with y= its own back, a foreign domain ours', () => {
    const { ssrc: _, ...silent } = offerOf()
    expect(makeAnswer(silent, ours)?.ssrc).toBe('0200000099')
    expect(makeAnswer({ ...silent, ssrc: '0' }, ours)?.ssrc).toBe('0200000099')
    expect(makeAnswer(offerOf(), ours)?.ssrc).toBe('0200000002')
    expect(makeAnswer({ ...silent, ssrc: '200000002' }, ours)?.ssrc).toBe('0200000002')
    expect(makeAnswer(offerOf(), { ...ours, chooseSsrc: true })?.ssrc).toBe('0200000099')
  })

  it('VID-PAIN-22 can always be written, PS alone, sending', () => {
    const answer = makeAnswer(offerOf({ edition: '2022' }), { ...ours, fileSize: 7 })!
    expect(readSdp(writeSdp(answer))).toEqual(answer)
    expect(answer).toMatchObject({
      fileSize: 7,
      media: [{ port: 40000, payloads: [PAYLOADS.ps], direction: 'sendonly' }],
    })
  })

  it('VID-PAIN-24 96 without a map is PS', () => {
    expect(makeAnswer(readSdp(Buffer.from('m=video 6000 RTP/AVP 96')), ours)?.media[0]?.payloads).toEqual([
      PAYLOADS.ps,
    ])
  })

  it('VID-PAIN-24 what cannot be served is refused', () => {
    const svac = readSdp(Buffer.from('m=video 6000 RTP/AVP 99\r\na=rtpmap:99 SVAC/90000'))
    expect(makeAnswer(svac, ours)).toBeNull()
    expect(makeAnswer(readSdp(Buffer.from('m=video 0 RTP/AVP 96\r\na=rtpmap:96 PS/90000')), ours)).toBeNull()
  })
})

describe.skipIf(!haveCaptures)('foreign captures', () => {
  it('VID-PAIN-21 a camera that wants to hear is answered with G.711, sending', () => {
    const { payload } = readCapture('sip').find((it) => it.payload.includes('m=audio'))!
    const answer = makeAnswer(readSdp(readSipMessage(payload).body), ours)!
    expect(writeSdp(answer).toString()).toMatch(
      /m=audio 40000 RTP\/AVP 8\r\na=sendonly\r\na=rtpmap:8 PCMA\/8000\r\ny=0200000017\r\n$/,
    )
  })
})
