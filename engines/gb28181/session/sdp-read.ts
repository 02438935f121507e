import { MalformedError } from '../errors.ts'
import { decodeText } from '../text/charset.ts'
import { readMediaFormat } from './media-format.ts'
import type { MediaDirection, MediaTransport, PayloadType, Sdp, SdpMedia } from './sdp.ts'
import { readSubStream } from './sub-stream.ts'

/** Payload types that need no rtpmap (RFC 3551). */
const STATIC: Record<number, [string, number]> = {
  0: ['PCMU', 8000],
  8: ['PCMA', 8000],
  9: ['G722', 8000],
  18: ['G729', 8000],
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
interface Draft extends Mutable<Omit<Sdp, 'media'>> {
  media: Mutable<SdpMedia>[]
}

/**
 * Reads a description as devices write it: bare LF, no last line end, lines missing or in another order, port 0, any
 * dialect of sub-streams. Lines not known are passed over.
 *
 * @throws MalformedError with the byte offset, when there is no readable `m=` line
 */
export function readSdp(bytes: Uint8Array): Sdp {
  const sdp: Draft = {
    owner: '',
    originAddress: '',
    name: '',
    address: null,
    time: { start: 0, stop: 0 },
    media: [],
  }
  let offset = 0
  for (const line of decodeText(bytes).split('\n')) {
    const match = /^\s*([a-z])\s*=(.*)/.exec(line.replaceAll('\0', ''))
    if (match) LINES[match[1]!]?.(sdp, match[2]!.trim(), offset)
    offset += Buffer.byteLength(line) + 1
  }
  if (sdp.media.length === 0) throw new MalformedError('sdp', bytes.length, 'no m= line')
  return sdp
}

/** What each type of line does to the description. */
const LINES: Readonly<Record<string, (sdp: Draft, value: string, offset: number) => void>> = {
  o: takeOrigin,
  s: (sdp, value) => {
    sdp.name = value
  },
  u: takeUri,
  c: takeAddress,
  t: takeTime,
  m: (sdp, value, offset) => {
    sdp.media.push(readMediaLine(value, offset))
  },
  a: takeAttribute,
  y: (sdp, value) => {
    if (/^\d+$/.test(value)) sdp.ssrc = value
  },
  f: takeFormat,
}

function takeOrigin(sdp: Draft, value: string): void {
  const parts = value.split(/\s+/)
  sdp.owner = parts[0] ?? ''
  sdp.originAddress = parts[5] ?? ''
}

function takeUri(sdp: Draft, value: string): void {
  const [id = '', type] = value.replace(/^sip:/i, '').split(':')
  sdp.uri = { id, recordType: type !== undefined && /^\d$/.test(type) ? Number(type) : null }
}

function takeAddress(sdp: Draft, value: string): void {
  const address = value.split(/\s+/)[2]?.split('/')[0] || null
  const medium = sdp.media.at(-1)
  if (medium) medium.address = address
  else sdp.address = address
}

/** Some write local time where Unix seconds belong: then 0 stands. */
function takeTime(sdp: Draft, value: string): void {
  const [start, stop] = value.split(/\s+/).map((part) => (/^\d{1,10}$/.test(part) ? Number(part) : 0))
  sdp.time = { start: start ?? 0, stop: stop ?? 0 }
}

function takeFormat(sdp: Draft, value: string): void {
  const format = readMediaFormat(value)
  if (format) sdp.format = format
}

function readMediaLine(value: string, offset: number): Mutable<SdpMedia> {
  const [kind, port, protocol = '', ...formats] = value.split(/\s+/)
  const isKnown = kind === 'video' || kind === 'audio'
  const number = Number(port?.split('/')[0])
  if (!isKnown || !Number.isInteger(number) || number < 0 || number > 65535) {
    throw new MalformedError('sdp', offset, `m=${value.slice(0, 60)}`)
  }
  return {
    kind,
    port: number,
    transport: /^TCP/i.test(protocol) ? { kind: 'tcp', setup: null } : { kind: 'udp' },
    payloads: formats.filter((it) => /^\d{1,3}$/.test(it)).map((it) => payload(Number(it))),
    direction: null,
    address: null,
  }
}

function payload(number: number): PayloadType {
  const [encoding, clock] = STATIC[number] ?? ['', 0]
  return { number, encoding, clock }
}

function takeAttribute(sdp: Draft, attribute: string): void {
  const [name = '', ...rest] = attribute.split(':')
  const value = rest.join(':').trim()
  const medium = sdp.media.at(-1)
  const stream = readSubStream(name.trim(), value)
  if (stream !== null) sdp.stream = stream
  else if (/^downloadspeed$/i.test(name)) sdp.downloadSpeed = Number.parseFloat(value) || 1
  else if (/^filesize$/i.test(name) && /^\d{1,15}$/.test(value)) sdp.fileSize = Number(value)
  else if (medium) takeMediaAttribute(medium, name.trim().toLowerCase(), value)
}

function takeMediaAttribute(medium: Mutable<SdpMedia>, name: string, value: string): void {
  if (/^(sendonly|recvonly|sendrecv|inactive)$/.test(name)) medium.direction = name as MediaDirection
  else if (name === 'setup') medium.transport = withSetup(medium.transport, value.toLowerCase())
  else if (name === 'rtpmap') medium.payloads = withRtpmap(medium.payloads, value)
}

function withSetup(transport: MediaTransport, setup: string): MediaTransport {
  if (transport.kind === 'udp' || !/^(active|passive|actpass)$/.test(setup)) return transport
  return { kind: 'tcp', setup: setup as 'active' | 'passive' | 'actpass' }
}

function withRtpmap(payloads: readonly PayloadType[], value: string): PayloadType[] {
  const match = /^(\d{1,3})\s+([^/\s]+)(?:\/(\d+))?/.exec(value)
  if (!match) return [...payloads]
  const mapped = { number: Number(match[1]), encoding: match[2]!.toUpperCase(), clock: Number(match[3] ?? 0) }
  return payloads.map((it) => (it.number === mapped.number ? mapped : it))
}
