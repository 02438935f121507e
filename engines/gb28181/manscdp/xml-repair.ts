const LESS_THAN = 0x3c
const GREATER_THAN = 0x3e

/**
 * Takes out of a document what no charset needs and no parser bears (pain 4): NUL and other control bytes, and what
 * stands before the first `<` or after the last `>`. Works on bytes, before any charset is guessed: neither UTF-8 nor
 * GB 18030 uses these values inside a character. The same bytes are returned when nothing is wrong.
 */
export function repairXml(bytes: Uint8Array): Uint8Array {
  const from = bytes.indexOf(LESS_THAN)
  const to = bytes.lastIndexOf(GREATER_THAN)
  if (from < 0) return bytes.subarray(0, 0)
  // A document cut before its first end keeps its tail: what is whole in it is still read.
  const core = bytes.subarray(from, to < from ? bytes.length : to + 1)
  return hasForbidden(core) ? core.filter((byte) => !isForbidden(byte)) : core
}

function hasForbidden(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (isForbidden(bytes[at]!)) return true
  return false
}

function isForbidden(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f
}
