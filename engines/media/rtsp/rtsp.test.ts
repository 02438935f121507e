import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AudioTrack } from '../audio-track.ts'
import { MediaError } from '../errors.ts'
import type { AudioFrame } from '../frame.ts'
import { RtpIngest } from '../ingest.ts'
import { RtpSequencer } from '../rtp/packetiser.ts'
import { CollectedEs, CollectedFrames } from '../testing/collect.ts'
import { inFiles, muxedBy, talkingFfmpeg } from '../testing/ffmpeg.ts'
import { whileRecording } from '../testing/rtsp-recorder.ts'
import { aacSample, videoSample } from '../testing/samples.ts'
import { framesOf } from '../testing/sender.ts'
import { Timeline } from '../timeline.ts'
import { AacDepacketiser, NalDepacketiser } from './depacketiser.ts'
import {
  type RtspMessage,
  RtspReader,
  writeInterleaved,
  writeRtspRequest,
  writeRtspResponse,
} from './message.ts'
import { packetiseVideo } from './packetiser.ts'
import { depacketiserFor, readSdp } from './sdp.ts'

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')

function packetsOf(codec: 'h264' | 'h265', options: Parameters<typeof videoSample>[1] = {}) {
  const frames = framesOf(videoSample(codec, options))
  const sequencer = new RtpSequencer({ ssrc: 5, payloadType: 96 })
  return { frames, packets: frames.flatMap((frame) => packetiseVideo(frame, frame.dts, sequencer)) }
}

function aacFrames(): AudioFrame[] {
  const frames: AudioFrame[] = []
  const adts = aacSample()
  new AudioTrack(new Timeline()).push('aac', adts, 0, adts.length, 0, (frame) => frames.push(frame))
  return frames
}

describe('RTP of H.264 and H.265', () => {
  it.each(['h264', 'h265'] as const)(
    'VID-11 %s is read back, whatever its size and without being told',
    (codec) => {
      const { frames, packets } = packetsOf(codec, { size: '640x480', rate: '2M' })
      expect(packets.some((packet) => packet.length === 1412)).toBe(true)
      const sink = new CollectedFrames()
      const source = new RtpIngest(sink)
      for (const packet of packets) source.push(packet, 0, packet.length, 0)
      expect(source.kind).toBe(codec)
      expect(sink.pictures).toHaveLength(frames.length)
      for (const [i, { data }] of sink.pictures.entries()) expect(data.equals(frames[i]!.data)).toBe(true)
    },
  )

  it('VID-PAIN-10 drops up to the next key frame what depends on a lost fragment, without markers too', () => {
    const { frames, packets } = packetsOf('h264', { size: '640x480', rate: '2M' })
    for (const clearMarkers of [false, true]) {
      const sink = new CollectedFrames()
      const source = new RtpIngest(sink, { depth: 0, open: (es) => new NalDepacketiser(es, 'h264') })
      const victim = packets.findIndex((packet) => packet.readUInt32BE(4) === 10 * 3600)
      for (const packet of packets.toSpliced(victim, 1)) {
        const sent = Buffer.from(packet)
        if (clearMarkers) sent[1]! &= 0x7f
        source.push(sent, 0, sent.length, 0)
      }
      source.flush()
      // without markers nobody knows whether the frame before was whole
      expect(sink.pictures).toHaveLength(clearMarkers ? 34 : 35)
      expect(sink.pictures.at(-25)!.data.equals(frames[25]!.data)).toBe(true)
    }
  })

  it('VID-10 reads aggregates, and counts what it cannot read', () => {
    const es = new CollectedEs()
    const h264 = new NalDepacketiser(es, 'h264', { parameterSets: [hex('67')] })
    const push = (payload: Buffer) => h264.collect(payload, 0, payload.length)
    push(hex('18 0002 68ce 0003 65aabb'))
    push(hex('1c 45 cc'))
    push(hex('18 0009 68ce'))
    push(hex('1d 85 0000'))
    h264.endOfFrame()
    expect(es.video[0]!.data.toString('hex')).toBe(
      '0000000167 0000000168ce 0000000165aabb'.replaceAll(' ', ''),
    )
    expect(h264.unreadable).toBe(3)
    const h265 = new NalDepacketiser(es, 'h265')
    for (const payload of ['6001 0003 400101 0004 2601aabb', '6201 93 cc', '6201 53 dd', '6201', 'fe01aa'])
      h265.collect(hex(payload), 0, hex(payload).length)
    h265.flush()
    expect(es.video[1]!.data.toString('hex')).toBe('00000001400101000000012601aabb000000012601ccdd')
    expect(h265.unreadable).toBe(2)
  })

  it('VID-10 takes any payload without throwing, within its bound', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 20 }), (payloads) => {
        for (const codec of ['h264', 'h265'] as const) {
          const es = new CollectedEs()
          const depacketiser = new NalDepacketiser(es, codec, { maxFrameBytes: 200 })
          for (const payload of payloads) depacketiser.collect(Buffer.from(payload), 0, payload.length)
          depacketiser.flush()
          expect(es.video[0]?.data.length ?? 0).toBeLessThanOrEqual(200)
        }
        const aac = new AacDepacketiser(new CollectedEs(), {
          ...{ sampleRate: 16_000, channels: 1, sizeLength: 13, indexLength: 3 },
        })
        for (const payload of payloads) aac.collect(Buffer.from(payload), 0, payload.length, 0)
      }),
    )
  })
})

describe('SDP', () => {
  it('VID-10 reads what a camera offers', () => {
    const media = readSdp(
      [
        ...['v=0', 'o=- 1 1 IN IP4 10.0.0.9', 's=Media Server', 'a=control:*', 'm=video 0 RTP/AVP 96'],
        ...['a=control:rtsp://10.0.0.9/trackID=1', 'a=rtpmap:96 H264/90000'],
        ...[
          'a=fmtp:96 profile-level-id=4D0014;packetization-mode=1; sprop-parameter-sets=Z00AFJWoWCQm,aO48gA==',
        ],
        ...['m=audio 0 RTP/AVP 8', 'a=control:trackID=2', 'm=application 0 RTP/AVP 107', 'b=AS:50'],
      ].join('\r\n'),
    )
    expect(media).toMatchObject([
      { kind: 'video', encoding: 'H264', clockRate: 90_000, control: 'rtsp://10.0.0.9/trackID=1' },
      { kind: 'audio', encoding: 'PCMA', clockRate: 8000, payloadType: 8, control: 'trackID=2' },
    ])
    expect(media[0]!.parameters['sprop-parameter-sets']).toBe('Z00AFJWoWCQm,aO48gA==')
    expect(readSdp('')).toEqual([])
    expect(depacketiserFor({ ...media[0]!, encoding: 'VP8' })).toBeUndefined()
  })

  it('VID-10 takes any text without throwing', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('m=video 0 RTP/AVP 96', 'a=rtpmap:96 MPEG4-GENERIC/1/2', 'a=fmtp:96 config=zz'),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const media of readSdp(lines.join('\r\n'))) depacketiserFor(media)?.(new CollectedEs())
      }),
    )
  })
})

describe('RTSP messages (RFC 2326)', () => {
  const packet = Buffer.concat([hex('8060000100000000'), Buffer.from('\r\n\r\nRTSP')])
  const stream = Buffer.concat([
    writeRtspRequest('DESCRIBE', 'rtsp://a/b', { CSeq: 2, Accept: 'application/sdp' }),
    writeInterleaved(0, packet),
    Buffer.from('\r\n'),
    writeRtspResponse(200, 'OK', { CSeq: 2, 'WWW-Authenticate': 'Digest a' }, 'v=0\r\n$$'),
    writeInterleaved(3, Buffer.alloc(0)),
    Buffer.from('RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nwww-authenticate:Digest x\r\n\r\n'),
  ])
  const read = (sizes: readonly number[], bytes: Buffer = stream) => {
    const seen: (RtspMessage | string)[] = []
    const reader = new RtspReader({
      message: (message) => seen.push(message),
      packet: (channel, buffer, start, end) => seen.push(`${channel} ${buffer.toString('hex', start, end)}`),
    })
    let at = 0
    for (const size of sizes) {
      reader.push(Buffer.from(bytes.subarray(at, at + size)))
      at += size
    }
    reader.push(bytes.subarray(at))
    return seen
  }

  it('VID-8 reads messages and packets wherever the stream is cut', () => {
    const whole = read([])
    expect(whole).toMatchObject([
      { method: 'DESCRIBE', uri: 'rtsp://a/b', headers: { cseq: '2', accept: 'application/sdp' }, body: '' },
      `0 ${packet.toString('hex')}`,
      { status: 200, reason: 'OK', body: 'v=0\r\n$$' },
      '3 ',
      { status: 401, headers: { 'www-authenticate': 'Basic, Digest x' } },
    ])
    for (let at = 0; at <= stream.length; at++) expect(read([at])).toEqual(whole)
    expect(read(Array.from({ length: stream.length }, () => 1))).toEqual(whole)
  })

  it('VID-8 lets nobody write a header into a value', () => {
    expect(read([], writeRtspRequest('PLAY', 'rtsp://a', { Session: 'x\r\nEvil: 1' }))).toMatchObject([
      { headers: { session: 'x Evil: 1' } },
    ])
  })

  it('VID-8 ends a connection that is not RTSP, or that never ends a message, in our own error', () => {
    expect(() => read([], Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toThrow(MediaError)
    expect(() => read([], Buffer.alloc(20_000, 'a'))).toThrow(/too long/)
    expect(() => read([], Buffer.from('PLAY a RTSP/1.0\r\nContent-Length: 99999999\r\n\r\n'))).toThrow(
      /too long/,
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (noise, cut) => {
        try {
          read([Math.min(cut, noise.length)], Buffer.from(noise))
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError)
        }
      }),
    )
  })
})

describe('with FFmpeg', () => {
  it.each(['h264', 'h265'] as const)(
    'VID-10 RTSP of FFmpeg with %s and AAC is read, picture by picture',
    async (codec) => {
      const sample = videoSample(codec, { size: '640x480', rate: '2M' })
      const m4a = muxedBy(['-f', 'aac', '-i', '{in}', '-c', 'copy', '{out}'], 'm4a', aacSample())
      const pictures = new CollectedFrames()
      const timeline = new Timeline()
      const sources: RtpIngest[] = []
      await whileRecording(
        {
          announced: (sdp) => {
            for (const media of readSdp(sdp))
              sources.push(new RtpIngest(pictures, { depth: 0, timeline, open: depacketiserFor(media) }))
          },
          packet: (channel, bytes, start, end) => {
            if (channel % 2 === 0) sources[channel / 2]!.push(bytes, start, end, 0)
          },
        },
        async (url) => {
          const { files, remove } = inFiles(sample.stream, m4a)
          try {
            await talkingFfmpeg([
              ...[
                '-r',
                '25',
                '-f',
                codec === 'h264' ? 'h264' : 'hevc',
                '-i',
                files[0]!,
                '-f',
                'mp4',
                '-i',
                files[1]!,
              ],
              ...['-c', 'copy', '-f', 'rtsp', '-rtsp_transport', 'tcp', url],
            ])
          } finally {
            remove()
          }
        },
      )
      for (const source of sources) source.flush()
      const expected = framesOf(sample)
      expect(sources.map(({ receiver }) => receiver.lost)).toEqual([0, 0])
      expect(pictures.pictures).toHaveLength(expected.length)
      for (const [i, { data }] of pictures.pictures.entries())
        expect(data.equals(expected[i]!.data)).toBe(true)
      // FFmpeg packs several AAC frames into a packet and never sends the last, unfilled one
      const heard = pictures.sounds.map(({ data }) => data.toString('hex'))
      const all = aacFrames().map(({ data }) => data.toString('hex'))
      expect(heard.length).toBeGreaterThan(25)
      expect(heard).toEqual(all.slice(0, heard.length))
      expect(pictures.sounds[3]!.pts - pictures.sounds[2]!.pts).toBe(5760)
    },
  )
})
