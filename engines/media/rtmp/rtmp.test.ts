import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AmfValue, readAmf0, writeAmf0 } from '../amf0.ts'
import { readAvcC, readHvcC } from '../codecs/decoder-records.ts'
import { MediaError } from '../errors.ts'
import { FlvIngest } from '../flv/ingest.ts'
import { FlvStream } from '../flv/stream.ts'
import { VideoFrame } from '../frame.ts'
import { CollectedFrames } from '../testing/collect.ts'
import { decodedHashes, hashesIn, inFiles, muxedBy, talkingFfmpeg } from '../testing/ffmpeg.ts'
import { aacSample, g711Sample, videoSample } from '../testing/samples.ts'
import { framesOf, soundOf } from '../testing/sender.ts'
import { whileListening } from '../testing/tcp-server.ts'
import { RTMP, RtmpChunkReader, type RtmpMessage, writeRtmpMessage } from './chunk.ts'
import { type RtmpRequest, RtmpServerSession, rtmpOfFlvTag } from './server-session.ts'

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')

describe('AMF0', () => {
  it('VID-10 reads a connect command written by hand', () => {
    const bytes = hex(
      '02 0007 636f6e6e656374 00 3ff0000000000000 03 0003 617070 02 0004 6c697665 0003 617564 01 01 000009 05 06',
    )
    expect(readAmf0(bytes)).toEqual(['connect', 1, { app: 'live', aud: true }, null, undefined])
  })

  it('VID-10 reads back what it writes', () => {
    const leaf = fc.oneof(fc.double({ noNaN: true }), fc.boolean(), fc.string(), fc.constant(null))
    const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string({ minLength: 1 }), leaf))
    fc.assert(
      fc.property(fc.array(value as fc.Arbitrary<AmfValue>), fc.boolean(), (values, arrays) => {
        expect(readAmf0(writeAmf0(values, { arrays }))).toEqual(values)
      }),
    )
    expect(readAmf0(writeAmf0(['x'.repeat(70_000)]))).toEqual(['x'.repeat(70_000)])
  })

  it('VID-10 ends on any bytes in an answer or in our own error', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2, 3, 5, 8, 9, 10, 11, 12, 65)), (bytes) => {
        try {
          readAmf0(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError)
        }
      }),
    )
    const deep = Buffer.concat(Array.from({ length: 100 }, () => hex('03 0001 61')))
    expect(() => readAmf0(deep)).toThrow(/too deeply/)
  })
})

describe('RTMP chunks', () => {
  function read(stream: Buffer, sizes: readonly number[] = []): RtmpMessage[] {
    const messages: RtmpMessage[] = []
    const reader = new RtmpChunkReader((message) => messages.push(message))
    let at = 0
    for (const size of sizes) {
      reader.push(Buffer.from(stream.subarray(at, at + size)))
      at += size
    }
    reader.push(stream.subarray(at))
    expect(reader.bytes).toBe(stream.length)
    return messages
  }
  const message = (length: number, timestamp: number, chunkStream = 4) => ({
    ...{ chunkStream, type: RTMP.video, timestamp, streamId: 1, payload: Buffer.alloc(length, length) },
  })

  it('VID-10 reads messages wherever the stream is cut, also with times of 32 bits', () => {
    const sent = [message(10, 5), message(300, 0x1000000, 7), message(0, 9), message(128, 0xffffff)]
    const stream = Buffer.concat(sent.map((it) => writeRtmpMessage(it)))
    const expected = sent.map(({ chunkStream: _, ...rest }) => rest)
    for (let at = 0; at <= stream.length; at++) expect(read(stream, [at])).toEqual(expected)
    expect(
      read(
        stream,
        Array.from({ length: stream.length }, () => 1),
      ),
    ).toEqual(expected)
  })

  it('VID-10 reads short headers: deltas of time, continuations, interleaved streams, other chunk sizes', () => {
    const audio = hex('06 000064 000002 08 01000000 aaaa')
    const video = hex('04 000064 000084 09 01000000')
    const stream = Buffer.concat([
      audio,
      ...[video, Buffer.alloc(128, 1)],
      // 20 ms later, same length and type; then the same once more
      ...[hex('86 000014 bbbb'), hex('c6 cccc')],
      ...[hex('c4'), Buffer.alloc(4, 1)],
      ...[hex('42 000000 000004 01 00000200'), hex('04 000065 000190 09 01000000'), Buffer.alloc(400, 2)],
    ])
    expect(read(stream).map(({ type, timestamp, payload }) => [type, timestamp, payload.length])).toEqual([
      [8, 100, 2],
      [8, 120, 2],
      [8, 140, 2],
      [9, 100, 132],
      [9, 101, 400],
    ])
  })

  it('VID-10 forgets an aborted message, and knows chunk streams of two and three bytes', () => {
    const begun = Buffer.concat([hex('04 000000 0000ff 09 01000000'), Buffer.alloc(128)])
    const abort = hex('02 000000 000004 02 00000000 00000004')
    const far = hex('00 36 000001 000001 08 01000000 aa 01 36 01 000002 000001 08 01000000 bb')
    expect(read(Buffer.concat([begun, abort, far])).map(({ timestamp }) => timestamp)).toEqual([1, 2])
  })

  it('VID-10 refuses what no peer sends, in our own error', () => {
    expect(() => read(hex('c4 00'))).toThrow(/continues nothing/)
    const huge = hex('04 000000 ffffff 09 01000000')
    expect(() => read(huge)).toThrow(/too long/)
    const many = Buffer.concat(
      Array.from({ length: 40 }, (_, i) =>
        Buffer.concat([Buffer.of(3 + i), hex('000000 000000 09 01000000')]),
      ),
    )
    expect(() => read(many)).toThrow(/too many/)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const reader = new RtmpChunkReader(() => {}, 10_000)
        try {
          reader.push(Buffer.from(noise))
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError)
        }
      }),
    )
  })
})

describe('frames out of FLV', () => {
  function throughFlv(frames: readonly VideoFrame[], change: (body: Buffer) => Buffer = (body) => body) {
    const out = new CollectedFrames()
    const ingest = new FlvIngest(out)
    const stream = new FlvStream(({ bytes, isVideo }) => {
      const body = change(Buffer.from(bytes.subarray(11, bytes.length - 4)))
      const time = bytes.readUIntBE(4, 3)
      if (isVideo) ingest.video(body, time)
      else ingest.audio(body, time)
    })
    for (const frame of frames) stream.video(frame)
    for (const sound of soundOf(g711Sample('alaw', 1))) stream.audio(sound)
    return { out, ingest }
  }

  it.each(['h264', 'h265'] as const)('VID-10 %s and G.711 come back as they were', (codec) => {
    const frames = framesOf(videoSample(codec))
    const late = new VideoFrame(frames[0]!.config, false, 50 * 3600 + 3600, 50 * 3600, frames[1]!.storage)
    const { out, ingest } = throughFlv([...frames, late])
    expect(out.pictures.map(({ data }) => data)).toEqual([...frames, late].map(({ data }) => data))
    expect(out.pictures.map(({ dts }) => dts)).toEqual([...frames, late].map(({ dts }) => dts))
    expect(out.pictures.at(-1)!.pts).toBe(late.pts)
    expect(out.pictures[0]!.config.record).toEqual(frames[0]!.config.record)
    expect(Buffer.concat(out.sounds.map(({ data }) => data)).equals(g711Sample('alaw', 1))).toBe(true)
    expect(ingest.unreadable).toBe(0)
  })

  it('VID-10 reads H.265 under number 12, as many encoders write it', () => {
    const frames = framesOf(videoSample('h265'))
    const { out } = throughFlv(frames, (body) => {
      if (!(body[0]! & 0x80)) return body
      const type = body[0]! & 0x0f
      const head = Buffer.of((body[0]! & 0x70) | 12, type === 0 ? 0 : 1, 0, 0, 0)
      return Buffer.concat([head, body.subarray(5)])
    })
    expect(out.pictures.map(({ data }) => data)).toEqual(frames.map(({ data }) => data))
  })

  it('VID-10 begins at a key frame, and drops and counts what it cannot read', () => {
    const frames = framesOf(videoSample('h264'))
    const { out } = throughFlv(frames.slice(3))
    expect(out.pictures).toHaveLength(25)
    const ingest = new FlvIngest(out)
    ingest.video(hex('17 00 000000 01'), 0)
    ingest.video(hex('22 00 000000 01'), 0)
    ingest.video(hex('90 61763031'), 0)
    ingest.audio(hex('2f00'), 0)
    ingest.audio(hex('af00 ff'), 0)
    ingest.audio(hex('af01 21'), 0)
    expect(ingest.unreadable).toBe(6)
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(0x17, 0x27, 0x1c, 0x90, 0x91, 0x93, 0xaf),
        (noise, first) => {
          ingest.video(Buffer.from([first, ...noise]), 0)
          ingest.audio(Buffer.from([first, ...noise]), 0)
        },
      ),
    )
  })

  it('VID-10 reads the decoder records it writes', () => {
    const [avc, hevc] = (['h264', 'h265'] as const).map((codec) => framesOf(videoSample(codec))[0]!.config)
    expect(readAvcC(avc!.record)).toEqual({ parameterSets: avc!.parameterSets, lengthBytes: 4 })
    expect(readHvcC(hevc!.record)).toEqual({ parameterSets: hevc!.parameterSets, lengthBytes: 4 })
    for (const [record, read] of [
      [avc!.record, readAvcC],
      [hevc!.record, readHvcC],
    ] as const)
      for (let end = 0; end < record.length - 4; end++)
        expect(() => read(record.subarray(0, end)), `${end}`).toThrow(MediaError)
  })
})

describe('with FFmpeg', () => {
  it('VID-10 what FFmpeg publishes arrives frame by frame', async () => {
    const out = new CollectedFrames()
    const asked: RtmpRequest[] = []
    let ended = 0
    const m4a = muxedBy(['-f', 'aac', '-i', '{in}', '-c', 'copy', '{out}'], 'm4a', aacSample())
    const { files, remove } = inFiles(videoSample('h264').stream, m4a)
    await whileListening(
      (socket) => {
        const session: RtmpServerSession = new RtmpServerSession(
          {
            send: (bytes) => socket.write(bytes),
            request: (request) => {
              asked.push(request)
              session.accept()
            },
            ended: () => {
              ended += 1
            },
          },
          out,
        )
        socket.on('data', (chunk: Buffer) => session.push(chunk))
      },
      (address) =>
        talkingFfmpeg([
          ...['-r', '25', '-f', 'h264', '-i', files[0]!, '-f', 'mp4', '-i', files[1]!],
          ...['-c', 'copy', '-f', 'flv', `rtmp://${address}/live/camera?token=1`],
        ]),
    ).finally(remove)
    expect(asked).toEqual([{ kind: 'publish', app: 'live', key: 'camera?token=1' }])
    expect(ended).toBe(1)
    const expected = framesOf(videoSample('h264'))
    expect(out.pictures.map(({ data }) => data)).toEqual(expected.map(({ data }) => data))
    expect(out.pictures.map(({ dts }) => dts)).toEqual(expected.map(({ dts }) => dts))
    expect(out.sounds[0]!.config).toMatchObject({ codec: 'aac', sampleRate: 16_000 })
    expect(out.sounds.length).toBeGreaterThan(30)
  })

  it('VID-11 FFmpeg plays what we serve', async () => {
    const listing = await whileListening(
      (socket) => {
        const session: RtmpServerSession = new RtmpServerSession(
          {
            send: (bytes) => socket.write(bytes),
            request: () => {
              session.accept()
              const stream = new FlvStream(({ bytes }) => socket.write(rtmpOfFlvTag(bytes)))
              for (const tag of stream.openingTags().tags) socket.write(rtmpOfFlvTag(tag))
              for (const frame of framesOf(videoSample('h264', { size: '640x480', rate: '4M' })))
                stream.video(frame)
              socket.end()
            },
            ended: () => {},
          },
          new CollectedFrames(),
        )
        socket.on('data', (chunk: Buffer) => session.push(chunk))
      },
      (address) =>
        talkingFfmpeg([
          '-threads',
          '1',
          '-i',
          `rtmp://${address}/live/camera`,
          '-vsync',
          'passthrough',
          '-f',
          'framemd5',
          '-',
        ]),
    )
    expect(hashesIn(listing)).toEqual(
      decodedHashes(videoSample('h264', { size: '640x480', rate: '4M' }).stream, 'h264'),
    )
  })

  it('VID-10 a refused publisher is told why', async () => {
    const { files, remove } = inFiles(videoSample('h264').stream)
    const refused = whileListening(
      (socket) => {
        const session: RtmpServerSession = new RtmpServerSession(
          {
            send: (bytes) => socket.write(bytes),
            request: () => session.refuse('no such camera'),
            ended: () => {},
          },
          new CollectedFrames(),
        )
        socket.on('data', (chunk: Buffer) => session.push(chunk))
      },
      (address) =>
        talkingFfmpeg(['-f', 'h264', '-i', files[0]!, '-c', 'copy', '-f', 'flv', `rtmp://${address}/live/x`]),
    )
    await expect(refused).rejects.toThrow(/no such camera/)
    remove()
  })
})
