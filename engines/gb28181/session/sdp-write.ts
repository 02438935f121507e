import { UnwritableError } from '../errors.ts'
import { writeMediaFormat } from './media-format.ts'
import type { Sdp, SdpMedia } from './sdp.ts'
import { type SubStreamDialect, writeSubStream } from './sub-stream.ts'

export interface SdpStyle {
  /** How the peer is told the stream; default that of 2022. */
  readonly subStream?: SubStreamDialect
}

/** Content-Type of these bodies. */
export const SDP_TYPE = 'application/sdp'

/**
 * Writes a description in the order of GB/T 28181 annex G, the last line ended.
 *
 * @throws UnwritableError for a port of 0 (pain 22: never answered; refuse by status 488 instead), a line break in a
 *   value, or no address
 */
export function writeSdp(sdp: Sdp, { subStream = 'streamnumber' }: SdpStyle = {}): Buffer {
  const address = sdp.address ?? sdp.originAddress
  if (!address) throw new UnwritableError('no address')
  const lines = [
    'v=0',
    `o=${sdp.owner} 0 0 IN ${family(sdp.originAddress || address)}`,
    `s=${sdp.name}`,
    ...(sdp.uri ? [`u=${sdp.uri.id}:${sdp.uri.recordType ?? 0}`] : []),
    `c=IN ${family(address)}`,
    `t=${sdp.time.start} ${sdp.time.stop}`,
    ...sdp.media.flatMap(linesOfMedium),
    ...(sdp.stream === undefined ? [] : [`a=${writeSubStream(subStream, sdp.stream)}`]),
    ...(sdp.downloadSpeed === undefined ? [] : [`a=downloadspeed:${sdp.downloadSpeed}`]),
    ...(sdp.fileSize === undefined ? [] : [`a=filesize:${sdp.fileSize}`]),
    ...(sdp.ssrc === undefined ? [] : [`y=${requireSsrc(sdp.ssrc)}`]),
    ...(sdp.format === undefined ? [] : [`f=${writeMediaFormat(sdp.format)}`]),
  ]
  const broken = lines.find((line) => /[\r\n\0]/.test(line))
  if (broken !== undefined) throw new UnwritableError(`a line break in ${JSON.stringify(broken)}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n`)
}

const family = (address: string) => `${address.includes(':') ? 'IP6' : 'IP4'} ${address}`

function requireSsrc(ssrc: string): string {
  if (!/^\d{10}$/.test(ssrc)) throw new UnwritableError(`ssrc ${JSON.stringify(ssrc)}`)
  return ssrc
}

function linesOfMedium(medium: SdpMedia): string[] {
  const { kind, port, transport, payloads, direction, address } = medium
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new UnwritableError(`port ${port}`)
  const protocol = transport.kind === 'tcp' ? 'TCP/RTP/AVP' : 'RTP/AVP'
  return [
    `m=${kind} ${port} ${protocol} ${payloads.map(({ number }) => number).join(' ')}`,
    ...(address ? [`c=IN ${family(address)}`] : []),
    ...(direction ? [`a=${direction}`] : []),
    ...payloads
      .filter(({ encoding }) => encoding !== '')
      .map(({ number, encoding, clock }) => `a=rtpmap:${number} ${encoding}/${clock}`),
    ...(transport.kind === 'tcp' && transport.setup
      ? [`a=setup:${transport.setup}`, 'a=connection:new']
      : []),
  ]
}
