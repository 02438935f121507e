/**
 * `npm run bench:media-engine`: what the media engine costs: RTP over TCP (RFC 4571) or UDP → PS → frames → FLV tags, in
 * one thread without sockets, against a bare loop that only cuts the same RTP and joins the payloads of each frame.
 */
import { parseArgs } from 'node:util'
import {
  FlvStream,
  type PacketSink,
  PsMuxer,
  packetisePs,
  RtpFramer,
  RtpHeader,
  RtpIngest,
  RtpSequencer,
  readRtpHeader,
} from '@hengjian/media'
import { describeMachine, median } from './machine.ts'
import { generatePictures } from './media/pictures.ts'

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '128' },
    seconds: { type: 'string', default: '20' },
    /** Bytes that one read of a socket gives. */
    chunk: { type: 'string', default: '16384' },
    runs: { type: 'string', default: '5' },
    /** `udp` gives packet by packet and puts them in order. */
    transport: { type: 'string', default: 'tcp' },
  },
})
const streams = Number(values.streams)
const chunkBytes = Number(values.chunk)
const BITS_PER_SECOND = 4_000_000
const FRAMES_PER_SECOND = 25

const seconds = Number(values.seconds)
const wire = generateWire(seconds)
const gbit = (wire.length * streams * 8) / 1e9
const isUdp = values.transport === 'udp'
const pieces = cutWire()
const expectedFrames = seconds * FRAMES_PER_SECOND * streams

let faults = 0
const engine: number[] = []
const bare: number[] = []
for (let run = 0; run <= Number(values.runs); run++) {
  const [engineSeconds, bareSeconds] = [measure(runEngine), measure(runBare)]
  // the first run warms up
  if (run > 0) {
    engine.push(engineSeconds / gbit)
    bare.push(bareSeconds / gbit)
    console.log(
      `run ${run}: engine ${engine.at(-1)!.toFixed(4)}, bare loop ${bare.at(-1)!.toFixed(4)} CPU-s per Gbit`,
    )
  }
}
console.log(
  JSON.stringify({
    streams,
    transport: isUdp ? 'udp' : 'tcp',
    gbit: Number(gbit.toFixed(3)),
    cpu_seconds_per_gbit: Number(median(engine).toFixed(4)),
    bare_cpu_seconds_per_gbit: Number(median(bare).toFixed(4)),
    ratio: Number((median(engine) / median(bare)).toFixed(2)),
    peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    void: faults > 0,
    runs: Number(values.runs),
    machine: describeMachine(),
  }),
)
process.exitCode = faults > 0 ? 1 : 0

/** One camera's stream as TCP carries it. */
function generateWire(length: number): Buffer {
  const muxer = new PsMuxer()
  const sequencer = new RtpSequencer({ ssrc: 0x0bebc202, payloadType: 96 })
  const pictures = generatePictures(length * FRAMES_PER_SECOND, BITS_PER_SECOND / 8 / FRAMES_PER_SECOND)
  return Buffer.concat(
    pictures.map((frame) => packetisePs(muxer.frame(frame), frame.dts, sequencer, { framed: true }).all),
  )
}

/** CPU seconds of `work`, which answers with how many frames it made. */
function measure(work: () => number): number {
  const before = process.cpuUsage()
  if (work() !== expectedFrames) faults += 1
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** What the network gives at once: reads of a socket, or packets. */
function cutWire(): (readonly [start: number, end: number])[] {
  const cuts: (readonly [number, number])[] = []
  if (isUdp) new RtpFramer((_, start, end) => cuts.push([start, end])).push(wire)
  else
    for (let at = 0; at < wire.length; at += chunkBytes)
      cuts.push([at, Math.min(wire.length, at + chunkBytes)])
  return cuts
}

/** Gives each of many sources its next piece in turn. */
function feed(sources: readonly PacketSink[]): void {
  for (const [start, end] of pieces) for (const source of sources) source(wire, start, end)
}

/** Packets of UDP as they are, those of TCP cut out. */
function cutting(take: PacketSink): PacketSink {
  if (isUdp) return take
  const framer = new RtpFramer(take)
  return (bytes, start, end) => framer.push(bytes, start, end)
}

function runEngine(): number {
  let tags = 0
  const sources = Array.from({ length: streams }, () => {
    const flv = new FlvStream(({ isVideo, bytes }) => {
      if (isVideo && bytes.length > 100) tags += 1
    })
    const ingest = new RtpIngest(flv, { depth: isUdp ? 64 : 0 })
    return cutting((bytes, start, end) => ingest.push(bytes, start, end, 0))
  })
  feed(sources)
  return tags
}

function runBare(): number {
  let frames = 0
  const header = new RtpHeader()
  const sources = Array.from({ length: streams }, () => {
    let parts: Buffer[] = []
    return cutting((bytes, start, end) => {
      if (!readRtpHeader(bytes, start, end, header)) return
      parts.push(Buffer.from(bytes.subarray(header.payloadStart, header.payloadEnd)))
      if (!header.marker) return
      if (Buffer.concat(parts).length > 100) frames += 1
      parts = []
    })
  })
  feed(sources)
  return frames
}
