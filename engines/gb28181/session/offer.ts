/** Offers for every kind of session, answers to them, and which way the media then goes (pains 7, 8, 21, 22). */
import type { Edition } from '../version.ts'
import type { PlayFault } from '../watch/play.ts'
import {
  type MediaTransport,
  PAYLOADS,
  type PayloadType,
  type Sdp,
  type SdpMedia,
  type SessionName,
} from './sdp.ts'
import { ssrcNumber } from './ssrc.ts'

/** How media is to come: over UDP; over TCP, this side listening (passive) or connecting (active). */
export type MediaMode = 'udp' | 'tcp-passive' | 'tcp-active'

/** Passive TCP first: it loses nothing, passes NAT on the device's side, and costs least here. */
export const DEFAULT_MEDIA_MODES: readonly MediaMode[] = ['tcp-passive', 'udp', 'tcp-active']

export interface OfferParts {
  /** Our id. */
  readonly owner: string
  /** Where media is to be sent: as the device reaches it, not as this machine calls itself (pain 9). */
  readonly address: string
  readonly port: number
  readonly mode: MediaMode
  readonly name: 'Play' | 'Playback' | 'Download'
  readonly edition: Edition
  /** Ten digits; `makeSsrc`. */
  readonly ssrc: string
  /** Of history: what is asked of which channel, Unix seconds. */
  readonly history?: { readonly channelId: string; readonly start: number; readonly stop: number }
  /** 0 main, 1 sub; absent: not said. */
  readonly stream?: number
  /** Of a download: times real time. */
  readonly downloadSpeed?: number
}

/** The offer of the side that wants to see. */
export function makeOffer(parts: OfferParts): Sdp {
  const { owner, address, port, mode, name, edition, ssrc, history, stream, downloadSpeed } = parts
  const payloads: PayloadType[] = [PAYLOADS.ps, PAYLOADS.mpeg4, PAYLOADS.h264]
  if (edition === '2022') payloads.push(PAYLOADS.h265)
  const transport = transportOf(mode)
  return {
    owner,
    originAddress: address,
    name,
    address,
    time: { start: history?.start ?? 0, stop: history?.stop ?? 0 },
    media: [{ kind: 'video', port, transport, payloads, direction: 'recvonly', address: null }],
    ssrc,
    ...(history ? { uri: { id: history.channelId, recordType: 0 } } : {}),
    ...(stream === undefined ? {} : { stream }),
    ...(downloadSpeed === undefined ? {} : { downloadSpeed }),
  }
}

function transportOf(mode: MediaMode): MediaTransport {
  if (mode === 'udp') return { kind: 'udp' }
  return { kind: 'tcp', setup: mode === 'tcp-passive' ? 'passive' : 'active' }
}

export interface AnswerParts {
  readonly owner: string
  readonly address: string
  /** Where we send from; over passive TCP where we listen. Never 0 (pain 22). */
  readonly port: number
  /** Ours, for an offer that names none, and for offers of a foreign domain (2022). */
  readonly ssrc: string
  /** Choose our ssrc even when the offer names one (2022: foreign domains). */
  readonly chooseSsrc?: boolean
  /** Of a download, in bytes. */
  readonly fileSize?: number
}

/**
 * Our answer to an offer that wants to see or hear: PS for a picture, G.711 (8) for sound where offered. `null` when
 * nothing in it can be served: refuse by 488.
 */
export function makeAnswer(offer: Sdp, parts: AnswerParts): Sdp | null {
  const medium = offer.media.find((it) => it.payloads.some(isServed) && it.port > 0)
  const payload = medium && chosenPayload(medium)
  if (!medium || !payload) return null
  const { owner, address, port, ssrc, chooseSsrc = false, fileSize } = parts
  const offered = ssrcNumber(offer.ssrc) === null || chooseSsrc ? ssrc : offer.ssrc!.padStart(10, '0')
  return {
    owner,
    originAddress: address,
    name: offer.name,
    address,
    time: offer.time,
    media: [
      {
        kind: medium.kind,
        port,
        transport: answeringTransport(medium.transport),
        payloads: [payload],
        direction: medium.direction === 'sendrecv' ? 'sendrecv' : 'sendonly',
        address: null,
      },
    ],
    ssrc: offered,
    ...(offer.uri ? { uri: offer.uri } : {}),
    ...(fileSize === undefined ? {} : { fileSize }),
  }
}

/** 96 without a map is PS, by habit. */
const named = (payload: PayloadType): PayloadType =>
  payload.number === 96 && payload.encoding === '' ? PAYLOADS.ps : payload
const isServed = (payload: PayloadType) => ['PS', 'PCMA'].includes(named(payload).encoding)

function chosenPayload({ kind, payloads }: SdpMedia): PayloadType | undefined {
  const wanted = kind === 'audio' ? 'PCMA' : 'PS'
  const served = payloads.filter(isServed).map(named)
  return served.find(({ encoding }) => encoding === wanted) ?? served[0]
}

/** The receiver is the server unless it says otherwise (2022 annex D): then it is we who connect. */
function answeringTransport(offered: MediaTransport): MediaTransport {
  if (offered.kind === 'udp') return offered
  return { kind: 'tcp', setup: offered.setup === 'active' ? 'passive' : 'active' }
}

/** Which way media goes after offer and answer. */
export type MediaWay =
  | { readonly kind: 'udp' }
  /** The other side connects to our port. */
  | { readonly kind: 'listen' }
  /** We connect to its address. */
  | { readonly kind: 'connect'; readonly address: string; readonly port: number }
  /** UDP answered to TCP or the other way round, or nowhere to connect to: another mode must be tried. */
  | { readonly kind: 'mismatch' }

/** What an answer makes of our offer. Each side says what it does itself; one that says our part leaves us the other. */
export function settleWay(mode: MediaMode, answer: Sdp): MediaWay {
  const medium = answer.media[0]!
  if ((medium.transport.kind === 'udp') !== (mode === 'udp')) return { kind: 'mismatch' }
  if (medium.transport.kind === 'udp') return { kind: 'udp' }
  if (mode === 'tcp-passive' && medium.transport.setup !== 'passive') return { kind: 'listen' }
  const address = medium.address ?? answer.address
  return address && medium.port > 0 ? { kind: 'connect', address, port: medium.port } : { kind: 'mismatch' }
}

/** Faults after which another way of transport may help; a busy device stays busy. */
const HELPED_BY_ANOTHER_MODE: ReadonlySet<PlayFault> = new Set([
  'no-tcp',
  'no-rtp',
  'not-supported',
  'no-key-frame',
])

/**
 * The mode to try after a play failed (pain 8), in the device's order; `null` when the fault is not one of transport, or
 * all were tried.
 */
export function nextMediaMode(
  order: readonly MediaMode[],
  tried: readonly MediaMode[],
  fault: PlayFault,
): MediaMode | null {
  if (!HELPED_BY_ANOTHER_MODE.has(fault)) return null
  return order.find((mode) => !tried.includes(mode)) ?? null
}

/** The offer of a talk that devices know as `s=Talk`: sound both ways (a habit, not of the standard). */
export function makeTalkOffer(parts: Pick<OfferParts, 'owner' | 'address' | 'port' | 'mode' | 'ssrc'>): Sdp {
  const { owner, address, port, mode, ssrc } = parts
  const name: SessionName = 'Talk'
  return {
    owner,
    originAddress: address,
    name,
    address,
    time: { start: 0, stop: 0 },
    media: [
      {
        kind: 'audio',
        port,
        transport: transportOf(mode),
        payloads: [PAYLOADS.pcma],
        direction: 'sendrecv',
        address: null,
      },
    ],
    ssrc,
  }
}
