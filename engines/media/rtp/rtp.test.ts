import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MediaError } from '../errors.ts'
import { RtpFramer, writeFramed } from './framing.ts'
import { RtpHeader, readRtpHeader, writeRtpHeader } from './header.ts'
import { RtpReceiver, type RtpReceiverOptions } from './receiver.ts'
import { readRtcp, writeReceiverReport, writeSenderReport } from './rtcp.ts'

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex')

function packet(sequence: number, { ssrc = 7, timestamp = 0, marker = false, payload = 'abc' } = {}): Buffer {
  const bytes = Buffer.alloc(12 + payload.length, payload)
  writeRtpHeader(bytes, 0, { marker, payloadType: 96, sequence: sequence & 0xffff, timestamp, ssrc })
  bytes.write(payload, 12)
  return bytes
}

describe('RTP header (RFC 3550 §5.1)', () => {
  const header = new RtpHeader()
  const read = (bytes: Buffer) => readRtpHeader(bytes, 0, bytes.length, header)

  it('VID-10 reads the fixed part', () => {
    expect(read(hex('80e0 1234 00000e10 0bebc202 aabb'))).toBe(true)
    expect(header).toEqual({
      marker: true,
      payloadType: 96,
      sequence: 0x1234,
      timestamp: 3600,
      ssrc: 200_000_002,
      payloadStart: 12,
      payloadEnd: 14,
    })
  })

  it('VID-10 passes over CSRCs, extension and padding', () => {
    const bytes = hex('b260 0001 00000000 00000001 11111111 22222222 bede0001 01020304 aabbcc 000003')
    expect(read(bytes)).toBe(true)
    expect(bytes.subarray(header.payloadStart, header.payloadEnd).toString('hex')).toBe('aabbcc')
  })

  it.each([
    ['version 1', '4060 0001 00000000 00000001 aa'],
    ['shorter than its fixed part', '8060 0001 00000000 000000'],
    ['CSRCs beyond the end', '8f60 0001 00000000 00000001 aa'],
    ['an extension beyond the end', '9060 0001 00000000 00000001 bede00ff aa'],
    ['an extension header cut', '9060 0001 00000000 00000001 bede'],
    ['padding of more than the payload', 'a060 0001 00000000 00000001 aa09'],
    ['padding of nothing', 'a060 0001 00000000 00000001 aa00'],
  ])('VID-10 refuses %s', (_, digits) => {
    expect(read(hex(digits))).toBe(false)
  })
})

describe('RFC 4571 framing', () => {
  function cut(stream: Buffer, sizes: readonly number[]) {
    const packets: string[] = []
    const framer = new RtpFramer((bytes, start, end) => packets.push(bytes.toString('hex', start, end)))
    let at = 0
    for (const size of sizes) {
      // the same buffer again and again: the framer may keep nothing of it
      const chunk = Buffer.from(stream.subarray(at, at + size))
      framer.push(chunk)
      chunk.fill(0xee)
      at += size
    }
    framer.push(stream.subarray(at))
    return { packets, framer }
  }
  const packets = [packet(1), packet(2, { payload: 'x'.repeat(300) }), packet(3, { payload: '' }), packet(4)]
  const report = hex('80c9 0001 00000007')
  const stream = Buffer.concat([...packets, report, packet(5)].map(writeFramed))
  const expected = [...packets, report, packet(5)].map((bytes) => bytes.toString('hex'))

  it('VID-10 finds the packets wherever the stream is cut', () => {
    for (let at = 0; at <= stream.length; at++) expect(cut(stream, [at]).packets).toEqual(expected)
    for (let size = 1; size < 40; size++) {
      const sizes = Array.from({ length: Math.floor(stream.length / size) }, () => size)
      expect(cut(stream, sizes).packets).toEqual(expected)
    }
  })

  it('VID-10 passes over empty frames', () => {
    const { packets: found, framer } = cut(Buffer.concat([Buffer.alloc(4), stream]), [1])
    expect(found).toEqual(expected)
    expect(framer.garbageBytes).toBe(0)
  })

  it('VID-10 finds the way back after garbage, at every cut', () => {
    const garbage = hex('ffff 0000 1234 8001 0203 90a0 000c 8000')
    const dirty = Buffer.concat([
      writeFramed(packet(1)),
      garbage,
      ...[2, 3, 4].map((n) => writeFramed(packet(n))),
    ])
    const clean = [1, 2, 3, 4].map((n) => packet(n).toString('hex'))
    for (let at = 0; at <= dirty.length; at++) {
      const { packets: found, framer } = cut(dirty, [at])
      expect(found).toEqual(clean)
      expect(framer.garbageBytes).toBe(garbage.length)
      expect(framer.resyncs).toBe(1)
    }
  })

  it('VID-10 takes any bytes without throwing and finds the same at every cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(400), (noise, at) => {
        const whole = cut(Buffer.from(noise), [])
        const parted = cut(Buffer.from(noise), [Math.min(at, noise.length)])
        expect(parted.packets).toEqual(whole.packets)
        expect(parted.framer.garbageBytes).toBe(whole.framer.garbageBytes)
      }),
    )
  })
})

describe('order and loss (RFC 3550 A.1, A.3, A.8)', () => {
  function receive(packets: readonly Buffer[], options: RtpReceiverOptions = {}, stepMs = 1) {
    const got: number[] = []
    const losses: number[] = []
    const receiver = new RtpReceiver((header, bytes, lost) => {
      got.push(header.sequence)
      if (lost > 0) losses.push(lost)
      expect(bytes.readUInt16BE(header.payloadStart - 10)).toBe(header.sequence)
    }, options)
    for (const [i, bytes] of packets.entries()) receiver.push(bytes, 0, bytes.length, i * stepMs)
    return { receiver, got, losses }
  }
  const run = (...sequences: number[]) => sequences.map((sequence) => packet(sequence))

  it('VID-10 hands on what is in order, over the wrap of the sequence', () => {
    const { got, receiver } = receive(run(65_534, 65_535, 0, 1))
    expect(got).toEqual([65_534, 65_535, 0, 1])
    expect(receiver).toMatchObject({ packets: 4, lost: 0, reordered: 0, highestSequence: 65_537 })
  })

  it('VID-PAIN-10 puts late packets in their place, also over the wrap', () => {
    const { got, receiver } = receive(run(65_533, 65_535, 65_534, 1, 2, 0, 3))
    expect(got).toEqual([65_533, 65_534, 65_535, 0, 1, 2, 3])
    expect(receiver).toMatchObject({ lost: 0, reordered: 3 })
  })

  it('VID-PAIN-10 gives a gap up when as many wait as may, and tells the loss', () => {
    const { got, losses, receiver } = receive(run(1, 4, 5, 6, 7, 8), { depth: 4 })
    expect(got).toEqual([1, 4, 5, 6, 7, 8])
    expect(losses).toEqual([2])
    expect(receiver.lost).toBe(2)
  })

  it('VID-PAIN-10 gives a gap up after its time', () => {
    const { got, receiver } = receive(run(1, 3, 4), { maxWaitMs: 5 }, 6)
    expect(got).toEqual([1, 3, 4])
    const waiting = receive(run(1, 3), { maxWaitMs: 5 })
    expect(waiting.got).toEqual([1])
    waiting.receiver.poll(100)
    expect(waiting.got).toEqual([1, 3])
    expect(receiver.lost + waiting.receiver.lost).toBe(2)
  })

  it('VID-PAIN-10 counts duplicates and packets that come after their time, and hands neither on', () => {
    const { got, receiver } = receive(run(1, 2, 2, 1, 5, 5, 6, 7, 8, 9, 3), { depth: 4 })
    expect(got).toEqual([1, 2, 5, 6, 7, 8, 9])
    expect(receiver).toMatchObject({ duplicates: 3, late: 1, lost: 2 })
  })

  it('VID-10 waits for nothing where the transport keeps order', () => {
    const { got, losses } = receive(run(1, 2, 5, 6), { depth: 0 })
    expect(got).toEqual([1, 2, 5, 6])
    expect(losses).toEqual([2])
  })

  it('VID-PAIN-07 follows a sender that starts anew under another SSRC, and drops strangers where it may not', () => {
    const packets = [...run(1, 2), packet(900, { ssrc: 8 }), packet(901, { ssrc: 8 })]
    const follow = receive(packets)
    expect(follow.got).toEqual([1, 2, 900, 901])
    expect(follow.receiver).toMatchObject({ ssrc: 8, restarts: 1, lost: 0 })
    const fixed = receive(packets, { ssrc: 7, followSsrc: false })
    expect(fixed.got).toEqual([1, 2])
    expect(fixed.receiver.foreign).toBe(2)
    expect(receive(packets, { ssrc: 8, followSsrc: false }).got).toEqual([900, 901])
  })

  it('VID-PAIN-11 two senders on one port do not take the stream from each other', () => {
    const both = [1, 2, 3, 4].flatMap((n) => [packet(n), packet(n + 70, { ssrc: 8 })])
    const { got, receiver } = receive(both)
    expect(got).toEqual([1, 2, 3, 4])
    expect(receiver).toMatchObject({ ssrc: 7, foreign: 4, restarts: 0 })
  })

  it('VID-10 follows a jump of the sequence forwards at once, backwards after two in order', () => {
    expect(receive(run(1, 2, 20_000, 20_001)).got).toEqual([1, 2, 20_000, 20_001])
    const back = receive(run(20_000, 20_001, 5, 6, 7))
    expect(back.got).toEqual([20_000, 20_001, 6, 7])
    expect(back.receiver.restarts).toBe(1)
  })

  it('VID-10 hands on every packet once, in order, whatever the network shuffles within the depth', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 30, maxLength: 60 }), fc.nat(65_535), (delays, first) => {
        const order = delays.map((delay, i) => ({ i, at: i + delay })).sort((a, b) => a.at - b.at)
        // the first to come sets the beginning
        const sent = [packet(first), ...order.map(({ i }) => packet(first + 1 + i))]
        const { got, receiver } = receive(sent, { depth: 16 })
        receiver.flush()
        expect(got).toEqual(Array.from({ length: delays.length + 1 }, (_, i) => (first + i) & 0xffff))
        expect(receiver.lost).toBe(0)
      }),
    )
  })

  it('VID-24 measures jitter and fraction lost as RFC 3550 has it', () => {
    const steady = Array.from({ length: 50 }, (_, i) => packet(i, { timestamp: i * 900 }))
    expect(receive(steady, {}, 10).receiver.jitter).toBe(0)
    // J += (|D| - J) / 16 with |D| = 90 ticks (1 ms) each time
    const shaken = receive(steady, {}, 11).receiver
    const expected = Array.from({ length: 49 }).reduce<number>((jitter) => jitter + (90 - jitter) / 16, 0)
    expect(shaken.jitter).toBeCloseTo(expected, 6)
    const lossy = receive([...run(0, 1, 2), ...run(4, 5, 6, 7)], { depth: 2 }).receiver
    expect(lossy.report()).toMatchObject({ fractionLost: 32, lost: 1, highestSequence: 7 })
    expect(lossy.report().fractionLost).toBe(0)
  })

  it('VID-10 takes any bytes without throwing, and counts what is no RTP', () => {
    const receiver = new RtpReceiver(() => {}, { depth: 8 })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) =>
        receiver.push(Buffer.from(noise), 0, noise.length, 0),
      ),
    )
    expect(receiver.malformed).toBeGreaterThan(0)
  })
})

describe('RTCP (RFC 3550 §6)', () => {
  it('VID-10 reads a sender report written by hand', () => {
    const sr = hex('80c8 0006 0bebc202 83aa7e80 80000000 00000e10 0000000a 00003e80')
    expect(readRtcp(sr)).toEqual([
      {
        type: 'sender-report',
        ssrc: 200_000_002,
        timeMs: 500,
        rtpTimestamp: 3600,
        packets: 10,
        bytes: 16_000,
        blocks: [],
      },
    ])
  })

  it('VID-10 reads back what it writes, and passes over SDES', () => {
    const block = {
      ssrc: 9,
      fractionLost: 25,
      lost: -3,
      highestSequence: 70_000,
      jitter: 12,
      lastSenderReport: 0x12345678,
      delay: 65_536,
    }
    expect(readRtcp(writeReceiverReport(1, block, 'hengjian'))).toEqual([
      { type: 'receiver-report', ssrc: 1, blocks: [block] },
    ])
    const sender = { ssrc: 2, timeMs: 1_800_000_000_250, rtpTimestamp: 4_000_000_000, packets: 3, bytes: 4 }
    const bye = hex('81cb 0001 00000002')
    expect(readRtcp(Buffer.concat([writeSenderReport(sender, 'x'), bye]))).toEqual([
      { type: 'sender-report', ...sender, blocks: [] },
      { type: 'bye', ssrcs: [2] },
    ])
  })

  it('VID-10 ends on any bytes in an answer or in our own error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(200, 201, 203), (noise, type) => {
        const bytes = Buffer.from(noise)
        if (bytes.length > 3) {
          bytes[0] = 0x80 | (bytes[0]! & 0x1f)
          bytes[1] = type
          bytes.writeUInt16BE(Math.max(0, Math.floor(bytes.length / 4) - 1), 2)
        }
        try {
          readRtcp(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError)
        }
      }),
    )
  })
})
