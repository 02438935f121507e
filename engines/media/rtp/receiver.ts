import { isRtcp, RtpHeader, readRtpHeader } from './header.ts'

/**
 * Receives the packets of one source in order.
 *
 * @param header valid until the call returns
 * @param bytes the packet; payload at `header.payloadStart..payloadEnd`, readable until the call returns
 * @param lost packets missing immediately before this one
 */
export type RtpSink = (header: RtpHeader, bytes: Buffer, lost: number) => void

export interface RtpReceiverOptions {
  /** Packets that may wait for a missing one; 0 where the transport keeps order (TCP). Rounded up to a power of two. */
  readonly depth?: number
  /** Longest time a packet waits for a missing one, milliseconds. */
  readonly maxWaitMs?: number
  /** Ticks a second of the RTP timestamp, for the jitter. */
  readonly clockRate?: number
  /** The SSRC agreed on; without it the first packet's is taken. */
  readonly ssrc?: number
  /** Whether another SSRC takes over (a device that restarts its stream) or is counted and dropped. */
  readonly followSsrc?: boolean
}

/** A sequence this far ahead is a restarted sender, not a loss (RFC 3550 A.1 MAX_DROPOUT). */
const MAX_DROPOUT = 3000
/** A sequence this far behind is a restarted sender, not a late packet (RFC 3550 A.1 MAX_MISORDER is 100; UDP of field devices needs more). */
const MAX_MISORDER = 512
/** Sequences remembered to tell a duplicate from a late packet. */
const REMEMBERED = 1024

/**
 * Orders the RTP packets of one source and keeps its accounts (RFC 3550 §6.4.1, A.1, A.3, A.8). A packet in its place
 * is handed on without being copied; one that came early is copied and waits, until the gap is filled, `depth` packets
 * wait, or it has waited `maxWaitMs` by the arrival times it is told.
 */
export class RtpReceiver {
  readonly #sink: RtpSink
  readonly #slots: (Buffer | undefined)[]
  readonly #mask: number
  readonly #maxWaitMs: number
  readonly #ticksPerMs: number
  readonly #follow: boolean
  readonly #wantedSsrc: number
  readonly #header = new RtpHeader()
  readonly #recent = new Int32Array(REMEMBERED).fill(-1)
  #started = false
  #next = 0
  #waiting = 0
  #waitingSince = 0
  #restart = -1
  /** First packet of another SSRC. */
  #rival: Buffer | undefined
  #transit = Number.NaN
  #cycles = 0
  #first = 0
  #reported = { expected: 0, received: 0 }

  /** SSRC being received, -1 before the first packet. */
  ssrc = -1
  packets = 0
  bytes = 0
  /** Packets that never came, or came after their place had been given up. */
  lost = 0
  duplicates = 0
  /** Packets that came after their place had been given up. */
  late = 0
  /** Packets that came early and had to wait. */
  reordered = 0
  /** Packets of another SSRC that were dropped. */
  foreign = 0
  /** What was neither RTP nor RTCP. */
  malformed = 0
  /** Changes of SSRC and jumps of the sequence that were followed. */
  restarts = 0
  /** Interarrival jitter, ticks of the RTP clock (RFC 3550 A.8). */
  jitter = 0

  constructor(sink: RtpSink, options: RtpReceiverOptions = {}) {
    const { depth = 64, maxWaitMs = 200, clockRate = 90_000, ssrc = -1, followSsrc = true } = options
    const size = depth === 0 ? 0 : 2 ** Math.ceil(Math.log2(Math.min(Math.max(depth, 2), MAX_MISORDER)))
    this.#sink = sink
    this.#slots = Array.from({ length: size }, () => undefined)
    this.#mask = size - 1
    this.#maxWaitMs = maxWaitMs
    this.#ticksPerMs = clockRate / 1000
    this.#wantedSsrc = ssrc
    this.#follow = followSsrc
  }

  /**
   * Takes the packet `bytes[start..end)`.
   *
   * @param arrivalMs when it came, milliseconds of any steady clock
   */
  push(bytes: Buffer, start: number, end: number, arrivalMs: number): void {
    const header = this.#header
    if (isRtcp(bytes, start, end)) return
    if (!readRtpHeader(bytes, start, end, header)) {
      this.malformed += 1
      return
    }
    if (header.ssrc !== this.ssrc && !this.#admit(bytes, start, end)) return
    this.#rival = undefined
    this.packets += 1
    this.bytes += end - start
    this.#measureJitter(header.timestamp, arrivalMs)
    const ahead = (header.sequence - this.#next) & 0xffff
    if (ahead === 0) {
      this.#deliver(bytes, 0)
      if (this.#waiting > 0) this.#drain()
    } else if (ahead < 0x8000) this.#takeEarly(bytes, start, end, ahead, arrivalMs)
    else this.#takeLate(bytes, 0x10000 - ahead)
    if (this.#waiting > 0 && arrivalMs - this.#waitingSince > this.#maxWaitMs) this.#giveUpGap(arrivalMs)
  }

  /** For a caller with a timer: gives up gaps that have been open too long although no packet comes. */
  poll(nowMs: number): void {
    if (this.#waiting > 0 && nowMs - this.#waitingSince > this.#maxWaitMs) this.#giveUpGap(nowMs)
  }

  /** Hands on all that waits, for the end of the stream. */
  flush(): void {
    while (this.#waiting > 0) this.#giveUpGap(0)
  }

  /** Extended highest sequence number received (RFC 3550 §6.4.1). */
  get highestSequence(): number {
    return this.#cycles + ((this.#next - 1) & 0xffff)
  }

  /** Report block for the interval since the last call (RFC 3550 A.3). */
  report(): { fractionLost: number; lost: number; highestSequence: number; jitter: number } {
    const expected = this.#started ? this.highestSequence - this.#first + 1 : 0
    const wanted = expected - this.#reported.expected
    const missing = wanted - (this.packets - this.#reported.received)
    this.#reported = { expected, received: this.packets }
    return {
      fractionLost: wanted > 0 && missing > 0 ? Math.floor((missing * 256) / wanted) : 0,
      lost: this.lost,
      highestSequence: this.highestSequence,
      jitter: Math.round(this.jitter),
    }
  }

  /**
   * A packet of another SSRC than the last. It takes over, where that is allowed, with its second packet in a row: two
   * senders on one port do not take the stream from each other.
   */
  #admit(bytes: Buffer, start: number, end: number): boolean {
    const header = this.#header
    const expected = this.#wantedSsrc >= 0 ? this.#wantedSsrc : header.ssrc
    if (!this.#started && (header.ssrc === expected || this.#follow)) {
      this.#begin(header)
      return true
    }
    const rival = this.#rival
    const follows = rival && rival.readUInt32BE(8) === header.ssrc && isNext(rival, header.sequence)
    if (this.#follow && follows) {
      this.#takeOver(rival)
      readRtpHeader(bytes, start, end, header)
      return true
    }
    this.foreign += 1
    if (this.#follow) this.#rival = Buffer.from(bytes.subarray(start, end))
    return false
  }

  #takeOver(rival: Buffer): void {
    this.flush()
    this.restarts += 1
    this.foreign -= 1
    readRtpHeader(rival, 0, rival.length, this.#header)
    this.#begin(this.#header)
    this.packets += 1
    this.bytes += rival.length
    this.#deliver(rival, 0)
  }

  #begin(header: RtpHeader): void {
    this.#started = true
    this.#rival = undefined
    this.ssrc = header.ssrc
    this.#next = header.sequence
    this.#first = header.sequence
    this.#cycles = 0
    this.#restart = -1
    this.#transit = Number.NaN
    this.#recent.fill(-1)
    this.#reported = { expected: 0, received: this.packets }
  }

  /** The header in `#header` is the next in order. */
  #deliver(bytes: Buffer, lost: number): void {
    const header = this.#header
    this.#recent[header.sequence & (REMEMBERED - 1)] = header.sequence
    this.#next = (header.sequence + 1) & 0xffff
    if (this.#next === 0) this.#cycles += 0x10000
    this.#restart = -1
    this.#sink(header, bytes, lost)
  }

  #takeEarly(bytes: Buffer, start: number, end: number, ahead: number, arrivalMs: number): void {
    const { sequence } = this.#header
    if (ahead > MAX_DROPOUT) {
      this.flush()
      readRtpHeader(bytes, start, end, this.#header)
      this.#jump(bytes)
    } else if (this.#slots.length === 0) {
      this.#skip(ahead)
      this.#deliver(bytes, ahead)
    } else {
      while (this.#waiting > 0 && ((sequence - this.#next) & 0xffff) > this.#mask) this.#giveUpGap(arrivalMs)
      this.#wait(bytes, start, end, arrivalMs)
    }
  }

  #wait(bytes: Buffer, start: number, end: number, arrivalMs: number): void {
    // the header of what was handed on meanwhile stands in its place
    readRtpHeader(bytes, start, end, this.#header)
    const { sequence } = this.#header
    const ahead = (sequence - this.#next) & 0xffff
    if (ahead === 0 || ahead > this.#mask) {
      // what waited has been handed on, and nothing can wait for a gap wider than the window
      if (ahead > 0) this.#skip(ahead)
      this.#deliver(bytes, ahead)
      if (this.#waiting > 0) this.#drain()
      return
    }
    const slot = sequence & this.#mask
    if (this.#slots[slot]) {
      this.duplicates += 1
      return
    }
    this.reordered += 1
    this.#slots[slot] = Buffer.from(bytes.subarray(start, end))
    if (this.#waiting === 0) this.#waitingSince = arrivalMs
    this.#waiting += 1
  }

  #takeLate(bytes: Buffer, behind: number): void {
    const { sequence } = this.#header
    if (behind > MAX_MISORDER) {
      // RFC 3550 A.1: two packets in sequence prove that the sender began anew
      if (sequence === this.#restart) this.#jump(bytes)
      else this.#restart = (sequence + 1) & 0xffff
    } else if (this.#recent[sequence & (REMEMBERED - 1)] === sequence) this.duplicates += 1
    else {
      this.late += 1
      this.#recent[sequence & (REMEMBERED - 1)] = sequence
    }
  }

  #jump(bytes: Buffer): void {
    this.restarts += 1
    const { sequence } = this.#header
    this.#first = sequence
    this.#cycles = 0
    this.#recent.fill(-1)
    this.#reported = { expected: 0, received: this.packets - 1 }
    this.#deliver(bytes, 1)
  }

  /** Passes over `count` sequence numbers that did not come. */
  #skip(count: number): void {
    this.lost += count
    if (this.#next + count > 0xffff) this.#cycles += 0x10000
    this.#next = (this.#next + count) & 0xffff
  }

  #drain(): void {
    for (let lost = 0; this.#waiting > 0; lost = 0) {
      const held = this.#slots[this.#next & this.#mask]
      if (!held) return
      this.#handOn(held, lost)
    }
  }

  #giveUpGap(nowMs: number): void {
    let lost = 0
    while (!this.#slots[(this.#next + lost) & this.#mask]) lost += 1
    const held = this.#slots[(this.#next + lost) & this.#mask]!
    this.#skip(lost)
    this.#handOn(held, lost)
    this.#drain()
    this.#waitingSince = nowMs
  }

  #handOn(held: Buffer, lost: number): void {
    this.#slots[this.#next & this.#mask] = undefined
    this.#waiting -= 1
    // it could be read when it came
    readRtpHeader(held, 0, held.length, this.#header)
    this.#deliver(held, lost)
  }

  #measureJitter(timestamp: number, arrivalMs: number): void {
    const transit = arrivalMs * this.#ticksPerMs - timestamp
    const difference = Math.abs(transit - this.#transit)
    // not before the second packet, nor over the wrap of the timestamp
    if (difference < 0x40000000) this.jitter += (difference - this.jitter) / 16
    this.#transit = transit
  }
}

const isNext = (packet: Buffer, sequence: number) => ((packet.readUInt16BE(2) + 1) & 0xffff) === sequence
