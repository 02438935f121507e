import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { annexBOf } from './codecs/annexb.ts'
import { VideoFrame } from './frame.ts'
import { RtpIngest, type RtpIngestOptions } from './ingest.ts'
import { PsMuxer } from './ps/muxer.ts'
import { RtpFramer } from './rtp/framing.ts'
import { CollectedFrames } from './testing/collect.ts'
import { decodedHashes } from './testing/ffmpeg.ts'
import { g711Sample, videoSample } from './testing/samples.ts'
import { framesOf, sentAs, sentAsPs, soundOf } from './testing/sender.ts'
import { TsMuxer } from './ts/muxer.ts'

const frames = () => framesOf(videoSample('h264'))

function ingest(packets: readonly Buffer[], options: RtpIngestOptions = {}, msPerPacket = 1) {
  const sink = new CollectedFrames()
  const source = new RtpIngest(sink, options)
  for (const [i, packet] of packets.entries()) {
    const arrived = Buffer.from(packet)
    source.push(arrived, 0, arrived.length, i * msPerPacket)
    arrived.fill(0xee)
  }
  return { sink, source, pictures: sink.pictures }
}

const sameData = (pictures: readonly VideoFrame[], expected: readonly VideoFrame[]) => {
  expect(pictures).toHaveLength(expected.length)
  for (const [i, picture] of pictures.entries()) expect(picture.data.equals(expected[i]!.data)).toBe(true)
}

describe('a frame leaves', () => {
  it('VID-10 in the call that brings its marker, the same bytes, with continuous times', () => {
    const sent = frames()
    const sink = new CollectedFrames()
    const source = new RtpIngest(sink)
    let markers = 0
    for (const packet of sentAsPs(sent)) {
      source.push(packet, 0, packet.length, 0)
      if (packet[1]! >= 0x80) markers += 1
      expect(sink.pictures).toHaveLength(markers)
    }
    sameData(sink.pictures, sent)
    expect(sink.pictures.map(({ dts }) => dts)).toEqual(sent.map(({ dts }) => dts))
    expect(source.kind).toBe('ps')
  })

  it('VID-10 from a TCP stream cut anywhere, with sound', () => {
    const sent = frames()
    const sound = soundOf(g711Sample('alaw'))
    const mixed = sent.flatMap((frame, i) => [frame, sound[i]!])
    const stream = Buffer.concat(sentAsPs(mixed, { framed: true }))
    for (const step of [1, 1000, 65_536]) {
      const sink = new CollectedFrames()
      const source = new RtpIngest(sink, { depth: 0 })
      const framer = new RtpFramer((bytes, start, end) => source.push(bytes, start, end, 0))
      for (let at = 0; at < stream.length; at += step) framer.push(stream.subarray(at, at + step))
      sameData(sink.pictures, sent)
      expect(sink.sounds.map(({ pts }) => pts)).toEqual(sound.map(({ pts }) => pts))
      expect(Buffer.concat(sink.sounds.map(({ data }) => data)).equals(g711Sample('alaw'))).toBe(true)
    }
  })

  it('VID-10 out of the capture of a foreign tool, as FFmpeg decodes it', () => {
    const capture = readFileSync(new URL('testing/fixtures/foreign-ps.rtp', import.meta.url))
    const packets: Buffer[] = []
    const payloads: Buffer[] = []
    new RtpFramer((bytes, start, end) => {
      packets.push(Buffer.from(bytes.subarray(start, end)))
      payloads.push(Buffer.from(bytes.subarray(start + 12, end)))
    }).push(capture)
    expect(packets).toHaveLength(300)
    const { pictures, sink, source } = ingest(packets)
    expect(pictures[0]).toMatchObject({
      key: true,
      config: { format: { width: 720, height: 576, profile: 66 } },
    })
    expect(sink.sounds[0]!.config.codec).toBe('g711a')
    expect(source).toMatchObject({ brokenFrames: 0, framesBeforeKey: 0, unknownPackets: 0 })
    // it sends no marker, counts RTP timestamps by one, and stamps sound in bursts
    expect(source.timeline.breaks).toBe(0)
    expect(Math.abs(sink.sounds.at(-1)!.pts - pictures.at(-1)!.dts)).toBeLessThan(18_000)
    // the last picture of the file is cut, FFmpeg decodes what there is of it
    const theirs = decodedHashes(Buffer.concat(payloads), 'mpeg')
    const ours = decodedHashes(Buffer.concat(pictures.map(annexBOf)), 'h264')
    expect(ours.length).toBeGreaterThan(45)
    expect(theirs.slice(0, ours.length)).toEqual(ours)
    expect(theirs.length - ours.length).toBeLessThanOrEqual(1)
  })
})

describe('loss', () => {
  it('VID-PAIN-10 feeds no broken frame: after a loss nothing up to the next key frame', () => {
    const sent = frames()
    const packets = sentAsPs(sent)
    const victim = packets.findIndex((packet) => packet.readUInt32BE(4) === 10 * 3600)
    const { pictures, source } = ingest(packets.toSpliced(victim, 1), { depth: 4 })
    sameData(pictures, [...sent.slice(0, 10), ...sent.slice(25)])
    expect(source.receiver.lost).toBe(1)
    expect(source.brokenFrames).toBe(1)
    expect(source.framesBeforeKey).toBe(14)
  })

  it('VID-PAIN-10 loses only the broken frame where that is asked for', () => {
    const sent = framesOf(videoSample('h264', { rate: '2M' }))
    const packets = sentAsPs(sent)
    const victim = packets.findIndex((packet) => packet.readUInt32BE(4) === 10 * 3600) + 1
    const { pictures } = ingest(packets.toSpliced(victim, 1), { depth: 0, afterLoss: 'pass' })
    sameData(pictures, sent.toSpliced(10, 1))
  })

  it('VID-PAIN-10 gives whole decodable groups whatever is lost, doubled or swapped', () => {
    const sent = framesOf(videoSample('h264', { gop: 5 }))
    const packets = sentAsPs(sent)
    const known = new Set(sent.map(({ data }) => data.toString('latin1')))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(packets.length - 1), fc.nat(3)), { maxLength: 8 }), (faults) => {
        const network: Buffer[] = [...packets]
        for (const [place, fault] of faults) {
          const at = Math.min(place, network.length - 1)
          if (fault === 0) network.splice(at, 1)
          else if (fault === 1) network.splice(at, 0, network[at]!)
          else network.splice(at, 2, ...network.slice(at, at + 2).reverse())
        }
        // the very first packet sets the beginning
        const { pictures } = ingest([packets[0]!, ...network], { depth: 8 })
        let previous = -1
        for (const picture of pictures) {
          expect(known.has(picture.data.toString('latin1'))).toBe(true)
          const index = sent.findIndex(({ data }) => data.equals(picture.data))
          expect(picture.key || index === previous + 1).toBe(true)
          previous = index
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('senders that break the rules', () => {
  it('VID-10 takes an elementary stream without PS, whatever the payload type says', () => {
    for (const codec of ['h264', 'h265'] as const) {
      const sample = videoSample(codec)
      const payloads = sample.units.map((unit) => inParts(unit, 1000))
      const { pictures, source } = ingest(sentAs(payloads, 96))
      expect(source.kind).toBe('annexb')
      sameData(pictures, framesOf(sample))
      // times are those of RTP
      expect(pictures.at(-1)!.dts - pictures.at(-2)!.dts).toBe(3600)
    }
  })

  it('VID-10 takes a transport stream, whatever the payload type says', () => {
    const muxer = new TsMuxer()
    const sent = frames()
    const stream = Buffer.concat(sent.map((frame) => muxer.frame(frame)))
    const { pictures, source } = ingest(sentAs(inParts(stream, 7 * 188).map((part) => [part])))
    expect(source.kind).toBe('ts')
    // the last one has no successor that ends it
    sameData(pictures, sent.slice(0, -1))
    source.flush()
    sameData(pictures, sent)
  })

  it('VID-10 takes G.711 straight in RTP', () => {
    const sound = g711Sample('alaw', 1)
    const { sink } = ingest(
      sentAs(
        inParts(sound, 160).map((part) => [part]),
        8,
        160,
      ),
    )
    expect(Buffer.concat(sink.sounds.map(({ data }) => data)).equals(sound)).toBe(true)
    expect(sink.sounds[1]!.pts - sink.sounds[0]!.pts).toBe(1800)
  })

  it('VID-10 ends frames by their timestamps where no marker is set, soon by their last, shorter packet', () => {
    const sent = frames()
    const packets = sentAsPs(sent)
    for (const packet of packets) packet[1]! &= 0x7f
    const sink = new CollectedFrames()
    const source = new RtpIngest(sink)
    const waiting = packets.map((packet, i) => {
      source.push(packet, 0, packet.length, 0)
      const ends = packets[i + 1]?.readUInt32BE(4) !== packet.readUInt32BE(4)
      return ends ? packet.readUInt32BE(4) / 3600 + 1 - sink.pictures.length : 0
    })
    source.flush()
    sameData(sink.pictures, sent)
    expect(waiting.filter((count) => count > 0)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    expect(waiting.slice(-30)).not.toContain(1)
  })

  it('VID-10 does not end frames by shorter packets where these stand within frames', () => {
    const sent = framesOf(videoSample('h264', { size: '1280x720', rate: '8M', seconds: 1 }))
    const muxer = new PsMuxer()
    // packets of any length: 1000, 600, 1000, 600, …
    const payloads = sent.map((frame) =>
      inParts(muxer.frame(frame), 1600).flatMap((part) => inParts(part, 1000)),
    )
    const packets = sentAs(payloads)
    for (const packet of packets) packet[1]! &= 0x7f
    const { pictures, source } = ingest(packets)
    source.flush()
    sameData(pictures, sent)
  })

  it('VID-10 joins frames again when a marker is on every packet', () => {
    const sent = framesOf(videoSample('h264', { size: '1280x720', rate: '20M', seconds: 1 }))
    const packets = sentAsPs(sent)
    for (const packet of packets) packet[1]! |= 0x80
    const { pictures, source } = ingest(packets)
    source.flush()
    expect(pictures.length).toBeGreaterThanOrEqual(sent.length)
    expect(pictures.length).toBeLessThanOrEqual(sent.length + 3)
    expect(pictures.at(-1)!.data.equals(sent.at(-1)!.data)).toBe(true)
  })

  it('VID-10 keeps frames apart whose PES claim more than they have', () => {
    const sent = framesOf(videoSample('h264', { rate: '60k' }))
    for (const still of [false, true]) {
      const packets = sentAsPs(sent).map((packet) => {
        const changed = Buffer.from(packet)
        const pes = changed.indexOf(Buffer.of(0, 0, 1, 0xe0))
        if (pes >= 0) changed.writeUInt16BE(changed.readUInt16BE(pes + 4) + 700, pes + 4)
        if (still) changed.writeUInt32BE(0, 4)
        return changed
      })
      const { pictures, source } = ingest(packets)
      source.flush()
      sameData(pictures, sent)
    }
  })

  it('VID-10 is not misled by what stands within a frame when it joins', () => {
    const sent = frames()
    const middle = sentAs([[Buffer.from('0000000167640028', 'hex')], [Buffer.from('6764002801', 'hex')]])
    const { pictures, source } = ingest([...middle, ...sentAsPs(sent, { ssrc: 1, firstSequence: 2 })])
    expect(source.kind).toBe('ps')
    sameData(pictures, sent)
  })

  it('VID-10 ends frames by their packs where neither timestamp nor marker tells', () => {
    const sent = frames()
    const packets = sentAsPs(sent)
    for (const packet of packets) {
      packet[1]! &= 0x7f
      packet.writeUInt32BE(0, 4)
    }
    const { pictures, source } = ingest(packets)
    source.flush()
    sameData(pictures, sent)
  })

  it('VID-10 keeps time by RTP where the times of PES stand still', () => {
    const still = frames().map((frame) => new VideoFrame(frame.config, frame.key, 0, 0, frame.storage))
    const packets = sentAsPs(still)
    let time = 0
    for (const packet of packets) {
      packet.writeUInt32BE(time, 4)
      if (packet[1]! >= 0x80) time += 3600
    }
    const { pictures } = ingest(packets)
    const steps = pictures.slice(1).map((picture, i) => picture.dts - pictures[i]!.dts)
    expect(steps.slice(5)).toEqual(Array.from({ length: 44 }, () => 3600))
  })

  it('VID-10 needs no map, and believes none that lies', () => {
    for (const codec of ['h264', 'h265'] as const) {
      const sent = framesOf(videoSample(codec))
      // the map only comes with the second key frame
      const late = sentAsPs(sent).map((packet, i) => (i === 0 ? withMap(packet, { id: 0xbe }) : packet))
      sameData(ingest(late).pictures, sent)
      const lying = sentAsPs(sent).map((packet) =>
        withMap(packet, { videoType: codec === 'h264' ? 0x24 : 0x1b }),
      )
      const { pictures, source } = ingest(lying)
      sameData(pictures, sent)
      expect(pictures[0]!.config.codec).toBe(codec)
      expect(source.video.contradictions).toBeGreaterThan(0)
    }
  })

  it('VID-PAIN-07 takes over a sender that comes back with another SSRC, at its key frame', () => {
    const sent = frames()
    const packets = [...sentAsPs(sent), ...sentAsPs(sent.slice(0, 30), { ssrc: 99, firstSequence: 4000 })]
    const { pictures, source } = ingest(packets)
    sameData(pictures, [...sent, ...sent.slice(0, 30)])
    expect(source.receiver.restarts).toBe(1)
    const times = pictures.map(({ dts }) => dts)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times[50]! - times[49]!).toBe(3600)
  })

  it('VID-10 begins at the first key frame of a stream that is joined in the middle', () => {
    const sent = frames()
    const { pictures, source } = ingest(sentAsPs(sent).slice(12))
    sameData(pictures, sent.slice(25))
    expect(source.unknownPackets + source.video.undecodable + source.framesBeforeKey).toBeGreaterThan(0)
  })

  it('VID-10 takes any packets without throwing', () => {
    const real = sentAsPs(frames())
    const mutated = fc
      .tuple(
        fc.constantFrom(...real),
        fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 5 }),
        fc.nat(1500),
      )
      .map(([packet, changes, length]) => {
        const bytes = Buffer.from(packet.subarray(0, length))
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        return bytes
      })
    fc.assert(
      fc.property(fc.array(mutated, { maxLength: 40 }), (packets) => {
        const { source } = ingest(packets)
        source.flush()
      }),
      { numRuns: 300 },
    )
  })
})

function inParts(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  )
}

/** The packet with its program stream map, if it has one, under another id or with another type for the video. */
function withMap(packet: Buffer, { id = 0xbc, videoType }: { id?: number; videoType?: number }): Buffer {
  const changed = Buffer.from(packet)
  const at = changed.indexOf(Buffer.of(0, 0, 1, 0xbc))
  if (at < 0) return changed
  changed[at + 3] = id
  if (videoType !== undefined) changed[at + 12] = videoType
  return changed
}
