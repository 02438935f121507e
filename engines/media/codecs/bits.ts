import { MediaError } from '../errors.ts'

/** Reads the bit strings of parameter sets (H.264 §7.2, §9.1; the same in H.265). */
export class BitReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Next `count` ≤ 32 bits, unsigned. @throws MediaError at the end of the bytes */
  bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) value = value * 2 + this.bit()
    return value
  }

  /** Next bit. @throws MediaError at the end of the bytes */
  bit(): number {
    const byte = this.#bytes[this.#at >> 3]
    if (byte === undefined) throw new MediaError('malformed', 'parameter set ends too early', this.#at >> 3)
    const value = (byte >> (7 - (this.#at & 7))) & 1
    this.#at += 1
    return value
  }

  /** Passes over `count` bits. */
  skip(count: number): void {
    this.#at += count
  }

  /** ue(v): unsigned Exp-Golomb. @throws MediaError for one of more than 32 bits */
  unsigned(): number {
    let zeros = 0
    while (this.bit() === 0) {
      zeros += 1
      if (zeros > 32) throw new MediaError('malformed', 'Exp-Golomb code is too long', this.#at >> 3)
    }
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  /** se(v): signed Exp-Golomb. */
  signed(): number {
    const code = this.unsigned()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}

/** A NAL unit's payload without emulation prevention bytes 00 00 **03** (H.264 §7.4.1, H.265 §7.4.2). */
export function unescapeNal(nal: Uint8Array): Uint8Array {
  const raw = new Uint8Array(nal.length)
  let length = 0
  let zeros = 0
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    raw[length++] = byte
  }
  return raw.subarray(0, length)
}

/** What `read` answers, undefined where the bits end: for parts at the end that many encoders write wrongly. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof MediaError) return undefined
    throw error
  }
}
