import { MalformedError } from '../errors.ts'

/** A position of MANSRTSP, in seconds from the start of what is played; `now` where it stands. */
export type PlayTime = number | 'now'

/** What a MANSRTSP body of INFO asks (2022: 9.8, annex B). */
export interface PlaybackControl {
  readonly method: 'PLAY' | 'PAUSE' | 'TEARDOWN'
  readonly cseq: number
  /** Speed; negative plays backwards (2022). */
  readonly scale?: number
  readonly range?: { readonly from: PlayTime; readonly to: number | null }
  readonly pauseTime?: PlayTime
}

/** What an answer tells, where a device puts one in its 200. */
export interface PlaybackAnswer {
  readonly status: number
  readonly cseq: number | null
  readonly range?: { readonly from: PlayTime; readonly to: number | null }
  /** Sequence number and RTP time of the first packet after the change. */
  readonly rtpInfo?: { readonly seq: number | null; readonly rtptime: number | null }
}

/** Content-Type of these bodies. */
export const MANSRTSP_TYPE = 'Application/MANSRTSP'

/** What a user wants of playback. */
export type PlaybackWish =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** 0.25, 0.5, 1, 2, 4, 8; negative backwards (2022). */
  | { readonly kind: 'speed'; readonly scale: number }
  /** Seconds from the start. */
  | { readonly kind: 'seek'; readonly seconds: number }
  | { readonly kind: 'teardown' }

/**
 * The body of INFO. One header for one wish: devices want `Scale` alone and `Range` alone (pain 14).
 */
export function writePlaybackControl(wish: PlaybackWish, cseq: number): Buffer {
  const method = wish.kind === 'pause' ? 'PAUSE' : wish.kind === 'teardown' ? 'TEARDOWN' : 'PLAY'
  const header = headerOfWish(wish)
  const lines = [`${method} RTSP/1.0`, `CSeq: ${cseq}`, ...(header ? [header] : []), '', '']
  return Buffer.from(lines.join('\r\n'))
}

function headerOfWish(wish: PlaybackWish): string | null {
  switch (wish.kind) {
    case 'pause':
      return 'PauseTime: now'
    case 'resume':
      return 'Range: npt=now-'
    case 'speed':
      return `Scale: ${Number.isInteger(wish.scale) ? wish.scale.toFixed(1) : String(wish.scale)}`
    case 'seek':
      return `Range: npt=${Math.max(0, Math.round(wish.seconds))}-`
    case 'teardown':
      return null
  }
}

/**
 * Reads a body of INFO as senders write it: `RTSP/1.0` or `MANSRTSP/1.0`, bare LF, `ntp=` for `npt=`, Range beside Scale.
 *
 * @throws MalformedError when the first line is no request
 */
export function readPlaybackControl(bytes: Uint8Array): PlaybackControl {
  const { first, headers } = readLines(bytes)
  const method = /^\s*(PLAY|PAUSE|TEARDOWN)\b/i.exec(first)?.[1]?.toUpperCase()
  if (!method) throw new MalformedError('mansrtsp', 0, 'neither PLAY, PAUSE nor TEARDOWN')
  const scale = Number.parseFloat(headers.get('scale') ?? '')
  const range = readRange(headers.get('range'))
  const pauseTime = readTime(headers.get('pausetime'))
  return {
    method: method as PlaybackControl['method'],
    cseq: readWhole(headers.get('cseq')) ?? 0,
    ...(Number.isFinite(scale) ? { scale } : {}),
    ...(range ? { range } : {}),
    ...(pauseTime !== null ? { pauseTime } : {}),
  }
}

/** Reads what a 200 to INFO bears. `null` when it is empty or no answer: that means nothing but consent. */
export function readPlaybackAnswer(bytes: Uint8Array): PlaybackAnswer | null {
  const { first, headers } = readLines(bytes)
  const status = /^\s*(?:MAN)?S?RTSP\/1\.0\s+(\d{3})/i.exec(first)?.[1]
  if (!status) return null
  const range = readRange(headers.get('range'))
  const info = headers.get('rtp-info')
  const rtpInfo = {
    seq: readWhole(/seq=(\d+)/i.exec(info ?? '')?.[1]),
    rtptime: readWhole(/rtptime=(\d+)/i.exec(info ?? '')?.[1]),
  }
  return {
    status: Number(status),
    cseq: readWhole(headers.get('cseq')),
    ...(range ? { range } : {}),
    ...(info ? { rtpInfo } : {}),
  }
}

/** The answer of the side that plays. */
export function writePlaybackAnswer(status: 200 | 400 | 451 | 455 | 457, cseq: number): Buffer {
  const reason = status === 200 ? 'OK' : 'Error'
  return Buffer.from(`RTSP/1.0 ${status} ${reason}\r\nCSeq: ${cseq}\r\n\r\n`)
}

function readLines(bytes: Uint8Array): { first: string; headers: Map<string, string> } {
  const lines = Buffer.from(bytes).toString('latin1').trim().split(/\r?\n/)
  const headers = new Map<string, string>()
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return { first: lines[0] ?? '', headers }
}

function readRange(text: string | undefined): { from: PlayTime; to: number | null } | null {
  const match = /(?:npt|ntp)\s*=\s*(now|[\d.]+)?\s*-\s*([\d.]+)?/i.exec((text ?? '').slice(0, 200))
  if (!match) return null
  const to = readTime(match[2])
  return { from: readTime(match[1]) ?? 0, to: typeof to === 'number' ? to : null }
}

function readTime(text: string | undefined): PlayTime | null {
  if (text === undefined) return null
  if (/^now$/i.test(text)) return 'now'
  const seconds = Number.parseFloat(text)
  return Number.isFinite(seconds) ? seconds : null
}

function readWhole(text: string | undefined): number | null {
  const number = Number.parseInt(text ?? '', 10)
  return Number.isSafeInteger(number) ? number : null
}
