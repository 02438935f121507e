/** Small moving pictures and sound, made by FFmpeg when a test asks for them. */
import { runFfmpeg } from './ffmpeg.ts'

/** An elementary stream and its access units, found by their delimiters: without this engine's help. */
export interface VideoSample {
  readonly codec: 'h264' | 'h265'
  readonly stream: Buffer
  /** Annex B, delimiter included. */
  readonly units: readonly Buffer[]
  readonly framesPerSecond: number
}

const made = new Map<string, unknown>()

/** Makes a thing once in each test file. */
function once<T>(key: string, make: () => T): T {
  if (!made.has(key)) made.set(key, make())
  return made.get(key) as T
}

/** Pictures of `testsrc2`, each unit beginning with a delimiter. @param options beyond the defaults, for FFmpeg */
export function videoSample(
  codec: 'h264' | 'h265',
  { seconds = 2, size = '320x240', gop = 25, rate = '400k' } = {},
): VideoSample {
  return once(JSON.stringify([codec, seconds, size, gop, rate]), () => {
    const encoder =
      codec === 'h264'
        ? ['-c:v', 'libx264', '-x264-params', `aud=1:scenecut=0:bframes=0:keyint=${gop}`]
        : [
            '-c:v',
            'libx265',
            '-x265-params',
            `aud=1:scenecut=0:bframes=0:keyint=${gop}:open-gop=0:log-level=none`,
          ]
    const stream = runFfmpeg([
      ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=${seconds}`],
      ...[...encoder, '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-b:v', rate, '-maxrate', rate],
      ...['-bufsize', rate, '-threads', '1', '-f', codec === 'h264' ? 'h264' : 'hevc', '-'],
    ])
    return { codec, stream, units: splitAtDelimiters(stream, codec), framesPerSecond: 25 }
  })
}

/** H.264 with B pictures in a transport stream: only the encoder knows their times. */
export function reorderedSample(): Buffer {
  return runFfmpeg([
    ...[
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=320x240:rate=25:duration=2',
      '-c:v',
      'libx264',
      '-pix_fmt',
      'yuv420p',
    ],
    ...['-x264-params', 'bframes=2:b-adapt=0:keyint=25:scenecut=0', '-threads', '1', '-f', 'mpegts', '-'],
  ])
}

/** A tone as ADTS, 1 kHz. */
export function aacSample(seconds = 2): Buffer {
  return once(`aac ${seconds}`, () =>
    runFfmpeg([
      ...['-f', 'lavfi', '-i', `sine=frequency=1000:sample_rate=16000:duration=${seconds}`],
      ...['-c:a', 'aac', '-b:a', '32k', '-f', 'adts', '-'],
    ]),
  )
}

/** A tone in G.711, 8 kHz, without container. */
export function g711Sample(law: 'alaw' | 'mulaw', seconds = 2): Buffer {
  return once(`${law} ${seconds}`, () =>
    runFfmpeg([
      ...['-f', 'lavfi', '-i', `sine=frequency=1000:sample_rate=8000:duration=${seconds}`],
      ...['-c:a', `pcm_${law}`, '-f', law, '-'],
    ]),
  )
}

function splitAtDelimiters(stream: Buffer, codec: 'h264' | 'h265'): Buffer[] {
  const delimiter = codec === 'h264' ? Buffer.of(0, 0, 0, 1, 9) : Buffer.of(0, 0, 0, 1, 0x46, 1)
  const starts: number[] = []
  for (let at = stream.indexOf(delimiter); at >= 0; at = stream.indexOf(delimiter, at + 1)) starts.push(at)
  return starts.map((start, i) => stream.subarray(start, starts[i + 1] ?? stream.length))
}
