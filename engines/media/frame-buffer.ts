const FIRST_SIZE = 64 * 1024

/** Greatest frame that is taken unless told otherwise: a key frame of 8K has less. */
const MAX_FRAME_BYTES = 4 * 2 ** 20

/** Where the bytes of one frame after the other are collected: grows with the frames, up to a bound, and never shrinks. */
export class FrameBuffer {
  readonly #maxBytes: number
  bytes: Buffer
  /** Bytes of it that are in use; whoever sets it to 0 begins anew. */
  length = 0

  constructor(maxBytes = MAX_FRAME_BYTES) {
    this.#maxBytes = maxBytes
    this.bytes = Buffer.allocUnsafeSlow(Math.min(FIRST_SIZE, maxBytes))
  }

  /** Copies `from[start..end)` behind what is there. @returns false where that is more than the bound: nothing is taken */
  append(from: Buffer, start: number, end: number): boolean {
    const length = this.length + end - start
    if (length > this.bytes.length && !this.#grow(length)) return false
    from.copy(this.bytes, this.length, start, end)
    this.length = length
    return true
  }

  #grow(length: number): boolean {
    if (length > this.#maxBytes) return false
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#maxBytes, Math.max(length, this.bytes.length * 2)))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
    return true
  }
}
