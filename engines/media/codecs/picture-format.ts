import { MediaError } from '../errors.ts'

/** What parameter sets say about the pictures. */
export interface PictureFormat {
  /** profile_idc (H.264) or general_profile_idc (H.265). */
  readonly profile: number
  /** level_idc or general_level_idc. */
  readonly level: number
  /** After cropping. */
  readonly width: number
  readonly height: number
  /** From the timing information, where there is any; often wrong in the field. */
  readonly framesPerSecond: number | undefined
  /** chroma_format_idc: 1 is 4:2:0. */
  readonly chromaFormat: number
  readonly bitDepthLuma: number
  readonly bitDepthChroma: number
  /** The `codecs` parameter a browser asks for (RFC 6381; ISO/IEC 14496-15 Annex E). */
  readonly codecs: string
}

const MAX_SIDE = 16_384

/** @throws MediaError for a size that no picture has */
export function checkSize(width: number, height: number): void {
  if (width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE) return
  throw new MediaError('malformed', `parameter set says ${width} × ${height}`, 0)
}
