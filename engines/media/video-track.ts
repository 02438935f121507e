import { ifReadable } from './codecs/bits.ts'
import { H264, h264PpsId, h264Type, isIntraSlice, readH264Sps, writeAvcC } from './codecs/h264.ts'
import { H265, h265PpsId, h265Type, readH265Sps, writeHvcC } from './codecs/h265.ts'
import { NalList } from './codecs/nal.ts'
import { MediaError } from './errors.ts'
import {
  allocateStorage,
  HEADROOM,
  storageOf,
  type VideoCodec,
  type VideoConfig,
  VideoFrame,
} from './frame.ts'

/** A parameter set longer than this is none. */
const MAX_PARAMETER_SET = 4096

/** What a NAL unit is to a frame. */
const SLICE = 0
const KEY_SLICE = 1
const OTHER = 2
const DROPPED = 3
const VPS = 4
const SPS = 5
const PPS = 6

/**
 * Makes frames of one video stream out of access units: finds the codec by looking, keeps the parameter sets, drops
 * what cannot be decoded because none came yet, and puts lengths in place of start codes. Parameter sets, delimiters
 * and filler leave the stream here.
 */
export class VideoTrack {
  readonly #nals = new NalList()
  /** By role, PPS by role and id: a stream may have several. */
  readonly #sets = new Map<number, Buffer>()
  #codec: VideoCodec | undefined
  #config: VideoConfig | undefined
  #stale = false
  /** Access units dropped because no parameter sets had come. */
  undecodable = 0
  /** Parameter sets that could not be read. */
  badParameterSets = 0
  /** Access units in another codec than the stream said. */
  contradictions = 0

  get config(): VideoConfig | undefined {
    return this.#config
  }

  /**
   * An access unit as a byte stream (Annex B).
   *
   * @param said the codec the stream tells; believed unless the parameter sets say something else
   * @returns undefined where there is no picture in it, or none that could be decoded
   */
  fromAnnexB(
    said: VideoCodec | undefined,
    bytes: Buffer,
    start: number,
    end: number,
    pts: number,
    dts: number,
  ): VideoFrame | undefined {
    if (said === 'svac' || said === 'mpeg4') return this.#whole(said, bytes, start, end, pts, dts)
    this.#nals.splitAnnexB(bytes, start, end)
    return this.#frame(said, bytes, pts, dts)
  }

  /** An access unit whose units lie in `bytes` as `nals` says (RTP payloads, FLV and MP4 samples). */
  fromNals(
    codec: VideoCodec,
    bytes: Buffer,
    nals: NalList,
    pts: number,
    dts: number,
  ): VideoFrame | undefined {
    return this.#frame(codec, bytes, pts, dts, nals)
  }

  #whole(codec: VideoCodec, bytes: Buffer, start: number, end: number, pts: number, dts: number) {
    if (this.#config?.codec !== codec) {
      this.#codec = codec
      this.#config = { codec, format: undefined, parameterSets: [], record: Buffer.alloc(0) }
    }
    // without looking inside nobody can tell a key frame; MPEG-4's VOL or VOS header stands before one
    const key =
      codec === 'svac' || (bytes[start + 2] === 1 && (bytes[start + 3]! <= 0x2f || bytes[start + 3] === 0xb0))
    return new VideoFrame(this.#config, key, pts, dts, storageOf(bytes.subarray(start, end)))
  }

  #frame(
    said: VideoCodec | undefined,
    bytes: Buffer,
    pts: number,
    dts: number,
    nals: NalList = this.#nals,
  ): VideoFrame | undefined {
    if (nals.count === 0) return undefined
    this.#decideCodec(said, bytes, nals)
    const h265 = this.#codec === 'h265'
    let length = 0
    let key = false
    let firstSlice = -1
    let sps = false
    for (let i = 0; i < nals.count; i++) {
      const start = nals.start(i)
      const role = h265 ? roleInH265(bytes[start]!) : roleInH264(bytes[start]!)
      if (role >= VPS) this.#remember(role, bytes, start, nals.end(i))
      if (role === SPS) sps = true
      if (role === KEY_SLICE) key = true
      if (role <= KEY_SLICE && firstSlice < 0) firstSlice = i
      if (role <= OTHER) length += 4 + nals.end(i) - start
    }
    if (this.#stale) this.#configure()
    const config = this.#config
    if (firstSlice < 0) return undefined
    if (sps && !key && !h265) key = isIntraSlice(bytes.subarray(nals.start(firstSlice), nals.end(firstSlice)))
    if (!config) {
      this.undecodable += 1
      return undefined
    }
    return new VideoFrame(config, key, pts, dts, this.#store(bytes, nals, length, h265))
  }

  #store(bytes: Buffer, nals: NalList, length: number, h265: boolean): Buffer {
    const storage = allocateStorage(length)
    let at = HEADROOM
    for (let i = 0; i < nals.count; i++) {
      const start = nals.start(i)
      if ((h265 ? roleInH265(bytes[start]!) : roleInH264(bytes[start]!)) > OTHER) continue
      const end = nals.end(i)
      storage.writeUInt32BE(end - start, at)
      bytes.copy(storage, at + 4, start, end)
      at += 4 + end - start
    }
    return storage
  }

  /** Parameter sets decide; without any, what the stream says. */
  #decideCodec(said: VideoCodec | undefined, bytes: Buffer, nals: NalList): void {
    const seen =
      said !== this.#codec || !this.#config ? (sniffVideoCodec(bytes, nals) ?? undefined) : undefined
    if (seen !== undefined && said !== undefined && seen !== said) this.contradictions += 1
    const codec = seen ?? (this.#config ? this.#codec : said)
    if (codec === undefined || codec === this.#codec) return
    this.#codec = codec
    this.#config = undefined
    this.#sets.clear()
  }

  #remember(role: number, bytes: Buffer, start: number, end: number): void {
    if (end - start < 4 || end - start > MAX_PARAMETER_SET) {
      this.badParameterSets += 1
      return
    }
    const key = role === PPS ? PPS + (this.#ppsId(bytes.subarray(start, end)) & 0xff) : role
    const known = this.#sets.get(key)
    if (known && known.length === end - start && known.compare(bytes, start, end) === 0) return
    this.#sets.set(key, Buffer.from(bytes.subarray(start, end)))
    this.#stale = true
  }

  #ppsId(nal: Buffer): number {
    return ifReadable(() => (this.#codec === 'h265' ? h265PpsId(nal) : h264PpsId(nal))) ?? 0
  }

  #configure(): void {
    const vps = this.#sets.get(VPS)
    const sps = this.#sets.get(SPS)
    const pps = [...this.#sets].filter(([key]) => key >= PPS).map(([, nal]) => nal)
    if (!sps || pps.length === 0 || (this.#codec === 'h265' && !vps)) return
    this.#stale = false
    try {
      if (this.#codec === 'h265') {
        const format = readH265Sps(sps)
        const record = writeHvcC(vps!, sps, pps, format)
        this.#config = { codec: 'h265', format, parameterSets: [vps!, sps, ...pps], record }
      } else {
        const format = readH264Sps(sps)
        const record = writeAvcC(sps, pps, format)
        this.#config = { codec: 'h264', format, parameterSets: [sps, ...pps], record }
      }
    } catch (error) {
      if (!(error instanceof MediaError)) throw error
      this.badParameterSets += 1
      this.#sets.clear()
    }
  }
}

function roleInH264(header: number): number {
  switch (h264Type(header)) {
    case H264.slice:
    case 2:
    case 3:
    case 4:
      return SLICE
    case H264.idr:
      return KEY_SLICE
    case H264.sps:
      return SPS
    case H264.pps:
      return PPS
    case H264.aud:
    case H264.filler:
    case 0:
      return DROPPED
    default:
      return OTHER
  }
}

function roleInH265(header: number): number {
  const type = h265Type(header)
  if (type >= H265.firstKey && type <= H265.lastKey) return KEY_SLICE
  if (type <= H265.lastSlice) return SLICE
  if (type <= H265.pps) return VPS + type - H265.vps
  return type === H265.aud || type === H265.filler ? DROPPED : OTHER
}

/** The codec whose parameter sets stand in an access unit; undefined where there are none. */
function sniffVideoCodec(bytes: Buffer, nals: NalList): VideoCodec | undefined {
  for (let i = 0; i < nals.count; i++) {
    const first = bytes[nals.start(i)]!
    const second = bytes[nals.start(i) + 1]!
    // layer 0, temporal id 1: no H.264 unit of these types looks like that
    if ((first === 0x40 || first === 0x42 || first === 0x44) && second === 1) return 'h265'
    if ((first & 0x9f) === H264.sps && nals.end(i) - nals.start(i) >= 4 && PROFILES.has(second)) return 'h264'
  }
  return undefined
}

/** profile_idc of H.264 (Annex A, G, H). */
const PROFILES = new Set([66, 77, 88, 100, 110, 122, 244, 44, 83, 86, 118, 128])
