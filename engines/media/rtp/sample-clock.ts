/** Times of 90 kHz out of RTP timestamps that count samples, over their wrap. */
export class SampleClock {
  #last = Number.NaN

  at(timestamp: number, sampleRate: number): number {
    const near = Number.isNaN(this.#last) ? timestamp : this.#last
    const unwrapped = timestamp + Math.round((near - timestamp) / 2 ** 32) * 2 ** 32
    this.#last = unwrapped
    // as PES has them, and never negative
    return ((Math.round((unwrapped * 90_000) / sampleRate) % 2 ** 33) + 2 ** 33) % 2 ** 33
  }
}
