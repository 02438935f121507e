/** The `f=` line of SDP (GB/T 28181-2022 annex G): what the stream is. Empty parts stay empty. */
export interface MediaFormat {
  readonly video: {
    /** 1 MPEG-4, 2 H.264, 3 SVAC, 4 3GP, 5 H.265. */
    readonly codec: string
    /** 1 QCIF, 2 CIF, 3 4CIF, 4 D1, 5 720P, 6 1080P, or `WxH`. */
    readonly resolution: string
    readonly frameRate: string
    /** 1 constant, 2 variable. */
    readonly bitRateType: string
    /** kbit/s. */
    readonly bitRate: string
  }
  readonly audio: {
    /** 1 G.711, 2 G.723.1, 3 G.729, 4 G.722.1, 5 SVAC, 6 AAC. */
    readonly codec: string
    /** kbit/s, as a code. */
    readonly bitRate: string
    /** 1 8 kHz, 2 14, 3 16, 4 32. */
    readonly sampleRate: string
  }
}

/** `v/2/6/25/1/4096a/1/8/1`; slashes stay where parts are empty: `v/////a/1/8/1`. */
export function writeMediaFormat({ video, audio }: MediaFormat): string {
  const { codec, resolution, frameRate, bitRateType, bitRate } = video
  return (
    `v/${[codec, resolution, frameRate, bitRateType, bitRate].join('/')}` +
    `a/${[audio.codec, audio.bitRate, audio.sampleRate].join('/')}`
  )
}

/** Reads `f=`; missing parts are empty. `null` when it begins otherwise. */
export function readMediaFormat(text: string): MediaFormat | null {
  const match = /^\s*v((?:\/[^/a]*)*)(?:a((?:\/[^/]*)*))?\s*$/i.exec(text)
  if (!match) return null
  const [codec = '', resolution = '', frameRate = '', bitRateType = '', bitRate = ''] = parts(match[1])
  const [audioCodec = '', audioBitRate = '', sampleRate = ''] = parts(match[2])
  return {
    video: { codec, resolution, frameRate, bitRateType, bitRate },
    audio: { codec: audioCodec, bitRate: audioBitRate, sampleRate },
  }
}

const parts = (text = '') => text.trim().split('/').slice(1)
