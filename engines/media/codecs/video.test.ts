import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MediaError } from '../errors.ts'
import { probe } from '../testing/ffmpeg.ts'
import { videoSample } from '../testing/samples.ts'
import { framesOf } from '../testing/sender.ts'
import { VideoTrack } from '../video-track.ts'
import { annexBOf } from './annexb.ts'
import { readH264Sps } from './h264.ts'
import { readH265Sps } from './h265.ts'
import { NalList } from './nal.ts'

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')

describe('NAL units of a byte stream (H.264 Annex B, H.265 Annex B)', () => {
  function split(bytes: Buffer): string[] {
    const nals = new NalList()
    nals.splitAnnexB(bytes, 0, bytes.length)
    return Array.from({ length: nals.count }, (_, i) => bytes.toString('hex', nals.start(i), nals.end(i)))
  }

  it('VID-10 finds them behind start codes of three and four bytes, without trailing zeros', () => {
    expect(split(hex('00000001 6742 000001 68ce 00000000 000001 65b8 0000'))).toEqual([
      '6742',
      '68ce',
      '65b8',
    ])
  })

  it('VID-10 finds none where there are none, and passes over what stands before the first', () => {
    expect(split(hex('0102030400'))).toEqual([])
    expect(split(hex('aabb 000001 65'))).toEqual(['65'])
    expect(split(hex('000001 000001'))).toEqual([])
  })

  it('VID-10 reads nothing beyond the frame', () => {
    const nals = new NalList()
    nals.splitAnnexB(hex('000001 65aa 000001 41bb'), 0, 6)
    expect(nals.count).toBe(1)
    expect(nals.end(0)).toBe(5)
  })
})

describe('parameter sets, against ffprobe', () => {
  it.each(['h264', 'h265'] as const)('VID-10 reads size and rate of %s', (codec) => {
    const sample = videoSample(codec, { size: '318x242', seconds: 1 })
    const [said] = probe(sample.stream, codec === 'h264' ? 'h264' : 'hevc')
    const { format } = framesOf(sample)[0]!.config
    expect(format).toMatchObject({
      width: 318,
      height: 242,
      framesPerSecond: 25,
      chromaFormat: 1,
      bitDepthLuma: 8,
    })
    expect(said).toMatchObject({ width: 318, height: 242, r_frame_rate: '25/1', level: format!.level })
  })

  it('VID-10 reads the SPS of a camera with a profile of its own (High, cropped to 1080)', () => {
    const sps = readH264Sps(hex('67640028 acd940780227e5c05a808080a0000003002000000791e3062c 9a'))
    expect(sps).toMatchObject({ profile: 100, level: 40, width: 1920, height: 1080, codecs: 'avc1.640028' })
  })

  it('VID-10 names an H.265 stream for browsers as ISO/IEC 14496-15 §E.3 has it', () => {
    expect(framesOf(videoSample('h265'))[0]!.config.format!.codecs).toBe('hvc1.1.6.L60.90')
  })

  it('VID-10 ends on any bytes in an answer or in our own error', () => {
    const sets = (['h264', 'h265'] as const).map(
      (codec) => framesOf(videoSample(codec))[0]!.config.parameterSets,
    )
    const real = [sets[0]![0]!, sets[1]![1]!]
    const mutated = fc
      .tuple(
        fc.constantFrom(...real),
        fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 }),
        fc.nat(60),
      )
      .map(([sps, changes, length]) => {
        const bytes = Buffer.from(sps.subarray(0, Math.max(4, length)))
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        for (const read of [readH264Sps, readH265Sps]) {
          try {
            const { width, height } = read(bytes)
            expect(width * height).toBeLessThanOrEqual(16_384 ** 2)
          } catch (error) {
            expect(error).toBeInstanceOf(MediaError)
          }
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('frames of a video stream', () => {
  const push = (track: VideoTrack, said: 'h264' | 'h265' | undefined, unit: Buffer) =>
    track.fromAnnexB(said, unit, 0, unit.length, 0, 0)

  it.each(['h264', 'h265'] as const)(
    'VID-10 keeps every unit of %s but delimiters, parameter sets apart',
    (codec) => {
      const sample = videoSample(codec)
      const frames = framesOf(sample)
      expect(frames).toHaveLength(50)
      expect(frames.flatMap((frame, i) => (frame.key ? [i] : []))).toEqual([0, 25])
      for (const [i, frame] of frames.entries()) {
        const kept = unitsOf(sample.units[i]!).filter((nal) => !isDelimiter(nal, codec))
        expect(unitsOf(annexBOf(frame))).toEqual(kept)
      }
      const sets = frames[0]!.config.parameterSets.map((set) => set.toString('hex'))
      expect(unitsOf(sample.units[0]!).slice(1, 1 + sets.length)).toEqual(sets)
    },
  )

  it('VID-PAIN-20 knows H.265 whatever the map said', () => {
    const track = new VideoTrack()
    const [first, second] = videoSample('h265').units
    expect(push(track, 'h264', first!)?.config.codec).toBe('h265')
    expect(push(track, 'h264', second!)).toMatchObject({ key: false })
    expect(track.contradictions).toBe(1)
  })

  it('VID-10 makes one decoder setup until the parameter sets change', () => {
    const track = new VideoTrack()
    const small = videoSample('h264')
    const large = videoSample('h264', { size: '318x242', seconds: 1 })
    const configs = [...small.units, ...large.units].map((unit) => push(track, 'h264', unit)!.config)
    expect(new Set(configs).size).toBe(2)
    expect(configs.at(-1)!.format).toMatchObject({ width: 318 })
  })

  it('VID-10 drops and counts pictures before the first parameter sets', () => {
    const track = new VideoTrack()
    expect(push(track, 'h264', videoSample('h264').units[3]!)).toBeUndefined()
    expect(track.undecodable).toBe(1)
  })

  it('VID-10 passes SVAC through untouched', () => {
    const track = new VideoTrack()
    const unit = hex('000001 2712 0102')
    const frame = track.fromAnnexB('svac', unit, 0, unit.length, 5, 5)
    expect(frame).toMatchObject({ config: { codec: 'svac' }, pts: 5 })
    expect(frame!.data).toEqual(unit)
  })

  it('VID-10 takes any bytes without throwing', () => {
    const track = new VideoTrack()
    const nal = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => [0, 0, 1, ...bytes])
    fc.assert(
      fc.property(
        fc.array(nal, { maxLength: 5 }),
        fc.constantFrom('h264', 'h265', undefined),
        (nals, said) => {
          push(track, said, Buffer.from(nals.flat()))
        },
      ),
      { numRuns: 1000 },
    )
  })
})

function unitsOf(stream: Buffer): string[] {
  return stream
    .toString('hex')
    .split(/(?:00)?000001(?=(?:..)*$)/)
    .filter((nal, i) => i > 0 && nal.length > 0)
}

function isDelimiter(nal: string, codec: 'h264' | 'h265'): boolean {
  const first = Number.parseInt(nal.slice(0, 2), 16)
  return codec === 'h264' ? (first & 0x1f) === 9 : first >> 1 === 35
}
