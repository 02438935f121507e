import { describe, expect, it } from 'vitest'
import { readAmf0 } from '../amf0.ts'
import { AudioFrame, storageOf, VideoFrame } from '../frame.ts'
import { GopCache, type StreamPiece } from '../gop-cache.ts'
import { decodedHashes, muxedBy, probe } from '../testing/ffmpeg.ts'
import { g711Sample, videoSample } from '../testing/samples.ts'
import { framesOf, soundOf } from '../testing/sender.ts'
import { ViewerGate } from '../viewer-gate.ts'
import { FlvStream } from './stream.ts'
import { flvAudioTag, flvVideoTag } from './tag.ts'

interface ReadTag {
  type: number
  time: number
  body: Buffer
}

/** Reads FLV by its specification, without this engine's help. */
function readFlv(stream: Buffer): ReadTag[] {
  expect(stream.subarray(0, 4).toString('latin1')).toBe('FLV\u0001')
  const tags: ReadTag[] = []
  for (let at = 13; at < stream.length; ) {
    const size = stream.readUIntBE(at + 1, 3)
    const time = stream.readUIntBE(at + 4, 3) + stream[at + 7]! * 2 ** 24
    tags.push({ type: stream[at]!, time, body: stream.subarray(at + 11, at + 11 + size) })
    expect(stream.readUInt32BE(at + 11 + size)).toBe(size + 11)
    at += size + 15
  }
  return tags
}

/** All of a stream as one viewer from the beginning sees it. */
function recorded(feed: (stream: FlvStream) => void): {
  pieces: StreamPiece[]
  bytes: Buffer
  stream: FlvStream
} {
  const pieces: StreamPiece[] = []
  const stream = new FlvStream((piece) => pieces.push(piece))
  feed(stream)
  const [header, metadata] = stream.opening().bytes
  return { pieces, stream, bytes: Buffer.concat([header!, metadata!, ...pieces.map(({ bytes }) => bytes)]) }
}

describe('FLV', () => {
  it('VID-11 of H.264 and G.711 is decoded by FFmpeg to the same pictures and sound', () => {
    const sound = soundOf(g711Sample('alaw'))
    const { bytes } = recorded((stream) => {
      for (const [i, frame] of framesOf(videoSample('h264')).entries()) {
        stream.video(frame)
        stream.audio(sound[i]!)
      }
    })
    expect(decodedHashes(bytes, 'flv')).toEqual(decodedHashes(videoSample('h264').stream, 'h264'))
    expect(probe(bytes, 'flv')).toMatchObject([
      { codec_name: 'h264', width: 320, height: 240 },
      { codec_name: 'pcm_alaw', sample_rate: '8000' },
    ])
    const samples = muxedBy(
      ['-f', 'flv', '-i', '{in}', '-map', '0:a', '-c', 'copy', '-f', 'alaw', '{out}'],
      'al',
      bytes,
    )
    expect(samples.equals(g711Sample('alaw'))).toBe(true)
  })

  it('VID-11 bears composition times, also negative ones', () => {
    const [frame] = framesOf(videoSample('h264'))
    const at = (pts: number, dts: number) =>
      flvVideoTag(Object.assign(framesOf(videoSample('h264'))[0]!, { pts, dts }))
    expect(at(7200, 3600).readIntBE(11 + 2, 3)).toBe(40)
    expect(at(3600, 7200).readIntBE(11 + 2, 3)).toBe(-40)
    const late = flvVideoTag(Object.assign(frame!, { pts: 90 * 2 ** 25, dts: 90 * 2 ** 25 }))
    expect([...late.subarray(4, 8)]).toEqual([0, 0, 0, 2])
  })

  it('VID-PAIN-20 carries H.265 as enhanced RTMP has it: hvc1, hvcC, coded frames', () => {
    const frames = framesOf(videoSample('h265'))
    const late = framesOf(videoSample('h265'))[1]!
    const reordered = new VideoFrame(frames[0]!.config, false, 7200, 3600, late.storage)
    const { bytes } = recorded((stream) => {
      for (const frame of frames) stream.video(frame)
      stream.video(reordered)
    })
    const [, setup, ...pictures] = readFlv(bytes)
    expect(setup!.body.subarray(0, 5).toString('latin1')).toBe('\u0090hvc1')
    expect(setup!.body.subarray(5)).toEqual(frames[0]!.config.record)
    const [last, ...plain] = pictures.reverse()
    expect(plain.reverse().map(({ body }) => body.subarray(0, 5).toString('latin1'))).toEqual(
      frames.map(({ key }) => `${key ? '\u0093' : '\u00a3'}hvc1`),
    )
    for (const [i, { body }] of plain.entries()) expect(body.subarray(5).equals(frames[i]!.data)).toBe(true)
    expect([last!.body[0], last!.body.readIntBE(5, 3)]).toEqual([0xa1, 40])
    expect(last!.body.subarray(8).equals(reordered.data)).toBe(true)
  })

  it('VID-11 tells metadata', () => {
    const { stream } = recorded((it) => it.video(framesOf(videoSample('h264'))[0]!))
    const [metadata] = readFlv(Buffer.concat(stream.opening().bytes))
    expect(metadata!.type).toBe(18)
    expect(readAmf0(metadata!.body)).toEqual([
      'onMetaData',
      { videocodecid: 7, width: 320, height: 240, framerate: 25 },
    ])
  })

  it('VID-11 copies no picture: the tag is the frame’s own storage', () => {
    const [frame] = framesOf(videoSample('h264'))
    const before = Buffer.from(frame!.data)
    const tag = flvVideoTag(frame!)
    expect(tag.buffer).toBe(frame!.storage.buffer)
    expect(frame!.data).toEqual(before)
  })

  it('VID-PAIN-19 writes AAC with its setup, and leaves out what FLV cannot carry', () => {
    const config = { codec: 'aac', sampleRate: 16_000, channels: 1, record: Buffer.of(0x14, 0x08) } as const
    const other = { codec: 'g723.1', sampleRate: 8000, channels: 1, record: Buffer.alloc(0) } as const
    const { bytes, stream } = recorded((it) => {
      it.audio(new AudioFrame(config, 0, storageOf(Buffer.of(1, 2, 3))))
      it.audio(new AudioFrame(other, 0, storageOf(Buffer.of(1, 2, 3))))
    })
    expect(
      readFlv(bytes)
        .slice(1)
        .map(({ body }) => body.toString('hex')),
    ).toEqual(['af001408', 'af01010203'])
    expect(stream.unsupported).toBe(1)
    expect(flvAudioTag(new AudioFrame({ ...other, codec: 'g711u' }, 0, storageOf(Buffer.of(9))))[11]).toBe(
      0x82,
    )
  })
})

describe('viewers', () => {
  it('VID-11 who joins gets the current group of pictures and sees what the source shows', () => {
    const frames = framesOf(videoSample('h264'))
    const rest: Buffer[] = []
    let joined: Buffer[] | undefined
    const stream = new FlvStream(({ bytes }) => joined && rest.push(bytes))
    for (const [i, frame] of frames.entries()) {
      if (i === 30) joined = stream.opening().bytes
      stream.video(frame)
    }
    const seen = decodedHashes(Buffer.concat([...joined!, ...rest]), 'flv')
    expect(seen).toEqual(decodedHashes(videoSample('h264').stream, 'h264').slice(25))
    expect(stream.opening().flowing).toBe(true)
  })

  it('VID-11 keeps one group at most, and none that grows beyond its bound', () => {
    const cache = new GopCache({ maxBytes: 100, maxPieces: 5 })
    const piece = (bytes: number, key = false): StreamPiece => ({
      bytes: Buffer.alloc(bytes),
      isVideo: true,
      key,
    })
    cache.push(piece(10))
    expect(cache.pieces).toEqual([])
    for (const bytes of [10, 20]) cache.push(piece(bytes, bytes === 10))
    expect(cache.bytes).toBe(30)
    cache.push(piece(5, true))
    expect(cache.pieces).toHaveLength(1)
    cache.push(piece(99))
    expect(cache.pieces).toEqual([])
    cache.push(piece(1))
    expect(cache.pieces).toEqual([])
    cache.push(piece(1, true))
    for (let i = 0; i < 9; i++) cache.push(piece(1))
    expect(cache.pieces).toEqual([])
  })

  it('VID-11 a slow viewer is left out up to the next key frame, and ended when it reads nothing', () => {
    const gate = new ViewerGate(true, { highWater: 100, lowWater: 20, limit: 400 })
    const at = (key: boolean, unsent: number) =>
      gate.judge({ bytes: Buffer.alloc(1), isVideo: true, key }, unsent)
    expect([at(false, 0), at(false, 101), at(false, 0), at(true, 21), at(true, 20), at(false, 90)]).toEqual([
      'send',
      'drop',
      'drop',
      'drop',
      'resume',
      'send',
    ])
    expect(gate).toMatchObject({ stalls: 1, dropped: 3 })
    expect(at(true, 401)).toBe('close')
    const late = new ViewerGate(false)
    expect(late.judge({ bytes: Buffer.alloc(1), isVideo: false, key: false }, 0)).toBe('drop')
  })

  it('VID-11 a viewer that was left out over a change of the decoder setup gets the new one', () => {
    const small = framesOf(videoSample('h264', { seconds: 1 }))
    const large = framesOf(videoSample('h264', { size: '318x242', seconds: 1 }))
    const gate = new ViewerGate(true, { highWater: 100 })
    const seen: Buffer[] = []
    let unsent = 0
    const stream = new FlvStream((piece) => {
      const verdict = gate.judge(piece, unsent)
      if (verdict === 'resume') seen.push(...stream.setup())
      if (verdict === 'send' || verdict === 'resume') seen.push(piece.bytes)
    })
    for (const frame of small) stream.video(frame)
    unsent = 101
    stream.video(large[0]!)
    unsent = 0
    seen.length = 0
    for (const frame of large.slice(1)) stream.video(frame)
    expect(seen).toEqual([])
    for (const frame of large) stream.video(frame)
    const bytes = Buffer.concat([stream.opening().bytes[0]!, ...seen])
    expect(decodedHashes(bytes, 'flv')).toEqual(
      decodedHashes(videoSample('h264', { size: '318x242', seconds: 1 }).stream, 'h264'),
    )
  })
})
