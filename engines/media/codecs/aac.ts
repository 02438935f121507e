import { MediaError } from '../errors.ts'

/** Hz by samplingFrequencyIndex (ISO/IEC 14496-3 Table 1.18). */
const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
]
const ADTS_HEADER = 7
const EXPLICIT_RATE = 15
const ESCAPED_TYPE = 31

/** Samples of one AAC frame for each channel. */
export const AAC_FRAME_SAMPLES = 1024

/** One frame within an ADTS stream. */
export interface AdtsFrame {
  readonly sampleRate: number
  readonly channels: number
  /** audioObjectType: 2 is LC. */
  readonly objectType: number
  /** Where the raw data block begins and ends. */
  readonly start: number
  readonly end: number
}

/** Reads the ADTS header at `at` (ISO/IEC 14496-3 §1.A.3.2). @returns undefined where there is none, or it does not fit before `limit` */
export function readAdts(bytes: Uint8Array, at: number, limit: number): AdtsFrame | undefined {
  if (limit - at < ADTS_HEADER || bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0) return undefined
  const sampleRate = SAMPLE_RATES[(bytes[at + 2]! >> 2) & 0x0f]
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5)
  const header = bytes[at + 1]! & 1 ? ADTS_HEADER : ADTS_HEADER + 2
  if (sampleRate === undefined || length <= header || at + length > limit) return undefined
  return {
    sampleRate,
    channels: ((bytes[at + 2]! & 1) << 2) | (bytes[at + 3]! >> 6),
    objectType: (bytes[at + 2]! >> 6) + 1,
    start: at + header,
    end: at + length,
  }
}

/** A raw frame with its ADTS header, without CRC. @throws MediaError for a rate that ADTS cannot name or a frame too long for it */
export function writeAdts(
  frame: Uint8Array,
  format: { sampleRate: number; channels: number; objectType?: number },
): Buffer {
  const index = SAMPLE_RATES.indexOf(format.sampleRate)
  if (index < 0) throw new MediaError('unsupported', `ADTS cannot say ${format.sampleRate} Hz`, 0)
  const length = ADTS_HEADER + frame.length
  if (length > 0x1fff) throw new MediaError('too-large', 'the frame is too long for ADTS', 0x1fff)
  const type = (format.objectType ?? 2) - 1
  const header = Buffer.of(
    0xff,
    0xf1,
    (type << 6) | (index << 2) | (format.channels >> 2),
    ((format.channels & 3) << 6) | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  )
  return Buffer.concat([header, frame])
}

/** AudioSpecificConfig without extensions (ISO/IEC 14496-3 §1.6.2.1). */
export function writeAudioSpecificConfig(format: {
  sampleRate: number
  channels: number
  objectType?: number
}): Buffer {
  const index = SAMPLE_RATES.indexOf(format.sampleRate)
  const type = format.objectType ?? 2
  if (index >= 0) return Buffer.of((type << 3) | (index >> 1), ((index & 1) << 7) | (format.channels << 3))
  const config = Buffer.alloc(5)
  const rate = BigInt(format.sampleRate)
  const bits = (BigInt(type) << 35n) | (15n << 31n) | (rate << 7n) | (BigInt(format.channels) << 3n)
  config.writeUIntBE(Number(bits), 0, 5)
  return config
}

/** Reads the beginning of an AudioSpecificConfig. @throws MediaError where it is too short or names no rate */
export function readAudioSpecificConfig(config: Uint8Array): {
  objectType: number
  sampleRate: number
  channels: number
} {
  let bits = ''
  for (const byte of config.subarray(0, 8)) bits += byte.toString(2).padStart(8, '0')
  const take = (count: number) => {
    if (bits.length < count)
      throw new MediaError('malformed', 'AudioSpecificConfig ends too early', config.length)
    const value = Number.parseInt(bits.slice(0, count), 2)
    bits = bits.slice(count)
    return value
  }
  const first = take(5)
  const objectType = first === ESCAPED_TYPE ? 32 + take(6) : first
  const index = take(4)
  const sampleRate = index === EXPLICIT_RATE ? take(24) : SAMPLE_RATES[index]
  if (!sampleRate) throw new MediaError('malformed', `AudioSpecificConfig has rate index ${index}`, 1)
  return { objectType, sampleRate, channels: take(4) }
}
