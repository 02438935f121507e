import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AudioTrack } from '../audio-track.ts'
import { MediaError } from '../errors.ts'
import type { AudioFrame } from '../frame.ts'
import { muxedBy } from '../testing/ffmpeg.ts'
import { aacSample } from '../testing/samples.ts'
import { Timeline } from '../timeline.ts'
import { readAdts, readAudioSpecificConfig, writeAdts, writeAudioSpecificConfig } from './aac.ts'
import { decodeG711, encodeG711 } from './g711.ts'

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')
const laws = [
  ['a', 'alaw'],
  ['u', 'mulaw'],
] as const

describe('G.711', () => {
  it('VID-10 decodes the ends of the tables of ITU-T G.711', () => {
    expect([...decodeG711('a', hex('d5 55 aa 2a'))]).toEqual([8, -8, 32_256, -32_256])
    expect([...decodeG711('u', hex('ff 7f 80 00'))]).toEqual(
      [0, -0, 32_124, -32_124].map((level) => level + 0),
    )
  })

  it('VID-10 decodes the sine of tables 5 and 6 of ITU-T G.711: 1 kHz', () => {
    for (const [law, digits] of [
      ['a', '34212134b4a1a1b4'],
      ['u', '1e0b0b1e9e8b8b9e'],
    ] as const) {
      const wave = decodeG711(law, hex(digits))
      const [low, high] = [Math.abs(wave[0]!), Math.abs(wave[1]!)]
      expect([...wave]).toEqual([-low, -high, -high, -low, low, high, high, low])
      // samples of a sine at 22.5° and 67.5°
      expect(low / high).toBeCloseTo(Math.tan(Math.PI / 8), 1)
    }
  })

  it.each(laws)('VID-10 decodes every code of %s-law as FFmpeg does', (law, name) => {
    const codes = Buffer.from(Array.from({ length: 256 }, (_, code) => code))
    const theirs = muxedBy(['-f', name, '-i', '{in}', '-f', 's16le', '{out}'], 'pcm', codes)
    const ours = decodeG711(law, codes)
    expect([...ours]).toEqual(Array.from({ length: 256 }, (_, i) => theirs.readInt16LE(i * 2)))
  })

  it.each(laws)(
    'VID-10 encodes every sample of %s-law within half a step, and every level as itself',
    (law) => {
      // overload begins here: half a step above the last level
      const limit = law === 'a' ? 32_767 : 32_635
      const samples = Int16Array.from({ length: limit * 2 + 1 }, (_, i) => i - limit)
      const codes = encodeG711(law, samples)
      const decoded = decodeG711(law, codes)
      for (const [i, sample] of samples.entries()) {
        const segment = ((law === 'a' ? codes[i]! ^ 0x55 : ~codes[i]!) >> 4) & 7
        const step = law === 'a' ? 16 << Math.max(0, segment - 1) : 8 << segment
        if (Math.abs(decoded[i]! - sample) > step / 2) expect([sample, decoded[i], step]).toEqual([])
        if (i > 0 && decoded[i]! < decoded[i - 1]!) expect([sample, decoded[i]]).toEqual([])
      }
      expect([...decodeG711(law, encodeG711(law, decoded))]).toEqual([...decoded])
      expect(decodeG711(law, encodeG711(law, Int16Array.of(32_767, -32_768)))).toEqual(
        law === 'a' ? Int16Array.of(32_256, -32_256) : Int16Array.of(32_124, -32_124),
      )
    },
  )
})

describe('AAC', () => {
  it('VID-PAIN-19 takes frames out of ADTS and writes the same ADTS again', () => {
    const adts = aacSample()
    const frames: AudioFrame[] = []
    const track = new AudioTrack(new Timeline())
    track.push('aac', adts, 0, adts.length, 900, (frame) => frames.push(frame))
    expect(frames[0]!.config).toMatchObject({ codec: 'aac', sampleRate: 16_000, channels: 1 })
    expect(frames[1]!.pts - frames[0]!.pts).toBe(5760)
    expect(Buffer.concat(frames.map(({ data, config }) => writeAdts(data, config))).equals(adts)).toBe(true)
    expect(track.garbageBytes).toBe(0)
  })

  it('VID-PAIN-19 knows ADTS although the map says G.711, and drops what is no ADTS in what is said to be', () => {
    const adts = aacSample(1)
    const track = new AudioTrack(new Timeline())
    const codecs: string[] = []
    const push = (said: 'g711a' | 'aac' | undefined, bytes: Buffer) =>
      track.push(said, bytes, 0, bytes.length, 0, ({ config }) => codecs.push(config.codec))
    push('g711a', adts)
    push(undefined, adts)
    expect(new Set(codecs)).toEqual(new Set(['aac']))
    codecs.length = 0
    push('aac', hex('d5d5d5d5'))
    expect(codecs).toEqual([])
    expect(track.garbageBytes).toBe(4)
    push(undefined, hex('d5d5d5d5'))
    expect(codecs).toEqual(['g711a'])
  })

  it('VID-10 writes and reads AudioSpecificConfig', () => {
    expect(writeAudioSpecificConfig({ sampleRate: 44_100, channels: 2 }).toString('hex')).toBe('1210')
    for (const format of [
      { objectType: 2, sampleRate: 16_000, channels: 1 },
      { objectType: 5, sampleRate: 11_111, channels: 6 },
    ])
      expect(readAudioSpecificConfig(writeAudioSpecificConfig(format))).toEqual(format)
    expect(() => readAudioSpecificConfig(hex('12'))).toThrow(MediaError)
    expect(() => readAudioSpecificConfig(hex('1690'))).toThrow(MediaError)
    expect(() => writeAdts(hex('00'), { sampleRate: 11_111, channels: 1 })).toThrow(MediaError)
    expect(() => writeAdts(Buffer.alloc(9000), { sampleRate: 8000, channels: 1 })).toThrow(MediaError)
  })

  it('VID-10 reads no frame beyond the bytes given', () => {
    const adts = aacSample(1)
    for (let end = 0; end < 40; end++) {
      const frame = readAdts(adts, 0, end)
      if (frame) expect(frame.end).toBeLessThanOrEqual(end)
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(readAdts(bytes, 0, bytes.length)?.end ?? 0).toBeLessThanOrEqual(bytes.length)
      }),
    )
  })
})
