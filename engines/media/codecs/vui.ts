import type { BitReader } from './bits.ts'

const EXTENDED_RATIO = 255

/** Passes over sample ratio, overscan, signal type and chroma location, with which VUI begins (H.264 §E.1.1, H.265 §E.2.1). */
export function skipVuiSignal(reader: BitReader): void {
  if (reader.bit() === 1 && reader.bits(8) === EXTENDED_RATIO) reader.skip(32)
  if (reader.bit() === 1) reader.skip(1)
  if (reader.bit() === 1) {
    reader.skip(4)
    if (reader.bit() === 1) reader.skip(24)
  }
  if (reader.bit() === 1) {
    reader.unsigned()
    reader.unsigned()
  }
}
