/*
 * ITU-T G.711. Linear samples are 16 bits: those of 13 (A-law) and 14 bits (µ-law) of the recommendation, shifted up.
 */

/** `a`: A-law, of E1 countries and GB/T 28181; `u`: µ-law. */
export type G711Law = 'a' | 'u'

/** Every second bit of A-law goes inverted over the line (§3.1.1, table 1a note 2). */
const EVEN_BITS = 0x55
/** Added before µ-law looks for the segment, of the 14-bit scale. */
const BIAS = 33
const MAX_BIASED = 0x1fff

const DECODED = { a: table(decodeA), u: table(decodeU) }

/** Samples at 8 kHz of 16 bits. */
export function decodeG711(law: G711Law, bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length)
  const levels = DECODED[law]
  for (let i = 0; i < bytes.length; i++) samples[i] = levels[bytes[i]!]!
  return samples
}

/** One byte for each sample. @param samples 16 bits at 8 kHz */
export function encodeG711(law: G711Law, samples: Int16Array): Buffer {
  const bytes = Buffer.allocUnsafe(samples.length)
  const encode = law === 'a' ? encodeA : encodeU
  for (let i = 0; i < samples.length; i++) bytes[i] = encode(samples[i]!)
  return bytes
}

function table(decode: (code: number) => number): Int16Array {
  return Int16Array.from({ length: 256 }, (_, code) => decode(code))
}

/** Table 1: sign (1 is positive), segment, four bits within it; the middle of the interval. */
function decodeA(code: number): number {
  const plain = code ^ EVEN_BITS
  const segment = (plain >> 4) & 7
  const step = ((plain & 0x0f) << 4) + 8
  const level = segment === 0 ? step : (step + 0x100) << (segment - 1)
  return plain & 0x80 ? level : -level
}

function encodeA(sample: number): number {
  const magnitude = (sample < 0 ? ~sample : sample) >> 4
  const segment = magnitude < 16 ? 0 : 28 - Math.clz32(magnitude)
  const mantissa = (segment < 2 ? magnitude : magnitude >> (segment - 1)) & 0x0f
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | mantissa) ^ EVEN_BITS
}

/** Table 2: all bits inverted. */
function decodeU(code: number): number {
  const plain = ~code & 0xff
  const segment = (plain >> 4) & 7
  const level = ((((plain & 0x0f) << 1) + BIAS) << segment) - BIAS
  return (plain & 0x80 ? -level : level) * 4
}

function encodeU(sample: number): number {
  const biased = Math.min(MAX_BIASED, ((sample < 0 ? ~sample : sample) >> 2) + BIAS)
  const segment = 26 - Math.clz32(biased)
  const mantissa = (biased >> (segment + 1)) & 0x0f
  return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | mantissa) & 0xff
}
