/** A sender of known frames, as a device is one. */
import { AudioFrame, storageOf, type VideoFrame } from '../frame.ts'
import { PsMuxer } from '../ps/muxer.ts'
import { packetisePs, RtpSequencer } from '../rtp/packetiser.ts'
import { VideoTrack } from '../video-track.ts'
import type { VideoSample } from './samples.ts'

/** The sample's access units as frames, `1 / framesPerSecond` apart from 0. */
export function framesOf(sample: VideoSample): VideoFrame[] {
  const track = new VideoTrack()
  const step = 90_000 / sample.framesPerSecond
  return sample.units.map((unit, i) => {
    const frame = track.fromAnnexB(sample.codec, unit, 0, unit.length, i * step, i * step)
    if (!frame) throw new Error(`unit ${i} of the sample gave no frame`)
    return frame
  })
}

/** G.711 A-law of 40 ms each. */
export function soundOf(samples: Buffer): AudioFrame[] {
  const config = { codec: 'g711a', sampleRate: 8000, channels: 1, record: Buffer.alloc(0) } as const
  return Array.from({ length: Math.floor(samples.length / 320) }, (_, i) => {
    return new AudioFrame(config, i * 3600, storageOf(samples.subarray(i * 320, i * 320 + 320)))
  })
}

export interface SentOptions {
  readonly ssrc?: number
  readonly firstSequence?: number
  readonly payloadType?: number
  readonly framed?: boolean
}

/** RTP packets of the frames as PS, one timestamp and one marker for each. */
export function sentAsPs(frames: readonly (VideoFrame | AudioFrame)[], options: SentOptions = {}): Buffer[] {
  const { ssrc = 0x0bebc202, firstSequence = 0, payloadType = 96, framed = false } = options
  const muxer = new PsMuxer()
  const sequencer = new RtpSequencer({ ssrc, payloadType, firstSequence })
  return frames.flatMap((frame) => {
    const time = frame.kind === 'video' ? frame.dts : frame.pts
    return packetisePs(muxer.frame(frame), time, sequencer, { framed }).packets
  })
}

/** The payloads as RTP packets under one timestamp each. @param step from one timestamp to the next */
export function sentAs(payloads: readonly (readonly Buffer[])[], payloadType = 96, step = 3600): Buffer[] {
  const sequencer = new RtpSequencer({ ssrc: 1, payloadType })
  return payloads.flatMap((parts, frame) =>
    parts.map((part, i) => {
      const packet = Buffer.alloc(12 + part.length)
      sequencer.writeHeader(packet, 0, part.length, frame * step, i === parts.length - 1)
      part.copy(packet, 12)
      return packet
    }),
  )
}
