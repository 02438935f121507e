/**
 * The foreign captures (`shared/data/captures`, from the repository csuffyy/gb28181-sms). They are no part of this
 * repository: tests that read them skip, saying so, where they are not there.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../../../shared/data/captures', import.meta.url))

/** Whether the captures are there. */
export const haveCaptures = existsSync(`${FOLDER}/sip.pcap`)
if (!haveCaptures) console.log(`skipped: the captures are not in ${FOLDER}`)

/** One UDP datagram of a capture. */
export interface Datagram {
  source: string
  sourcePort: number
  target: string
  targetPort: number
  payload: Buffer
}

/** All UDP datagrams of a capture, in order; pcap and pcapng, Ethernet and Linux cooked frames, IPv4. */
export function readCapture(name: string): Datagram[] {
  const file = readFileSync(`${FOLDER}/${name}.pcap`)
  const frames = file.readUInt32LE(0) === 0x0a0d0d0a ? framesOfPcapng(file) : framesOfPcap(file)
  return frames.flatMap(datagramOf)
}

interface Frame {
  linkType: number
  bytes: Buffer
}

function framesOfPcap(file: Buffer): Frame[] {
  const frames: Frame[] = []
  const linkType = file.readUInt32LE(20)
  for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8)) {
    frames.push({ linkType, bytes: file.subarray(at + 16, at + 16 + file.readUInt32LE(at + 8)) })
  }
  return frames
}

function framesOfPcapng(file: Buffer): Frame[] {
  const frames: Frame[] = []
  const linkTypes: number[] = []
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    const type = file.readUInt32LE(at)
    if (type === 1) linkTypes.push(file.readUInt16LE(at + 8))
    if (type === 6) {
      const linkType = linkTypes[file.readUInt32LE(at + 8)]!
      frames.push({ linkType, bytes: file.subarray(at + 28, at + 28 + file.readUInt32LE(at + 20)) })
    }
  }
  return frames
}

function datagramOf({ linkType, bytes }: Frame): Datagram[] {
  const ip = bytes.subarray(linkType === 113 ? 16 : 14)
  if (ip[0]! >> 4 !== 4 || ip[9] !== 17) return []
  const udp = ip.subarray((ip[0]! & 0x0f) * 4)
  return [
    {
      source: ip.subarray(12, 16).join('.'),
      sourcePort: udp.readUInt16BE(0),
      target: ip.subarray(16, 20).join('.'),
      targetPort: udp.readUInt16BE(2),
      payload: udp.subarray(8, udp.readUInt16BE(4)),
    },
  ]
}
