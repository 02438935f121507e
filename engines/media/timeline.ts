import { NO_TIME } from './es.ts'

const WRAP_33 = 2 ** 33
const WRAP_32 = 2 ** 32
/** A step of more than this is another timeline, not a pause: 10 s. */
const MAX_STEP = 900_000
/** How far back a time may lie without being a break, where pictures are reordered or sound is stamped in bursts: 1 s. */
const MAX_REORDER = 90_000
/** Assumed between frames across a break: 40 ms. */
const NOMINAL_STEP = 3600
/** Frames in a row whose time stands still before the source of time is given up. */
const STUCK = 3
/** Frames over which a fallback clock is compared with arrival. */
const JUDGED_FRAMES = 50

const PES = 0
const RTP = 1
const ARRIVAL = 2

/** Raw time of one elementary stream and how it lies on the common line. */
class StreamClock {
  /** Added to the unwrapped raw time; NaN before the first. */
  offset = Number.NaN
  /** Last time given. */
  last = Number.NaN
  raw = Number.NaN
}

/**
 * One timeline for video and sound of a source, in 90 kHz ticks from 0, whatever the sender writes: times that wrap
 * (33 bits), jump (a restart, a seek in a playback), stand still, or are missing. Pictures take PES times; where these
 * stand still or are missing RTP's, and where these do too or run at another rate than 90 kHz the time of arrival.
 */
export class Timeline {
  readonly #video = new StreamClock()
  readonly #audio = new StreamClock()
  #source = PES
  #stuck = 0
  #judged = 0
  #judgedRaw = 0
  #judgedArrival = 0
  #audioStep = 0
  /** Latest time given to either stream. */
  #latest = 0
  #firstArrival = Number.NaN

  /** Times of the last picture, valid after `video`. */
  pts = 0
  dts = 0
  /** Breaks that were bridged. */
  breaks = 0

  /**
   * Times one picture; the answer is in `pts` and `dts`.
   *
   * @param pts, dts PES times or `NO_TIME`
   * @param rtp RTP timestamp or `NO_TIME`
   * @param arrivalMs when it came, any steady clock
   */
  video(pts: number, dts: number, rtp: number, arrivalMs: number): void {
    if (Number.isNaN(this.#firstArrival)) this.#firstArrival = arrivalMs
    const base = pts === NO_TIME || dts === NO_TIME ? pts : dts
    let raw = this.#rawOf(base, rtp, arrivalMs)
    if (this.#isUnusable(raw, arrivalMs)) {
      this.#giveUpSource()
      raw = this.#rawOf(base, rtp, arrivalMs)
    }
    const clock = this.#video
    const { last } = clock
    const mayReorder = this.#source === PES && dts === NO_TIME
    const time = raw === NO_TIME ? this.#extrapolate(last) : this.#place(clock, this.#audio, raw, mayReorder)
    // without a DTS the order of coming is the order of decoding
    this.dts = time > last || Number.isNaN(last) ? time : last + 1
    this.pts = base === dts && base !== NO_TIME && this.#source === PES ? this.dts + between(dts, pts) : time
    if (this.pts < this.dts && !mayReorder) this.pts = this.dts
    clock.last = this.dts
    if (this.dts > this.#latest) this.#latest = this.dts
  }

  /**
   * Times some sound.
   *
   * @param pts PES time; where it is `NO_TIME` or stands still the sound follows what came before it
   * @param duration of this sound, ticks; 0 when unknown
   */
  audio(pts: number, duration: number): number {
    const clock = this.#audio
    const { last } = clock
    let time = Number.isNaN(last) ? this.#latest : last + this.#audioStep
    // senders stamp sound in bursts: what is told may lie behind what followed from the length of the sound before it
    if (pts !== NO_TIME && pts !== clock.raw) time = this.#place(clock, this.#video, pts, true)
    if (time < last) time = last
    clock.raw = pts
    clock.last = time
    this.#audioStep = duration
    if (time > this.#latest) this.#latest = time
    return time
  }

  #rawOf(base: number, rtp: number, arrivalMs: number): number {
    if (this.#source === PES) return base
    if (this.#source === RTP) return rtp
    return Math.round((arrivalMs - this.#firstArrival) * 90)
  }

  /** Whether the source of time must be given up: it is silent or stands still, or RTP's rate is not 90 kHz. */
  #isUnusable(raw: number, arrivalMs: number): boolean {
    if (this.#source === ARRIVAL) return false
    this.#stuck = raw === NO_TIME || raw === this.#video.raw ? this.#stuck + 1 : 0
    this.#video.raw = raw
    if (this.#stuck >= STUCK) return true
    return this.#source === RTP && this.#runsWrong(raw, arrivalMs)
  }

  #runsWrong(raw: number, arrivalMs: number): boolean {
    if (this.#judged === 0) {
      this.#judgedRaw = raw
      this.#judgedArrival = arrivalMs
    }
    this.#judged += 1
    if (this.#judged < JUDGED_FRAMES) return false
    this.#judged = 0
    const elapsed = (arrivalMs - this.#judgedArrival) * 90
    const told = (raw - this.#judgedRaw + WRAP_32) % WRAP_32
    return elapsed > 0 && (told < elapsed / 2 || told > elapsed * 2)
  }

  #giveUpSource(): void {
    this.#source += 1
    this.#stuck = 0
    this.#judged = 0
    this.#video.offset = Number.NaN
  }

  #extrapolate(last: number): number {
    return Number.isNaN(last) ? this.#latest : last + NOMINAL_STEP
  }

  /** The raw time on the common line; after a break where the other stream already is, or else right behind the last. */
  #place(clock: StreamClock, other: StreamClock, raw: number, maySwing: boolean): number {
    const wrap = clock === this.#video && this.#source === RTP ? WRAP_32 : WRAP_33
    if (!Number.isNaN(clock.offset)) {
      const expected = clock.last - clock.offset
      const time = raw + Math.round((expected - raw) / wrap) * wrap + clock.offset
      const step = time - clock.last
      if (step <= MAX_STEP && step >= (maySwing ? -MAX_REORDER : -NOMINAL_STEP)) return time
      this.breaks += 1
    }
    const resumed = Number.isNaN(clock.last) ? this.#latest : clock.last + NOMINAL_STEP
    const shared = raw + Math.round((this.#latest - other.offset - raw) / wrap) * wrap + other.offset
    const joins =
      Math.abs(shared - this.#latest) <= MAX_STEP && shared >= resumed - MAX_REORDER && shared >= 0
    clock.offset = (joins ? shared : resumed) - raw
    return joins ? shared : resumed
  }
}

/** From DTS to PTS, over a wrap; 0 where they have nothing to do with each other. */
function between(dts: number, pts: number): number {
  const difference = pts < dts - WRAP_33 / 2 ? pts - dts + WRAP_33 : pts - dts
  return Math.abs(difference) > MAX_STEP ? 0 : difference
}
