import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_TIME } from '../es.ts'
import { AudioFrame, storageOf, VideoFrame } from '../frame.ts'
import { CollectedEs, demuxPs } from '../testing/collect.ts'
import { decodedHashes, muxedBy, probe } from '../testing/ffmpeg.ts'
import { aacSample, g711Sample, videoSample } from '../testing/samples.ts'
import { framesOf, soundOf } from '../testing/sender.ts'
import { PsDemuxer } from './demuxer.ts'
import { PsMuxer } from './muxer.ts'
import { PesHeader, readPesHeader, readTime, writeTime } from './pes.ts'

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')
const joined = (collected: CollectedEs) => Buffer.concat(collected.video.map(({ data }) => data))

function muxed(codec: 'h264' | 'h265', options: Parameters<typeof videoSample>[1] = {}) {
  const muxer = new PsMuxer()
  const frames = framesOf(videoSample(codec, options))
  return { frames, packs: frames.map((frame) => muxer.frame(frame)) }
}

/** One pack after the other, each as a frame. */
function demuxFrames(packs: readonly Buffer[], certain = false) {
  const es = new CollectedEs()
  const demuxer = new PsDemuxer(es)
  for (const pack of packs) {
    demuxer.collect(pack, 0, pack.length)
    demuxer.endOfFrame(certain)
  }
  return { es, demuxer }
}

/** A PES with PTS only. */
function pes(id: number, pts: number, data: Buffer, length = data.length + 8): Buffer {
  const header = Buffer.alloc(14)
  header.writeUInt32BE(0x100 | id)
  header.writeUInt16BE(length & 0xffff, 4)
  header.set([0x80, 0x80, 5], 6)
  writeTime(header, 9, pts, 2)
  return Buffer.concat([header, data])
}

const PACK = hex('000001ba 44000400 0401 000fa3 f8')
const PICTURE = Buffer.concat([hex('00000001 65'), Buffer.alloc(900, 0xa5)])

describe('PES header (ISO/IEC 13818-1 §2.4.3.7)', () => {
  it('VID-10 reads the times of the example 2³³ − 1, and writes the same', () => {
    const bytes = hex('000001e0 0000 84c0 0a 3fffffffff 1100010001 aa')
    const header = new PesHeader()
    expect(readPesHeader(bytes, 0, bytes.length, header)).toBe(true)
    expect(header).toEqual({ payloadStart: 19, pts: 2 ** 33 - 1, dts: 0 })
    const time = Buffer.alloc(5)
    writeTime(time, 0, 2 ** 33 - 1, 3)
    expect(time.toString('hex')).toBe('3fffffffff')
  })

  it('VID-10 writes any time so that it reads the same', () => {
    const time = Buffer.alloc(5)
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        writeTime(time, 0, value, 2)
        expect(readTime(time, 0)).toBe(value % 2 ** 33)
      }),
    )
  })
})

describe('program streams of FFmpeg', () => {
  it.each(['h264', 'h265'] as const)(
    'VID-10 takes %s out byte for byte, without a map, in pieces of any size',
    (codec) => {
      const sample = videoSample(codec)
      const args = [
        '-f',
        codec === 'h264' ? 'h264' : 'hevc',
        '-r',
        '25',
        '-i',
        '{in}',
        '-c',
        'copy',
        '-f',
        'vob',
        '{out}',
      ]
      const stream = muxedBy(args, 'mpg', sample.stream)
      for (const step of [stream.length, 1400, 188, 7]) {
        const collected = demuxPs(stream, step)
        expect(joined(collected).equals(sample.stream)).toBe(true)
      }
      expect(demuxPs(stream).video[1]!.pts - demuxPs(stream).video[0]!.pts).toBe(3600)
    },
  )
})

describe('our program stream', () => {
  it.each(['h264', 'h265'] as const)('VID-3 of %s is decoded by FFmpeg to the same pictures', (codec) => {
    const stream = Buffer.concat(muxed(codec).packs)
    const source = decodedHashes(videoSample(codec).stream, codec === 'h264' ? 'h264' : 'hevc')
    expect(decodedHashes(stream, 'mpeg')).toEqual(source)
    expect(source).toHaveLength(50)
    expect(probe(stream, 'mpeg')).toMatchObject([
      { codec_name: codec === 'h264' ? 'h264' : 'hevc', width: 320 },
    ])
  })

  it('VID-3 carries AAC that FFmpeg reads', () => {
    const es = new CollectedEs()
    const adts = aacSample(1)
    const muxer = new PsMuxer()
    const config = { codec: 'aac', sampleRate: 16_000, channels: 1, record: Buffer.alloc(0) } as const
    const frames = [...adtsPayloads(adts)].map((data, i) => new AudioFrame(config, i * 5760, storageOf(data)))
    const packs = frames.map((frame) => muxer.frame(frame))
    const demuxer = new PsDemuxer(es)
    for (const pack of packs) demuxer.push(pack)
    demuxer.flush()
    expect(Buffer.concat(es.audio.map(({ data }) => data)).equals(adts)).toBe(true)
    expect(es.audio[0]).toMatchObject({ codec: 'aac', pts: 0 })
    expect(probe(Buffer.concat(packs), 'mpeg')).toMatchObject([{ codec_name: 'aac', sample_rate: '16000' }])
  })

  it('VID-10 passes SVAC and sound of other codecs through', () => {
    const muxer = new PsMuxer()
    const config = { codec: 'svac', format: undefined, parameterSets: [], record: Buffer.alloc(0) } as const
    const sound = { codec: 'g722.1', sampleRate: 16_000, channels: 1, record: Buffer.alloc(0) } as const
    const data = hex('00000001 2712 0102')
    const packs = [
      muxer.frame(new VideoFrame(config, true, 90, 90, storageOf(data))),
      muxer.frame(new AudioFrame(sound, 90, storageOf(hex('0102')))),
      muxer.frame(new VideoFrame(config, true, 3690, 3690, storageOf(data))),
      muxer.frame(new AudioFrame(sound, 3690, storageOf(hex('0304')))),
    ]
    const { es } = demuxFrames(packs)
    expect(es.video).toMatchObject([
      { codec: 'svac', data, pts: 90 },
      { codec: 'svac', data, pts: 3690 },
    ])
    // the map of the first pack could not know of the sound
    expect(es.audio).toMatchObject([{ codec: undefined }, { codec: 'g722.1', data: hex('0304') }])
  })

  it('VID-10 gives each frame back at once, sound beside it, at every cut of a pack into two payloads', () => {
    const { packs, frames } = muxed('h264', { rate: '60k' })
    const sound = soundOf(g711Sample('alaw', 1))
    const audio = new PsMuxer()
    const [key] = packs
    for (let cut = 0; cut <= key!.length; cut += 1) {
      const es = new CollectedEs()
      const demuxer = new PsDemuxer(es)
      demuxer.collect(key!, 0, cut)
      demuxer.collect(key!, cut, key!.length)
      demuxer.endOfFrame(false)
      expect(es.video).toHaveLength(1)
    }
    const mixed = packs.flatMap((pack, i) => (sound[i] ? [pack, audio.frame(sound[i])] : [pack]))
    const { es, demuxer } = demuxFrames(mixed)
    expect(es.video.map(({ pts }) => pts)).toEqual(frames.map(({ pts }) => pts))
    expect(Buffer.concat(es.audio.map(({ data }) => data)).equals(g711Sample('alaw', 1))).toBe(true)
    expect(es.audio[0]!.codec).toBe('g711a')
    expect(demuxer).toMatchObject({ garbageBytes: 0, wrongLengths: 0, badMaps: 0 })
  })

  it('VID-10 splits pictures of more than 64 KiB and joins them again', () => {
    const { packs, frames } = muxed('h264', { size: '1280x720', rate: '20M', seconds: 1 })
    expect(packs[0]!.length).toBeGreaterThan(70_000)
    const { es } = demuxFrames(packs)
    expect(es.video).toHaveLength(frames.length)
    const whole = demuxPs(Buffer.concat(packs), 1400)
    expect(joined(whole).equals(joined(es))).toBe(true)
    expect(whole.video).toHaveLength(frames.length)
  })
})

describe('what devices send instead', () => {
  it('VID-10 takes a picture in several PES of the same time, or without time, as one', () => {
    const more = hex('0102030405060708')
    const continuation = hex('000001e0 0007 8000 00 aabbccdd')
    const { es } = demuxFrames([
      Buffer.concat([PACK, pes(0xe0, 90, PICTURE), pes(0xe0, 90, more), continuation]),
    ])
    expect(es.video).toHaveLength(1)
    expect(es.video[0]!.data).toEqual(Buffer.concat([PICTURE, more, hex('aabbccdd')]))
  })

  it('VID-10 separates pictures of different times within one frame', () => {
    const { es } = demuxFrames([
      Buffer.concat([PACK, pes(0xe0, 90, PICTURE), PACK, pes(0xe0, 3690, PICTURE)]),
    ])
    expect(es.video.map(({ pts }) => pts)).toEqual([90, 3690])
  })

  it('VID-10 separates pictures of a byte stream whose time stands still', () => {
    const stream = Buffer.concat([1, 2, 3].flatMap(() => [PACK, pes(0xe0, 90, PICTURE)]))
    expect(demuxPs(stream).video).toHaveLength(3)
  })

  it('VID-10 ends a PES of length 0 at the next unit or with the frame', () => {
    const { es } = demuxFrames([Buffer.concat([PACK, pes(0xe0, 90, PICTURE, 0), pes(0xc0, 90, hex('0102'))])])
    expect(es.video[0]!.data).toEqual(PICTURE)
    expect(es.audio[0]!.data).toEqual(hex('0102'))
    expect(demuxFrames([Buffer.concat([PACK, pes(0xe0, 90, PICTURE, 0)])]).es.video[0]!.data).toEqual(PICTURE)
  })

  it('VID-10 puts right a length that lost its high bits', () => {
    const large = Buffer.concat([hex('00000001 65'), Buffer.alloc(150_000, 0xa5)])
    const frame = Buffer.concat([PACK, pes(0xe0, 90, large)])
    const { es, demuxer } = demuxFrames([frame, Buffer.concat([PACK, pes(0xe0, 3690, PICTURE)])])
    expect(es.video.map(({ data }) => data.length)).toEqual([large.length, PICTURE.length])
    expect(demuxer).toMatchObject({ wrongLengths: 1, garbageBytes: 0 })
  })

  it('VID-10 takes what is there of a PES that claims more than its frame has, once the frame has surely ended', () => {
    const frame = Buffer.concat([PACK, pes(0xe0, 90, PICTURE, PICTURE.length + 500)])
    const { es, demuxer } = demuxFrames([frame], true)
    expect(es.video[0]!.data).toEqual(PICTURE)
    expect(demuxer.wrongLengths).toBe(1)
    expect(demuxFrames([frame], false).es.video).toEqual([])
  })

  it('VID-10 waits for the rest of a PES when the marker came too early', () => {
    const frame = Buffer.concat([PACK, pes(0xe0, 90, PICTURE)])
    const { es } = demuxFrames([frame.subarray(0, 300), frame.subarray(300, 600), frame.subarray(600)])
    expect(es.video.map(({ data }) => data)).toEqual([PICTURE])
  })

  it('VID-10 passes over private data, padding and other streams', () => {
    const noise = [0xbd, 0xbe, 0xbf, 0xf0, 0xff].map((id) => {
      return Buffer.concat([hex(`000001${id.toString(16)}0004`), hex('00000001')])
    })
    const { es, demuxer } = demuxFrames([
      Buffer.concat([PACK, ...noise, pes(0xe0, 90, PICTURE), pes(0xe1, 90, PICTURE)]),
    ])
    expect(es.video.map(({ data }) => data)).toEqual([PICTURE])
    expect(demuxer).toMatchObject({ ignoredBytes: 50 + 14 + PICTURE.length, garbageBytes: 0 })
  })

  it('VID-10 reads on behind garbage and a broken map', () => {
    const map = hex('000001bc 0005 e0ff00f0 00')
    const { es, demuxer } = demuxFrames([Buffer.concat([hex('deadbeef'), PACK, map, pes(0xe0, 90, PICTURE)])])
    expect(es.video.map(({ data }) => data)).toEqual([PICTURE])
    expect(demuxer).toMatchObject({ garbageBytes: 4, badMaps: 1 })
  })

  it('VID-10 takes pictures without times', () => {
    const bare = Buffer.concat([
      PACK,
      hex('000001e0'),
      Buffer.of(0, PICTURE.length + 3),
      hex('800000'),
      PICTURE,
    ])
    bare.writeUInt16BE(PICTURE.length + 3, PACK.length + 4)
    expect(demuxFrames([bare]).es.video[0]).toMatchObject({ pts: NO_TIME, dts: NO_TIME, data: PICTURE })
  })

  it('VID-10 drops and counts a frame beyond the bound, and goes on', () => {
    const es = new CollectedEs()
    const demuxer = new PsDemuxer(es, { maxFrameBytes: 100_000 })
    for (let i = 0; i < 100; i++) demuxer.collect(PICTURE.subarray(0, 900), 0, 900)
    for (let i = 0; i < 20; i++) demuxer.collect(PICTURE, 0, PICTURE.length)
    demuxer.endOfFrame(true)
    demuxer.push(Buffer.concat([PACK, pes(0xe0, 90, PICTURE)]))
    demuxer.flush()
    expect(demuxer.oversized).toBe(1)
    expect(es.video.at(-1)!.data).toEqual(PICTURE)
  })

  it('VID-10 searches no byte twice for the end of a PES that has none', () => {
    const demuxer = new PsDemuxer(new CollectedEs(), { maxFrameBytes: 16 * 2 ** 20 })
    demuxer.push(Buffer.concat([PACK, pes(0xe0, 90, PICTURE, 0)]))
    const began = process.cpuUsage().user
    const more = Buffer.alloc(1000)
    for (let i = 0; i < 2500; i++) demuxer.push(more)
    // searching all of it each time takes more than ten
    expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(2)
  })

  it('VID-10 takes any bytes without throwing, within its bound', () => {
    const unit = fc.oneof(
      fc.constantFrom(PACK, pes(0xe0, 90, PICTURE), pes(0xc0, 90, PICTURE), hex('000001b9'), hex('000001bc')),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(fc.integer({ min: 0xb9, max: 0xff }), fc.uint8Array({ maxLength: 30 })).map(([id, bytes]) => {
        return Buffer.from([0, 0, 1, id, ...bytes])
      }),
    )
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), fc.nat(3), (units, ending) => {
        const es = new CollectedEs()
        const demuxer = new PsDemuxer(es, { maxFrameBytes: 100_000 })
        for (const bytes of units) {
          if (ending === 0) demuxer.push(bytes)
          else demuxer.collect(bytes, 0, bytes.length)
          if (ending === 2) demuxer.endOfFrame(false)
        }
        demuxer.flush()
        const out = es.video.reduce((sum, { data }) => sum + data.length, 0)
        expect(out).toBeLessThanOrEqual(units.reduce((sum, { length }) => sum + length, 0))
      }),
      { numRuns: 1000 },
    )
  })
})

function* adtsPayloads(adts: Buffer): Generator<Buffer> {
  for (let at = 0; at < adts.length; ) {
    const length = ((adts[at + 3]! & 3) << 11) | (adts[at + 4]! << 3) | (adts[at + 5]! >> 5)
    yield adts.subarray(at + 7, at + length)
    at += length
  }
}
