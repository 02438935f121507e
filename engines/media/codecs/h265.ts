import { MediaError } from '../errors.ts'
import { BitReader, ifReadable, unescapeNal } from './bits.ts'
import { checkSize, type PictureFormat } from './picture-format.ts'
import { skipVuiSignal } from './vui.ts'

/** NAL unit types of H.265 (Table 7-1); 16 to 21 are the pictures at which decoding may begin. */
export const H265 = {
  firstKey: 16,
  lastKey: 21,
  lastSlice: 31,
  vps: 32,
  sps: 33,
  pps: 34,
  aud: 35,
  filler: 38,
} as const

/** nal_unit_type of the unit that begins with `header`. */
export const h265Type = (header: number): number => (header >> 1) & 0x3f

/** What hvcC repeats of the SPS. */
export interface H265Format extends PictureFormat {
  /** profile_tier_level up to general_level_idc, 12 bytes (§7.3.3). */
  readonly profileTierLevel: Buffer
  readonly temporalLayers: number
  readonly temporalNesting: number
}

const PTL_AT = 3
const PTL_BYTES = 12
const MAX_REFERENCE_SETS = 64
const MAX_PICTURES = 16

/**
 * Reads a sequence parameter set (§7.3.2.2, Annex E).
 *
 * @param nal with its two header bytes, without start code
 * @throws MediaError where it ends too early or says what no picture can have
 */
export function readH265Sps(nal: Uint8Array): H265Format {
  const raw = unescapeNal(nal)
  const reader = new BitReader(raw)
  reader.skip(16 + 4)
  const subLayers = reader.bits(3)
  const temporalNesting = reader.bit()
  reader.skip(PTL_BYTES * 8)
  skipSubLayers(reader, subLayers)
  const profileTierLevel = Buffer.from(raw.subarray(PTL_AT, PTL_AT + PTL_BYTES))
  reader.unsigned()
  const chromaFormat = reader.unsigned()
  if (chromaFormat === 3) reader.skip(1)
  const codedWidth = reader.unsigned()
  const codedHeight = reader.unsigned()
  const crop = reader.bit() === 1 ? Array.from({ length: 4 }, () => reader.unsigned()) : [0, 0, 0, 0]
  const bitDepthLuma = 8 + reader.unsigned()
  const bitDepthChroma = 8 + reader.unsigned()
  const width = codedWidth - (crop[0]! + crop[1]!) * (chromaFormat === 1 || chromaFormat === 2 ? 2 : 1)
  const height = codedHeight - (crop[2]! + crop[3]!) * (chromaFormat === 1 ? 2 : 1)
  checkSize(width, height)
  return {
    profile: profileTierLevel[0]! & 0x1f,
    level: profileTierLevel[11]!,
    width,
    height,
    framesPerSecond: ifReadable(() => readFrameRate(reader, subLayers)),
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    codecs: codecsOf(profileTierLevel),
    profileTierLevel,
    temporalLayers: subLayers + 1,
    temporalNesting,
  }
}

/** §7.3.3, the part for sub-layers. */
function skipSubLayers(reader: BitReader, count: number): void {
  if (count === 0) return
  const present = Array.from({ length: 8 }, () => reader.bits(2))
  for (const flags of present.slice(0, count)) reader.skip((flags & 2 ? 88 : 0) + (flags & 1 ? 8 : 0))
}

/** What stands between the bit depths and the timing of the VUI; undefined where nothing tells the time. */
function readFrameRate(reader: BitReader, subLayers: number): number | undefined {
  const orderBits = reader.unsigned() + 4
  const all = reader.bit()
  for (let i = all === 1 ? 0 : subLayers; i <= subLayers; i++) for (let n = 0; n < 3; n++) reader.unsigned()
  for (let n = 0; n < 6; n++) reader.unsigned()
  if (reader.bit() === 1 && reader.bit() === 1) skipScalingLists(reader)
  reader.skip(2)
  if (reader.bit() === 1) {
    reader.skip(8)
    reader.unsigned()
    reader.unsigned()
    reader.skip(1)
  }
  skipReferenceSets(reader)
  if (reader.bit() === 1) {
    const longTerm = reader.unsigned()
    for (let i = 0; i < longTerm; i++) {
      reader.bits(orderBits)
      reader.bit()
    }
  }
  reader.skip(2)
  return reader.bit() === 1 ? readVuiFrameRate(reader) : undefined
}

/** §E.2.1 */
function readVuiFrameRate(reader: BitReader): number | undefined {
  skipVuiSignal(reader)
  reader.skip(3)
  if (reader.bit() === 1) for (let n = 0; n < 4; n++) reader.unsigned()
  if (reader.bit() === 0) return undefined
  const tick = reader.bits(32)
  const scale = reader.bits(32)
  return tick > 0 ? scale / tick : undefined
}

/** §7.3.4 */
function skipScalingLists(reader: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (reader.bit() === 0) {
        reader.unsigned()
        continue
      }
      if (size > 1) reader.signed()
      const coefficients = Math.min(64, 1 << (4 + (size << 1)))
      for (let i = 0; i < coefficients; i++) reader.signed()
    }
  }
}

/** Short-term reference picture sets (§7.3.7), of which the next ones' lengths depend. */
function skipReferenceSets(reader: BitReader): void {
  const count = reader.unsigned()
  if (count > MAX_REFERENCE_SETS) throw new MediaError('malformed', 'SPS has too many reference sets', 0)
  let pictures = 0
  for (let set = 0; set < count; set++) {
    if (set > 0 && reader.bit() === 1) {
      reader.skip(1)
      reader.unsigned()
      let kept = 0
      for (let i = 0; i <= pictures; i++) {
        const used = reader.bit() === 1
        const delta = used || reader.bit() === 1
        if (delta) kept += 1
      }
      pictures = kept
      continue
    }
    pictures = reader.unsigned() + reader.unsigned()
    if (pictures > MAX_PICTURES) throw new MediaError('malformed', 'SPS has too many reference pictures', 0)
    for (let i = 0; i < pictures; i++) {
      reader.unsigned()
      reader.skip(1)
    }
  }
}

/** ISO/IEC 14496-15 §E.3: profile space and id, compatibility bits reversed, tier and level, constraint bytes. */
function codecsOf(ptl: Buffer): string {
  const space = ['', 'A', 'B', 'C'][ptl[0]! >> 6]!
  let compatibility = 0
  for (let bit = 0; bit < 32; bit++) compatibility += ((ptl.readUInt32BE(1) >>> bit) & 1) * 2 ** (31 - bit)
  const tier = ptl[0]! & 0x20 ? 'H' : 'L'
  const constraints = [...ptl.subarray(5, 11)]
  while (constraints.at(-1) === 0) constraints.pop()
  const parts = [`hvc1.${space}${ptl[0]! & 0x1f}`, compatibility.toString(16), `${tier}${ptl[11]}`]
  return [...parts, ...constraints.map((byte) => byte.toString(16))].join('.')
}

/** pps_pic_parameter_set_id (§7.3.2.3.1). @throws MediaError where the set is too short */
export const h265PpsId = (nal: Uint8Array): number => new BitReader(nal.subarray(2, 10)).unsigned()

/** HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1.2), lengths of four bytes. */
export function writeHvcC(vps: Buffer, sps: Buffer, pps: readonly Buffer[], format: H265Format): Buffer {
  const arrays = [array(H265.vps, [vps]), array(H265.sps, [sps]), array(H265.pps, pps)]
  return Buffer.concat([
    Buffer.of(1),
    format.profileTierLevel,
    // no spatial segmentation or parallelism told; then chroma, depths, no frame rate
    Buffer.of(0xf0, 0, 0xfc, 0xfc | format.chromaFormat),
    Buffer.of(0xf8 | (format.bitDepthLuma - 8), 0xf8 | (format.bitDepthChroma - 8), 0, 0),
    Buffer.of((format.temporalLayers << 3) | (format.temporalNesting << 2) | 3, arrays.length),
    ...arrays,
  ])
}

/** All units of one type; complete, so that none need stand in the stream. */
function array(type: number, nals: readonly Buffer[]): Buffer {
  const units = nals.flatMap((nal) => [Buffer.of(nal.length >> 8, nal.length & 0xff), nal])
  return Buffer.concat([Buffer.of(0x80 | type, nals.length >> 8, nals.length & 0xff), ...units])
}
