import { AudioTrack } from './audio-track.ts'
import { AnnexBDepacketiser, AudioDepacketiser, type Depacketiser } from './depacketiser.ts'
import type { EsSink } from './es.ts'
import type { AudioCodec, AudioFrame, FrameSink, VideoCodec } from './frame.ts'
import { PsDemuxer } from './ps/demuxer.ts'
import type { RtpHeader } from './rtp/header.ts'
import { RtpReceiver, type RtpReceiverOptions } from './rtp/receiver.ts'
import { NalDepacketiser } from './rtsp/depacketiser.ts'
import { type PayloadKind, sniffPayload } from './sniff.ts'
import { Timeline } from './timeline.ts'
import { TsDemuxer } from './ts/demuxer.ts'
import { VideoTrack } from './video-track.ts'

export interface RtpIngestOptions extends RtpReceiverOptions {
  /** Frames in which something was lost and those that depend on them: dropped up to the next key frame, or passed on. */
  readonly afterLoss?: 'wait-for-key' | 'pass'
  readonly maxFrameBytes?: number
  /** How the payload is made up, where SDP says so and is to be believed (RTSP); else it is found out by looking. */
  readonly open?: ((sink: EsSink) => Depacketiser) | undefined
  /** Shared by the streams of one source. */
  readonly timeline?: Timeline
}

/** Markers within a frame after which markers are no longer believed. */
const MARKER_FAULTS = 3
/** Frames without a marker after which none is expected. */
const UNMARKED_FRAMES = 10

/**
 * From RTP packets of one source to frames (GB/T 28181 §C.2): order, loss, the kind of payload, the end of each frame,
 * one timeline. A frame leaves in the very call that brings its last packet. Nothing of what is given in is kept.
 */
export class RtpIngest implements EsSink {
  readonly receiver: RtpReceiver
  readonly timeline: Timeline
  readonly video = new VideoTrack()
  readonly audio: AudioTrack
  readonly #sink: FrameSink
  readonly #options: RtpIngestOptions
  readonly #waitForKey: boolean
  readonly #onAudio: (frame: AudioFrame) => void
  #payload: Depacketiser | undefined
  #kind: PayloadKind | undefined
  #restarts = 0
  #arrivalMs = 0
  #timestamp = -1
  #collecting = false
  #atFrameStart = true
  #broken = false
  #endedAtMarker = false
  #markerFaults = 0
  #marks = false
  #unmarkedFrames = 0
  #longest = 0
  #timestampsMove = false
  #needKey = true
  /** Frames dropped because a packet of theirs was lost. */
  brokenFrames = 0
  /** Whole frames dropped because what they depend on was lost, or before the first key frame. */
  framesBeforeKey = 0
  /** Packets dropped because nobody could say what is in them. */
  unknownPackets = 0

  constructor(sink: FrameSink, options: RtpIngestOptions = {}) {
    this.#sink = sink
    this.#options = options
    this.timeline = options.timeline ?? new Timeline()
    this.audio = new AudioTrack(this.timeline)
    this.#waitForKey = options.afterLoss !== 'pass'
    this.#onAudio = (frame) => sink.audio(frame)
    this.receiver = new RtpReceiver((header, bytes, lost) => this.#take(header, bytes, lost), options)
  }

  /** What the payload was found to be. */
  get kind(): PayloadKind | undefined {
    return this.#kind
  }

  /**
   * Takes the RTP packet `bytes[start..end)`.
   *
   * @param arrivalMs milliseconds of any steady clock
   */
  push(bytes: Buffer, start: number, end: number, arrivalMs: number): void {
    this.#arrivalMs = arrivalMs
    this.receiver.push(bytes, start, end, arrivalMs)
  }

  /** See `RtpReceiver.poll`. */
  poll(nowMs: number): void {
    this.receiver.poll(nowMs)
  }

  /** The source has ended: hands on what is complete. */
  flush(): void {
    this.receiver.flush()
    this.#endFrame(true)
    this.#payload?.flush()
  }

  #take(header: RtpHeader, bytes: Buffer, lost: number): void {
    if (this.receiver.restarts !== this.#restarts) this.#startAnew()
    const { payloadStart: start, payloadEnd: end } = header
    const isPack = beginsPack(bytes, start, end)
    if (lost > 0) this.#breakFrame()
    if (header.timestamp !== this.#timestamp) {
      // what was broken ended with its timestamp, unless its end is what was lost
      if (lost === 0) this.#broken = false
      this.#nextTimestamp(header.timestamp)
    } else if (this.#endedAtMarker) this.#goOnBehindMarker(bytes, start, isPack)
    if (this.#broken && isPack) this.#broken = false
    if (!this.#broken && start < end) this.#collect(header, bytes, isPack)
    this.#endedAtMarker = false
    if (this.#looksLast(header) && this.#markerFaults < MARKER_FAULTS) this.#endAtMarker()
  }

  /** By its marker; of a sender that never sets one, by being shorter than others. */
  #looksLast({ marker, payloadStart, payloadEnd }: RtpHeader): boolean {
    if (marker) this.#marks = true
    const length = payloadEnd - payloadStart
    if (length > this.#longest) this.#longest = length
    if (this.#marks) return marker
    return this.#kind === 'ps' && this.#unmarkedFrames >= UNMARKED_FRAMES && length < this.#longest
  }

  #collect(header: RtpHeader, bytes: Buffer, isPack: boolean): void {
    const { payloadStart: start, payloadEnd: end } = header
    // no other payload can begin like a pack, so that a wrong guess is put right
    if (isPack && this.#kind !== 'ps' && !this.#options.open) this.#payload = this.#open('ps')
    const payload = this.#payload ?? this.#recognise(bytes, start, end, header.payloadType)
    if (!payload) {
      this.unknownPackets += 1
      return
    }
    // where neither marker nor timestamp ends frames, the next pack does
    if (isPack && this.#collecting && payload instanceof PsDemuxer) payload.push(bytes, start, end)
    else payload.collect(bytes, start, end, header.timestamp)
    this.#collecting = true
  }

  /** Only where a frame may begin: within one, anything may look like anything. */
  #recognise(bytes: Buffer, start: number, end: number, payloadType: number): Depacketiser | undefined {
    if (this.#options.open) this.#payload = this.#options.open(this)
    else if (this.#atFrameStart) {
      const kind = sniffPayload(bytes, start, end, payloadType)
      if (kind) this.#payload = this.#open(kind)
    }
    this.#atFrameStart = false
    return this.#payload
  }

  #open(kind: PayloadKind): Depacketiser {
    this.#kind = kind
    switch (kind) {
      case 'ps':
        return new PsDemuxer(this, this.#options)
      case 'ts':
        return new TsDemuxer(this, this.#options)
      case 'annexb':
        return new AnnexBDepacketiser(this, this.#options)
      case 'g711a':
      case 'g711u':
        return new AudioDepacketiser(this, kind)
      case 'h264':
      case 'h265':
        return new NalDepacketiser(this, kind, this.#options)
    }
  }

  #startAnew(): void {
    this.#restarts = this.receiver.restarts
    this.#payload = undefined
    this.#kind = undefined
    this.#timestamp = -1
    this.#collecting = false
    this.#atFrameStart = true
    this.#broken = false
    this.#endedAtMarker = false
    this.#markerFaults = 0
    this.#marks = false
    this.#unmarkedFrames = 0
    this.#longest = 0
    this.#needKey = true
  }

  #nextTimestamp(timestamp: number): void {
    if (this.#collecting) {
      this.#endFrame(true)
      this.#unmarkedFrames += 1
    }
    if (this.#timestamp >= 0) this.#timestampsMove = true
    this.#timestamp = timestamp
    this.#atFrameStart = true
  }

  /** Packets are missing: neither the frame begun nor the one now coming is whole, unless a pack begins. */
  #breakFrame(): void {
    if (this.#collecting) this.#payload?.abandon()
    this.#collecting = false
    this.#broken = this.#kind !== 'ts'
    this.brokenFrames += 1
    this.#needKey = true
  }

  #endAtMarker(): void {
    if (this.#broken) this.#broken = false
    else this.#endFrame(false)
    this.#endedAtMarker = true
    this.#atFrameStart = true
  }

  #endFrame(certain: boolean): void {
    this.#collecting = this.#payload?.endOfFrame(certain) === false
  }

  /** A packet behind what looked like the last one, of the same timestamp. */
  #goOnBehindMarker(bytes: Buffer, start: number, isPack: boolean): void {
    if (isPack) {
      // a pack proves that the marker was right, and what still waits for more was told too long
      if (this.#collecting) this.#endFrame(true)
      return
    }
    const beginsUnit = bytes[start] === 0 && bytes[start + 1] === 0 && bytes[start + 2] === 1
    // without markers the end was a guess, and a unit that follows proves it wrong
    if (this.#timestampsMove && !(beginsUnit && this.#marks)) this.#markerFaults += 1
  }

  videoEs(
    codec: VideoCodec | undefined,
    bytes: Buffer,
    start: number,
    end: number,
    pts: number,
    dts: number,
  ): void {
    const { timeline } = this
    timeline.video(pts, dts, this.#timestamp, this.#arrivalMs)
    const frame = this.video.fromAnnexB(codec, bytes, start, end, timeline.pts, timeline.dts)
    if (!frame) return
    if (frame.key) this.#needKey = false
    if (this.#needKey && this.#waitForKey) this.framesBeforeKey += 1
    else this.#sink.video(frame)
  }

  audioEs(codec: AudioCodec | undefined, bytes: Buffer, start: number, end: number, pts: number): void {
    this.audio.push(codec, bytes, start, end, pts, this.#onAudio)
  }
}

/** 00 00 01 BA. */
function beginsPack(bytes: Buffer, start: number, end: number): boolean {
  return (
    end - start >= 4 &&
    bytes[start] === 0 &&
    bytes[start + 1] === 0 &&
    bytes[start + 2] === 1 &&
    bytes[start + 3] === 0xba
  )
}
