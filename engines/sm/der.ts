import { SmError } from './errors.ts'

/*
 * The three DER types (ITU-T X.690 §8, §10) that SM2 signatures and ciphertexts are made of. Reading is strict: one
 * encoding per value, no bytes left over, so that a signature cannot be rewritten into another valid form.
 */

const INTEGER = 0x02
const OCTET_STRING = 0x04
const SEQUENCE = 0x30

/** DER SEQUENCE of ready-made elements. */
export function derSequence(...elements: Uint8Array[]): Buffer {
  return derElement(SEQUENCE, Buffer.concat(elements))
}

/** DER INTEGER of an unsigned big-endian number of any length. */
export function derInteger(unsigned: Uint8Array): Buffer {
  let start = 0
  while (start < unsigned.length - 1 && unsigned[start] === 0) start += 1
  const digits = unsigned.subarray(start)
  const negativeLooking = (digits[0] ?? 0) >= 0x80
  return derElement(INTEGER, negativeLooking ? Buffer.concat([Buffer.of(0), digits]) : digits)
}

/** DER OCTET STRING. */
export function derOctetString(bytes: Uint8Array): Buffer {
  return derElement(OCTET_STRING, bytes)
}

function derElement(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag), derLength(content.length), content])
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  const digits = bytes.subarray(bytes.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.of(0x80 | digits.length), digits])
}

/** Reads elements one after the other; every method throws SmError `malformed` where the bytes are not strict DER. */
export class DerReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** A reader over the content of the next SEQUENCE. */
  sequence(): DerReader {
    return new DerReader(this.#element(SEQUENCE))
  }

  /** The next INTEGER, which must not be negative, as exactly `length` bytes. */
  unsigned(length: number): Buffer {
    const content = this.#element(INTEGER)
    const first = content[0]
    const second = content[1]
    if (first === undefined || first >= 0x80) throw malformed('a non-negative INTEGER was expected')
    if (first === 0 && second !== undefined && second < 0x80) throw malformed('INTEGER is not minimal')
    const digits = first === 0 ? content.subarray(1) : content
    if (digits.length > length) throw malformed(`INTEGER is longer than ${length} bytes`)
    return Buffer.concat([Buffer.alloc(length - digits.length), digits])
  }

  /** The content of the next OCTET STRING. */
  octetString(): Buffer {
    return this.#element(OCTET_STRING)
  }

  /** Throws unless everything has been read. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed('bytes left over')
  }

  #element(tag: number): Buffer {
    if (this.#bytes[this.#at] !== tag) throw malformed(`tag ${tag.toString(16)} was expected`)
    this.#at += 1
    const length = this.#length()
    const end = this.#at + length
    if (end > this.#bytes.length) throw malformed('an element is cut short')
    const content = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return content
  }

  #length(): number {
    const first = this.#bytes[this.#at++]
    if (first === undefined) throw malformed('an element is cut short')
    if (first < 0x80) return first
    const count = first & 0x7f
    if (count === 0 || count > 4 || this.#at + count > this.#bytes.length) throw malformed('bad length')
    const length = this.#bytes.readUIntBE(this.#at, count)
    this.#at += count
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw malformed('length is not minimal')
    return length
  }
}

function malformed(reason: string): SmError {
  return new SmError('malformed', `not strict DER: ${reason}`)
}
