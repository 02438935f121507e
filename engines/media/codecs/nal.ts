const START_CODE = Buffer.of(0, 0, 1)

/** More NAL units than any picture has; what follows in a hostile frame is dropped. */
const MAX_NALS = 1024

/**
 * Where the NAL units of a byte stream lie (H.264 Annex B, H.265 Annex B). One object serves a whole stream: no
 * allocation for each frame.
 */
export class NalList {
  readonly #starts = new Int32Array(MAX_NALS)
  readonly #ends = new Int32Array(MAX_NALS)
  count = 0

  /** First byte (the NAL header) of unit `index`. */
  start(index: number): number {
    return this.#starts[index]!
  }

  /** End of unit `index`, trailing zero bytes left out. */
  end(index: number): number {
    return this.#ends[index]!
  }

  /** Finds the units of `bytes[start..end)`; bytes before the first start code belong to none. */
  splitAnnexB(bytes: Buffer, start: number, end: number): void {
    this.count = 0
    const view = bytes.subarray(start, end)
    let code = view.indexOf(START_CODE)
    while (code >= 0 && this.count < MAX_NALS) {
      const first = code + 3
      code = view.indexOf(START_CODE, first)
      let last = code < 0 ? view.length : code
      while (last > first && view[last - 1] === 0) last -= 1
      if (last > first) this.#add(start + first, start + last)
    }
  }

  /**
   * Takes the units of a frame whose lengths stand before them. Stops at one that does not fit.
   *
   * @param lengthBytes of each length
   */
  splitLengthPrefixed(bytes: Buffer, start: number, end: number, lengthBytes: number): void {
    this.count = 0
    let at = start
    while (at + lengthBytes <= end && this.count < MAX_NALS) {
      const unit = at + lengthBytes
      const next = unit + bytes.readUIntBE(at, lengthBytes)
      if (next > end) return
      if (next > unit) this.#add(unit, next)
      at = next
    }
  }

  /** Takes the one unit that is `[start..end)`. */
  addUnit(start: number, end: number): void {
    if (this.count < MAX_NALS && end > start) this.#add(start, end)
  }

  clear(): void {
    this.count = 0
  }

  #add(start: number, end: number): void {
    this.#starts[this.count] = start
    this.#ends[this.count] = end
    this.count += 1
  }
}
