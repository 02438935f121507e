import type { EsSink } from '../es.ts'
import type { AudioCodec, AudioFrame, FrameSink, VideoCodec, VideoFrame } from '../frame.ts'
import { PsDemuxer } from '../ps/demuxer.ts'

/** Keeps the frames that come. */
export class CollectedFrames implements FrameSink {
  readonly pictures: VideoFrame[] = []
  readonly sounds: AudioFrame[] = []

  video(frame: VideoFrame): void {
    this.pictures.push(frame)
  }

  audio(frame: AudioFrame): void {
    this.sounds.push(frame)
  }
}

/** Keeps copies of what a demultiplexer hands on. */
export class CollectedEs implements EsSink {
  readonly video: { codec: VideoCodec | undefined; data: Buffer; pts: number; dts: number }[] = []
  readonly audio: { codec: AudioCodec | undefined; data: Buffer; pts: number }[] = []

  videoEs(
    codec: VideoCodec | undefined,
    bytes: Buffer,
    start: number,
    end: number,
    pts: number,
    dts: number,
  ): void {
    this.video.push({ codec, data: Buffer.from(bytes.subarray(start, end)), pts, dts })
  }

  audioEs(codec: AudioCodec | undefined, bytes: Buffer, start: number, end: number, pts: number): void {
    this.audio.push({ codec, data: Buffer.from(bytes.subarray(start, end)), pts })
  }
}

/** All frames of a program stream given in pieces of `step` bytes. */
export function demuxPs(stream: Buffer, step = stream.length): CollectedEs {
  const collected = new CollectedEs()
  const demuxer = new PsDemuxer(collected)
  for (let at = 0; at < stream.length; at += step)
    demuxer.push(stream, at, Math.min(stream.length, at + step))
  demuxer.flush()
  return collected
}
