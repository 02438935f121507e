import { isAscii, isUtf8 } from 'node:buffer'

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: false })
const GB18030 = new TextDecoder('gb18030')

/**
 * Text of bytes whose charset nobody tells truly: valid UTF-8 is UTF-8, all else GB 18030, which contains GB 2312 and
 * GBK (pain 5). Never fails; bytes of neither become U+FFFD.
 */
export function decodeText(bytes: Uint8Array): string {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return isUtf8(bytes) ? UTF8.decode(bytes) : GB18030.decode(bytes)
}

/** Charset a document was found to be in. */
export type Charset = 'utf-8' | 'gb18030'

/** Whether bytes begin with the mark of UTF-8. */
export function hasUtf8Mark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

/**
 * Charset of an XML document. A byte order mark or valid UTF-8 decides, also where characters were cut in the middle or
 * a few bytes are damaged; then GB 18030 always. One exception: a document that declares GB… and whose only characters beyond ASCII would
 * be two-byte UTF-8 (Cyrillic and such) is GB, because two GBK bytes may by chance be one of those, and Chinese never is.
 */
export function charsetOf(bytes: Uint8Array): Charset {
  if (isAscii(bytes)) return 'utf-8'
  if (hasUtf8Mark(bytes)) return 'utf-8'
  const { sequences, long, faults } = countUtf8(bytes)
  // Chinese in GBK makes a hundred faults for each three bytes that happen to be UTF-8.
  if (sequences === 0 || faults * 4 > long) return 'gb18030'
  return long === 0 && declaresGb(bytes) ? 'gb18030' : 'utf-8'
}

function declaresGb(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 120)).toString('latin1')
  return /encoding\s*=\s*["']?gb/i.test(start)
}

interface Utf8Count {
  /** Whole multi-byte sequences. */
  sequences: number
  /** Those of three or four bytes. */
  long: number
  /** Bytes that cannot be UTF-8; a sequence cut off before markup or the end is not counted. */
  faults: number
}

function countUtf8(bytes: Uint8Array): Utf8Count {
  const count: Utf8Count = { sequences: 0, long: 0, faults: 0 }
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!
    if (lead < 0x80) {
      at += 1
      continue
    }
    const length = utf8Length(lead)
    const have = length === 0 ? 0 : presentBytes(bytes, at, length)
    if (length === 0) count.faults += 1
    else if (have === length) {
      count.sequences += 1
      if (length > 2) count.long += 1
    } else if (!endsHere(bytes, at + have)) count.faults += 1
    at += Math.max(have, 1)
  }
  return count
}

function utf8Length(lead: number): 0 | 2 | 3 | 4 {
  if (lead >= 0xc2 && lead <= 0xdf) return 2
  if (lead >= 0xe0 && lead <= 0xef) return 3
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
}

function presentBytes(bytes: Uint8Array, at: number, length: number): number {
  let have = 1
  while (have < length && (bytes[at + have]! & 0xc0) === 0x80) have += 1
  return have
}

/** Where a cut is likely: before markup, at a line's end, at the end of all. */
function endsHere(bytes: Uint8Array, at: number): boolean {
  const next = bytes[at]
  return next === undefined || next === 0x3c || next === 0x0d || next === 0x0a
}

/** Decodes; what was cut becomes U+FFFD. A byte order mark is taken off. */
export function decodeAs(bytes: Uint8Array, charset: Charset): string {
  return (charset === 'utf-8' ? UTF8 : GB18030).decode(bytes)
}
