import { describe, expect, it } from 'vitest'
import {
  MalformedError,
  makeSsrc,
  mediaTarget,
  PAYLOADS,
  readMediaFormat,
  readSdp,
  readSipMessage,
  readSubject,
  type Sdp,
  SUB_STREAM_DIALECTS,
  settleSsrc,
  ssrcNumber,
  ssrcText,
  UnwritableError,
  writeMediaFormat,
  writeSdp,
  writeSubject,
} from '../index.ts'
import { haveCaptures, readCapture } from '../testing/captures.ts'
import { mutate, randomFrom } from '../testing/mutate.ts'
import { DEVICE, SERVER } from '../testing/sip-text.ts'

const live: Sdp = {
  owner: SERVER,
  originAddress: '203.0.113.5',
  name: 'Play',
  address: '203.0.113.5',
  time: { start: 0, stop: 0 },
  media: [
    {
      kind: 'video',
      port: 30000,
      transport: { kind: 'udp' },
      payloads: [PAYLOADS.ps, PAYLOADS.h264],
      direction: 'recvonly',
      address: null,
    },
  ],
  ssrc: '0200000002',
}

const download: Sdp = {
  ...live,
  name: 'Download',
  uri: { id: DEVICE, recordType: 0 },
  time: { start: 1_792_000_000, stop: 1_792_003_600 },
  media: [{ ...live.media[0]!, transport: { kind: 'tcp', setup: 'passive' } }],
  ssrc: '1200000003',
  format: readMediaFormat('v/2/6/25/1/4096a/1/8/1')!,
  downloadSpeed: 4,
  fileSize: 5_000_000_000,
  stream: 1,
}

describe('descriptions are written strictly', () => {
  it('VID-1 an offer of 2016', () => {
    expect(writeSdp(live).toString()).toBe(
      [
        'v=0',
        `o=${SERVER} 0 0 IN IP4 203.0.113.5`,
        's=Play',
        'c=IN IP4 203.0.113.5',
        't=0 0',
        'm=video 30000 RTP/AVP 96 98',
        'a=recvonly',
        'a=rtpmap:96 PS/90000',
        'a=rtpmap:98 H264/90000',
        'y=0200000002',
        '',
      ].join('\r\n'),
    )
  })

  it('VID-6 a download over TCP of 2022', () => {
    expect(writeSdp(download).toString()).toBe(
      [
        'v=0',
        `o=${SERVER} 0 0 IN IP4 203.0.113.5`,
        's=Download',
        `u=${DEVICE}:0`,
        'c=IN IP4 203.0.113.5',
        't=1792000000 1792003600',
        'm=video 30000 TCP/RTP/AVP 96 98',
        'a=recvonly',
        'a=rtpmap:96 PS/90000',
        'a=rtpmap:98 H264/90000',
        'a=setup:passive',
        'a=connection:new',
        'a=streamnumber:1',
        'a=downloadspeed:4',
        'a=filesize:5000000000',
        'y=1200000003',
        'f=v/2/6/25/1/4096a/1/8/1',
        '',
      ].join('\r\n'),
    )
  })

  it.each(SUB_STREAM_DIALECTS)('VID-PAIN-02 the sub-stream in the dialect %s is understood', (subStream) => {
    for (const stream of [0, 1]) {
      expect(readSdp(writeSdp({ ...live, stream }, { subStream }))).toEqual({ ...live, stream })
    }
  })

  it('VID-6 comes back as written', () => {
    for (const sdp of [live, download]) expect(readSdp(writeSdp(sdp))).toEqual(sdp)
  })

  it.each<[string, Sdp]>([
    ['port 0 (pain 22)', { ...live, media: [{ ...live.media[0]!, port: 0 }] }],
    ['a line break', { ...live, owner: 'a\r\nm=x' }],
    ['no address', { ...live, address: null, originAddress: '' }],
    ['an ssrc of nine digits', { ...live, ssrc: '020000002' }],
  ])('VID-PAIN-22 does not write %s', (_, sdp) => expect(() => writeSdp(sdp)).toThrow(UnwritableError))
})

describe('descriptions are read as they come (pain 24)', () => {
  const lines = writeSdp(live).toString()

  it.each([
    ['no last CRLF', lines.trimEnd()],
    ['bare LF', lines.replaceAll('\r\n', '\n')],
    ['a NUL at the end', `${lines}\0`],
    ['blanks', lines.replaceAll('=', ' = ').replaceAll('\r\n', '  \r\n')],
    ['lines not known', lines.replace('t=0 0', 't=0 0\r\nx=?\r\nb=AS:4096\r\na=tool:x')],
  ])('VID-PAIN-24 %s', (_, text) => {
    expect(readSdp(Buffer.from(text))).toEqual(live)
  })

  it('VID-PAIN-22 port 0 is read, and is no target', () => {
    const sdp = readSdp(Buffer.from(lines.replace('30000', '0')))
    expect(sdp.media[0]?.port).toBe(0)
    expect(mediaTarget(sdp, 'video')).toBeNull()
    expect(mediaTarget(live, 'video')).toEqual({ address: '203.0.113.5', port: 30000 })
    expect(mediaTarget(live, 'audio')).toBeNull()
  })

  it('VID-PAIN-21 a device’s offer to listen, with an address of its own medium', () => {
    const sdp = readSdp(
      Buffer.from(
        'v=0\r\ns=Play\r\nm=audio 15066 RTP/AVP 8 96\r\nc=IN IP4 10.3.1.2\r\na=recvonly\r\na=rtpmap:96 PS/90000',
      ),
    )
    expect(sdp.media[0]).toMatchObject({
      kind: 'audio',
      payloads: [PAYLOADS.pcma, PAYLOADS.ps],
      direction: 'recvonly',
    })
    expect(mediaTarget(sdp, 'audio')).toEqual({ address: '10.3.1.2', port: 15066 })
  })

  it('VID-1 what has no medium is malformed, and says where', () => {
    expect(() => readSdp(Buffer.from('v=0\r\ns=Play\r\n'))).toThrow(MalformedError)
    expect(() => readSdp(Buffer.from('v=0\r\nm=video x\r\n'))).toThrow(/byte 5/)
  })

  it('VID-1 damaged descriptions are read or end in MalformedError, nothing else', () => {
    const random = randomFrom(8866)
    for (let round = 0; round < 3000; round += 1) {
      try {
        readSdp(mutate(writeSdp(download), random))
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error
      }
    }
  })
})

describe('f=', () => {
  it.each(['v/2/6/25/1/4096a/1/8/1', 'v/////a/1/8/1', 'v/5/1920x1080/25/2/a///'])('VID-10 %s', (text) => {
    expect(writeMediaFormat(readMediaFormat(text)!)).toBe(text)
  })

  it('VID-10 parts missing at the end are empty', () => {
    expect(writeMediaFormat(readMediaFormat('v/2/6')!)).toBe('v/2/6///a///')
    expect(readMediaFormat('x')).toBeNull()
  })
})

describe('ssrc (pain 7)', () => {
  it('VID-PAIN-07 is made of live or history, five digits of the domain, a serial', () => {
    expect(makeSsrc(false, '3402000000', 2)).toBe('0200000002')
    expect(makeSsrc(true, '34010512002000000001', 9999)).toBe('1105129999')
    expect(() => makeSsrc(false, '34', 1)).toThrow(UnwritableError)
    expect(() => makeSsrc(false, '3402000000', 10_000)).toThrow(UnwritableError)
  })

  it('VID-PAIN-07 is decimal text of the RTP SSRC', () => {
    expect(ssrcNumber('0200000002')).toBe(0x0bebc202)
    expect(ssrcText(0x0bebc202)).toBe('0200000002')
    for (const text of ['0000000000', '9999999999', 'abc', '', undefined]) expect(ssrcNumber(text)).toBeNull()
  })

  it('VID-PAIN-07 the answer’s holds, then the offer’s, then that of the first packet at an own port', () => {
    expect(settleSsrc('0200000002', '0200000777', true)).toEqual({
      ssrc: 200000777,
      from: 'answer',
      learn: true,
    })
    expect(settleSsrc('0200000002', '0000000000', true)).toEqual({
      ssrc: 200000002,
      from: 'offer',
      learn: true,
    })
    expect(settleSsrc(undefined, undefined, true)).toEqual({ ssrc: null, from: 'nobody', learn: true })
    expect(settleSsrc('0200000002', undefined, false).learn).toBe(false)
  })
})

describe('Subject', () => {
  it('VID-1 both ways, and as others write it', () => {
    const sender = { id: DEVICE, sequence: '0200000002' }
    const receiver = { id: SERVER, sequence: '0' }
    expect(readSubject(writeSubject(sender, receiver))).toEqual({ sender, receiver })
    expect(readSubject(`${DEVICE}:0-4-0 , ${SERVER}:1`)).toEqual({
      sender: { id: DEVICE, sequence: '0-4-0' },
      receiver: { id: SERVER, sequence: '1' },
    })
    expect(readSubject('nonsense')).toBeNull()
  })
})

describe.skipIf(!haveCaptures)('foreign captures', () => {
  it('VID-PAIN-07 an offer without y=, the answer chooses 0200000002', () => {
    const bodies = readCapture('sip_udp_media')
      .filter(({ payload }) => payload.includes('application/sdp'))
      .map(({ payload }) => readSdp(readSipMessage(payload).body))
    expect(bodies.map(({ ssrc }) => ssrc)).toEqual([undefined, '0200000002'])
    expect(settleSsrc(bodies[0]?.ssrc, bodies[1]?.ssrc, true).ssrc).toBe(0x0bebc202)
    expect(bodies.map((it) => mediaTarget(it, 'video'))).toEqual([
      { address: '192.168.65.11', port: 6000 },
      { address: '192.168.65.1', port: 5000 },
    ])
  })

  it('VID-PAIN-21 a Hikvision camera offers to listen', () => {
    const { payload } = readCapture('sip').find((it) => it.payload.includes('m=audio'))!
    const sdp = readSdp(readSipMessage(payload).body)
    expect(sdp).toMatchObject({
      ssrc: '0200000017',
      format: { audio: { codec: '1', bitRate: '8', sampleRate: '1' } },
    })
    expect(mediaTarget(sdp, 'audio')).toEqual({ address: '10.3.214.236', port: 15066 })
  })
})
