/** Session descriptions of GB/T 28181 (annex G of 2022, RFC 4566 with `y=` and `f=`) as values. */
import type { MediaFormat } from './media-format.ts'

/** What a session is for, `s=`. Others are kept as written. */
export type SessionName = 'Play' | 'Playback' | 'Download' | 'Talk' | (string & {})

export type MediaDirection = 'sendonly' | 'recvonly' | 'sendrecv' | 'inactive'

/** How RTP travels. `setup` says what the writer of the description does (RFC 4145). */
export type MediaTransport =
  | { readonly kind: 'udp' }
  | { readonly kind: 'tcp'; readonly setup: 'active' | 'passive' | 'actpass' | null }

/** A payload type and what it carries. */
export interface PayloadType {
  readonly number: number
  /** `PS`, `H264`, `H265`, `PCMA`, …; empty when only the number stands there. */
  readonly encoding: string
  /** Hz; 0 when not said. */
  readonly clock: number
}

export interface SdpMedia {
  readonly kind: 'video' | 'audio'
  /** 0 refuses the medium. */
  readonly port: number
  readonly transport: MediaTransport
  readonly payloads: readonly PayloadType[]
  readonly direction: MediaDirection | null
  /** Address of this medium; `null`: that of the session. */
  readonly address: string | null
}

export interface Sdp {
  /** Id in `o=`. */
  readonly owner: string
  /** Address in `o=`. */
  readonly originAddress: string
  readonly name: SessionName
  /** `u=`: what history is asked of. 0 all, 1 manual, 2 alarm, 3 time. */
  readonly uri?: { readonly id: string; readonly recordType: number | null }
  /** Address in `c=` of the session; `null` when none. */
  readonly address: string | null
  /** Unix seconds; 0 0 for live. */
  readonly time: { readonly start: number; readonly stop: number }
  readonly media: readonly SdpMedia[]
  /** `y=` as written, ten digits. */
  readonly ssrc?: string
  readonly format?: MediaFormat
  readonly downloadSpeed?: number
  /** Bytes. */
  readonly fileSize?: number
  /** 0 main, 1 sub; when reading, in whatever dialect. */
  readonly stream?: number
}

/** Payload types as offers of both editions list them. */
export const PAYLOADS = {
  ps: { number: 96, encoding: 'PS', clock: 90_000 },
  mpeg4: { number: 97, encoding: 'MPEG4', clock: 90_000 },
  h264: { number: 98, encoding: 'H264', clock: 90_000 },
  h265: { number: 99, encoding: 'H265', clock: 90_000 },
  pcma: { number: 8, encoding: 'PCMA', clock: 8000 },
  pcmu: { number: 0, encoding: 'PCMU', clock: 8000 },
} as const satisfies Record<string, PayloadType>

/** Where RTP goes: address and port of the first medium of a kind. `null` when it is refused or has no address. */
export function mediaTarget(sdp: Sdp, kind: SdpMedia['kind']): { address: string; port: number } | null {
  const medium = sdp.media.find((it) => it.kind === kind)
  const address = medium?.address ?? sdp.address
  return medium && medium.port > 0 && address ? { address, port: medium.port } : null
}
