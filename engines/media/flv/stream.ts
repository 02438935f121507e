import type { AudioConfig, AudioFrame, FrameSink, VideoConfig, VideoFrame } from '../frame.ts'
import { GopCache, type StreamPiece } from '../gop-cache.ts'
import {
  fitsInFlv,
  flvAudioConfigTag,
  flvAudioTag,
  flvHeader,
  flvMetadataTag,
  flvVideoConfigTag,
  flvVideoTag,
  toMs,
} from './tag.ts'

/**
 * One source as FLV: each frame becomes one tag that all viewers share; who joins gets `opening()` first. Frames in codecs
 * that FLV does not know are left out and counted.
 */
export class FlvStream implements FrameSink {
  readonly #emit: (piece: StreamPiece) => void
  readonly #cache: GopCache
  #video: VideoConfig | undefined
  #audio: AudioConfig | undefined
  #videoSetup: Buffer | undefined
  #audioSetup: Buffer | undefined
  /** Frames left out because FLV cannot carry them. */
  unsupported = 0

  constructor(emit: (piece: StreamPiece) => void, cache = new GopCache()) {
    this.#emit = emit
    this.#cache = cache
  }

  video(frame: VideoFrame): void {
    if (frame.config !== this.#video && !this.#setUpVideo(frame)) return
    this.#send({ bytes: flvVideoTag(frame), isVideo: true, key: frame.key })
  }

  audio(frame: AudioFrame): void {
    if (frame.config !== this.#audio && !this.#setUpAudio(frame)) return
    // without video every sound is a place to begin
    this.#send({ bytes: flvAudioTag(frame), isVideo: false, key: this.#video === undefined })
  }

  /** What a new viewer gets before the pieces that follow: header, metadata, decoder setups, the current group of pictures. */
  opening(): { bytes: Buffer[]; flowing: boolean } {
    const { tags, flowing } = this.openingTags()
    const header = flvHeader({ video: this.#video !== undefined, audio: this.#audio !== undefined })
    return { bytes: [header, ...tags], flowing }
  }

  /** The same without the file header: whole tags, for RTMP. */
  openingTags(): { tags: Buffer[]; flowing: boolean } {
    const { pieces } = this.#cache
    const metadata = this.#video || this.#audio ? [flvMetadataTag(this.#video, this.#audio)] : []
    const flowing = pieces.length > 0 || (this.#video === undefined && this.#audio !== undefined)
    return { tags: [...metadata, ...this.setup(), ...pieces.map((piece) => piece.bytes)], flowing }
  }

  /** Decoder setups as they are now: what a viewer needs who was left out for a while. */
  setup(): Buffer[] {
    return [this.#videoSetup, this.#audioSetup].filter((tag) => tag !== undefined)
  }

  #setUpVideo(frame: VideoFrame): boolean {
    if (!fitsInFlv(frame.config)) {
      this.unsupported += 1
      return false
    }
    this.#video = frame.config
    this.#videoSetup = flvVideoConfigTag(frame.config, toMs(frame.dts))
    // who watches already needs it too; it belongs to the group that begins now
    this.#emit({ bytes: this.#videoSetup, isVideo: true, key: frame.key })
    return true
  }

  #setUpAudio(frame: AudioFrame): boolean {
    if (!fitsInFlv(frame.config)) {
      this.unsupported += 1
      return false
    }
    this.#audio = frame.config
    this.#audioSetup = flvAudioConfigTag(frame.config, toMs(frame.pts))
    if (this.#audioSetup)
      this.#emit({ bytes: this.#audioSetup, isVideo: false, key: this.#video === undefined })
    return true
  }

  #send(piece: StreamPiece): void {
    this.#cache.push(piece)
    this.#emit(piece)
  }
}
