import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AudioTrack } from '../audio-track.ts'
import type { AudioFrame } from '../frame.ts'
import { CollectedEs } from '../testing/collect.ts'
import { decodedHashes, muxedBy, probe } from '../testing/ffmpeg.ts'
import { aacSample, videoSample } from '../testing/samples.ts'
import { framesOf } from '../testing/sender.ts'
import { Timeline } from '../timeline.ts'
import { crc32Mpeg } from './crc.ts'
import { TsDemuxer } from './demuxer.ts'
import { TsMuxer } from './muxer.ts'

function demux(stream: Buffer, step = stream.length, options = {}) {
  const es = new CollectedEs()
  const demuxer = new TsDemuxer(es, options)
  for (let at = 0; at < stream.length; at += step)
    demuxer.collect(stream, at, Math.min(stream.length, at + step))
  demuxer.flush()
  return { es, demuxer }
}

const ffmpegTs = (codec: 'h264' | 'h265') =>
  muxedBy(
    [
      '-f',
      codec === 'h264' ? 'h264' : 'hevc',
      '-r',
      '25',
      '-i',
      '{in}',
      '-c',
      'copy',
      '-f',
      'mpegts',
      '{out}',
    ],
    'ts',
    videoSample(codec).stream,
  )

describe('transport streams of FFmpeg', () => {
  it.each(['h264', 'h265'] as const)(
    'VID-10 takes the pictures of %s out byte for byte, at cuts of any size',
    (codec) => {
      const stream = ffmpegTs(codec)
      const { units } = videoSample(codec)
      for (const step of [stream.length, 1316, 188, 187, 11]) {
        const { es, demuxer } = demux(stream, step)
        expect(es.video).toHaveLength(units.length)
        expect(Buffer.concat(es.video.map(({ data }) => data)).equals(videoSample(codec).stream)).toBe(true)
        expect(es.video[0]!.codec).toBe(codec)
        expect(es.video[2]!.dts - es.video[1]!.dts).toBe(3600)
        expect(demuxer).toMatchObject({ garbageBytes: 0, brokenPes: 0 })
      }
    },
  )

  it('VID-10 takes AAC out byte for byte', () => {
    const adts = aacSample()
    const stream = muxedBy(['-f', 'aac', '-i', '{in}', '-c', 'copy', '-f', 'mpegts', '{out}'], 'ts', adts)
    const { es } = demux(stream, 1316)
    expect(Buffer.concat(es.audio.map(({ data }) => data)).equals(adts)).toBe(true)
    expect(es.audio[0]!.codec).toBe('aac')
  })

  it('VID-10 drops the picture in which a packet is missing, and reads on behind garbage', () => {
    const stream = ffmpegTs('h264')
    const { units } = videoSample('h264')
    const lossy = Buffer.concat([stream.subarray(0, 188 * 6), stream.subarray(188 * 7)])
    const dropped = demux(lossy)
    expect(dropped.demuxer.brokenPes).toBe(1)
    expect(dropped.es.video).toHaveLength(units.length - 1)
    const dirty = Buffer.concat([Buffer.from('garbage'), stream])
    expect(demux(dirty).es.video).toHaveLength(units.length)
    expect(demux(dirty).demuxer.garbageBytes).toBe(7)
    expect(demux(stream, stream.length, { maxFrameBytes: 2000 }).demuxer.brokenPes).toBeGreaterThan(0)
  })
})

describe('our transport stream', () => {
  it.each(['h264', 'h265'] as const)(
    'VID-11 of %s and AAC is decoded by FFmpeg to the same pictures and sound',
    (codec) => {
      const muxer = new TsMuxer()
      const sounds: AudioFrame[] = []
      const adts = aacSample()
      new AudioTrack(new Timeline()).push('aac', adts, 0, adts.length, 0, (frame) => sounds.push(frame))
      const frames = [...framesOf(videoSample(codec)), ...sounds].sort((a, b) => a.pts - b.pts)
      const stream = Buffer.concat(frames.map((frame) => muxer.frame(frame)))
      const source = decodedHashes(videoSample(codec).stream, codec === 'h264' ? 'h264' : 'hevc')
      expect(decodedHashes(stream, 'mpegts')).toEqual(source)
      expect(probe(stream, 'mpegts')).toMatchObject([
        { codec_name: codec === 'h264' ? 'h264' : 'hevc', start_pts: 0 },
        { codec_name: 'aac', sample_rate: '16000' },
      ])
      const audio = muxedBy(
        ['-f', 'mpegts', '-i', '{in}', '-map', '0:a', '-c', 'copy', '-f', 'adts', '{out}'],
        'aac',
        stream,
      )
      expect(audio.equals(adts)).toBe(true)
    },
  )

  it('VID-11 of sound alone is read too', () => {
    const muxer = new TsMuxer()
    const packets: Buffer[] = []
    const adts = aacSample(1)
    new AudioTrack(new Timeline()).push('aac', adts, 0, adts.length, 0, (frame) =>
      packets.push(muxer.frame(frame)),
    )
    const { es } = demux(Buffer.concat(packets))
    expect(Buffer.concat(es.audio.map(({ data }) => data)).equals(adts)).toBe(true)
    expect(probe(Buffer.concat(packets), 'mpegts')).toMatchObject([{ codec_name: 'aac' }])
  })

  it('VID-11 has the CRC of the recommendation', () => {
    // check value of CRC-32/MPEG-2
    expect(crc32Mpeg(Buffer.from('123456789'))).toBe(0x0376e6e7)
  })

  it('VID-10 takes any bytes without throwing', () => {
    const muxer = new TsMuxer()
    const real = Buffer.concat(
      framesOf(videoSample('h264'))
        .slice(0, 5)
        .map((frame) => muxer.frame(frame)),
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { maxLength: 60 }),
        fc.nat(400),
        (changes, cut) => {
          const bytes = Buffer.from(real.subarray(cut))
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
          demux(bytes, 500)
        },
      ),
      { numRuns: 300 },
    )
  })
})
