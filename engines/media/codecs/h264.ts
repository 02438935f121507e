import { BitReader, ifReadable, unescapeNal } from './bits.ts'
import { checkSize, type PictureFormat } from './picture-format.ts'
import { skipVuiSignal } from './vui.ts'

/** NAL unit types of H.264 (Table 7-1). */
export const H264 = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, aud: 9, filler: 12 } as const

/** nal_unit_type of the unit that begins with `header`. */
export const h264Type = (header: number): number => header & 0x1f

/** Profiles whose SPS tells the chroma format (§7.3.2.1.1). */
const WITH_CHROMA = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]

/**
 * Reads a sequence parameter set (§7.3.2.1.1, Annex E).
 *
 * @param nal with its header byte, without start code
 * @throws MediaError where it ends too early or says what no picture can have
 */
export function readH264Sps(nal: Uint8Array): PictureFormat {
  const reader = new BitReader(unescapeNal(nal.subarray(1)))
  const profile = reader.bits(8)
  reader.skip(8)
  const level = reader.bits(8)
  reader.unsigned()
  const chroma = WITH_CHROMA.includes(profile)
    ? skipHighProfile(reader)
    : { format: 1, depth: 8, depthChroma: 8 }
  reader.unsigned()
  skipPictureOrder(reader)
  reader.unsigned()
  reader.skip(1)
  const widthInBlocks = reader.unsigned() + 1
  const heightInUnits = reader.unsigned() + 1
  const framesOnly = reader.bit()
  if (framesOnly === 0) reader.skip(1)
  reader.skip(1)
  const crop = reader.bit() === 1 ? Array.from({ length: 4 }, () => reader.unsigned()) : [0, 0, 0, 0]
  const cropX = chroma.format === 1 || chroma.format === 2 ? 2 : 1
  const cropY = (chroma.format === 1 ? 2 : 1) * (2 - framesOnly)
  const width = widthInBlocks * 16 - (crop[0]! + crop[1]!) * cropX
  const height = heightInUnits * 16 * (2 - framesOnly) - (crop[2]! + crop[3]!) * cropY
  checkSize(width, height)
  return {
    profile,
    level,
    width,
    height,
    framesPerSecond: ifReadable(() => (reader.bit() === 1 ? readFrameRate(reader) : undefined)),
    chromaFormat: chroma.format,
    bitDepthLuma: chroma.depth,
    bitDepthChroma: chroma.depthChroma,
    codecs: `avc1.${Buffer.from(nal.subarray(1, 4)).toString('hex')}`,
  }
}

function skipHighProfile(reader: BitReader): { format: number; depth: number; depthChroma: number } {
  const format = reader.unsigned()
  if (format === 3) reader.skip(1)
  const depth = 8 + reader.unsigned()
  const depthChroma = 8 + reader.unsigned()
  reader.skip(1)
  if (reader.bit() === 1) {
    for (let list = 0; list < (format === 3 ? 12 : 8); list++) {
      if (reader.bit() === 1) skipScalingList(reader, list < 6 ? 16 : 64)
    }
  }
  return { format, depth, depthChroma }
}

/** §7.3.2.1.1.1 */
function skipScalingList(reader: BitReader, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size && next !== 0; i++) {
    next = (last + reader.signed() + 256) % 256
    if (next !== 0) last = next
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.unsigned()
  if (type === 0) reader.unsigned()
  if (type !== 1) return
  reader.skip(1)
  reader.signed()
  reader.signed()
  const cycle = reader.unsigned()
  for (let i = 0; i < cycle; i++) reader.signed()
}

/** From VUI parameters (§E.1.1); undefined where they tell no time. */
function readFrameRate(reader: BitReader): number | undefined {
  skipVuiSignal(reader)
  if (reader.bit() === 0) return undefined
  const tick = reader.bits(32)
  const scale = reader.bits(32)
  return tick > 0 ? scale / tick / 2 : undefined
}

/** pic_parameter_set_id (§7.3.2.2). @throws MediaError where the set is too short */
export const h264PpsId = (nal: Uint8Array): number => new BitReader(nal.subarray(1, 9)).unsigned()

/** Whether a slice other than of an IDR is of type I (§7.3.3, Table 7-6): some encoders never send an IDR. */
export function isIntraSlice(nal: Uint8Array): boolean {
  const type = ifReadable(() => {
    const reader = new BitReader(unescapeNal(nal.subarray(1, 17)))
    reader.unsigned()
    return reader.unsigned()
  })
  return type === 2 || type === 7
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1.2), lengths of four bytes. */
export function writeAvcC(sps: Buffer, pps: readonly Buffer[], format: PictureFormat): Buffer {
  const high = WITH_CHROMA.includes(format.profile)
  const tail = high
    ? Buffer.of(
        0xfc | format.chromaFormat,
        0xf8 | (format.bitDepthLuma - 8),
        0xf8 | (format.bitDepthChroma - 8),
        0,
      )
    : Buffer.alloc(0)
  return Buffer.concat([
    Buffer.of(1, sps[1]!, sps[2]!, sps[3]!, 0xff, 0xe1),
    ...withLength(sps),
    Buffer.of(pps.length),
    ...pps.flatMap(withLength),
    tail,
  ])
}

const withLength = (nal: Buffer) => [Buffer.of(nal.length >> 8, nal.length & 0xff), nal]
