/** One media segment of a playlist. */
export interface PlaylistSegment {
  readonly uri: string
  readonly seconds: number
  /** Init segment it is played behind. */
  readonly map: string
  /** Nothing that was before it goes on in it. */
  readonly discontinuity?: boolean
  /** Wall clock of its beginning, milliseconds since 1970. */
  readonly timeMs?: number
}

const HEAD = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS']

/** A playlist of all segments of something recorded (RFC 8216 §4.3.3.5). */
export function vodPlaylist(segments: readonly PlaylistSegment[]): string {
  const lines = [...HEAD, `#EXT-X-TARGETDURATION:${targetOf(segments)}`, '#EXT-X-PLAYLIST-TYPE:VOD']
  return [...lines, '#EXT-X-MEDIA-SEQUENCE:0', ...segmentLines(segments), '#EXT-X-ENDLIST', ''].join('\n')
}

/** A playlist that names one other with what a player must be able to do (RFC 8216 §4.3.4.2). */
export function masterPlaylist(variant: {
  uri: string
  codecs: string
  bitsPerSecond: number
  width?: number
  height?: number
}): string {
  const { codecs, width, height } = variant
  const size = width && height ? `,RESOLUTION=${width}x${height}` : ''
  const info = `#EXT-X-STREAM-INF:BANDWIDTH=${Math.ceil(variant.bitsPerSecond)},CODECS="${codecs}"${size}`
  return [...HEAD, info, variant.uri, ''].join('\n')
}

/**
 * The sliding window of a live stream (RFC 8216 §6.2.2). Segments that leave it are handed back, so that their bytes can
 * be thrown away; a player may still fetch one as long as the window was, so keep them for that time.
 */
export class LivePlaylist {
  readonly #size: number
  #segments: PlaylistSegment[] = []
  #sequence = 0
  #discontinuities = 0
  #target = 1
  #ended = false

  /** @param size segments in the window, at least 3 */
  constructor(size = 6) {
    this.#size = Math.max(3, size)
  }

  /** Adds a segment at the end. @returns those that leave the window */
  add(segment: PlaylistSegment): PlaylistSegment[] {
    this.#segments.push(segment)
    // must never shrink (§6.2.1)
    this.#target = Math.max(this.#target, targetOf([segment]))
    const gone = this.#segments.splice(0, Math.max(0, this.#segments.length - this.#size))
    this.#sequence += gone.length
    this.#discontinuities += gone.filter(({ discontinuity }) => discontinuity).length
    return gone
  }

  /** No segment follows. */
  end(): void {
    this.#ended = true
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0
  }

  render(): string {
    return [
      ...HEAD,
      `#EXT-X-TARGETDURATION:${this.#target}`,
      `#EXT-X-MEDIA-SEQUENCE:${this.#sequence}`,
      ...(this.#discontinuities > 0 ? [`#EXT-X-DISCONTINUITY-SEQUENCE:${this.#discontinuities}`] : []),
      ...segmentLines(this.#segments),
      ...(this.#ended ? ['#EXT-X-ENDLIST'] : []),
      '',
    ].join('\n')
  }
}

/** Rounded durations may not exceed it (§4.3.3.1). */
function targetOf(segments: readonly PlaylistSegment[]): number {
  return Math.max(1, ...segments.map(({ seconds }) => Math.round(seconds)))
}

function segmentLines(segments: readonly PlaylistSegment[]): string[] {
  return segments.flatMap((segment, i) => [
    ...(segment.discontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
    ...(segments[i - 1]?.map === segment.map ? [] : [`#EXT-X-MAP:URI="${segment.map}"`]),
    ...(segment.timeMs === undefined
      ? []
      : [`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.timeMs).toISOString()}`]),
    `#EXTINF:${segment.seconds.toFixed(3)},`,
    segment.uri,
  ])
}
