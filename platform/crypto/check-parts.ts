/** A value that a check value can cover. Undefined is refused: what was not loaded must not pass as empty. */
export type CheckPart = string | number | boolean | Date | Uint8Array | null

/**
 * Values as bytes, unambiguously: for each its type (one letter), its length (4 bytes big-endian) and its bytes. No
 * two lists of values share an encoding: `['ab', 'c']`, `['a', 'bc']`, `['1']`, `[1]`, `[null]` and `['']` all differ.
 *
 * Dates count to the millisecond. Numbers are encoded as they print.
 * @throws TypeError for undefined, invalid dates and other types
 */
export function encodeParts(parts: readonly CheckPart[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => encodePart(part)))
}

function encodePart(part: CheckPart): [Buffer, Buffer] {
  if (part === null) return frame('n', Buffer.alloc(0))
  if (typeof part === 'string') return frame('s', Buffer.from(part, 'utf8'))
  if (typeof part === 'number') return frame('d', Buffer.from(String(part), 'latin1'))
  if (typeof part === 'boolean') return frame('b', Buffer.of(part ? 1 : 0))
  if (part instanceof Date && !Number.isNaN(part.getTime())) {
    return frame('t', Buffer.from(String(part.getTime()), 'latin1'))
  }
  if (part instanceof Uint8Array) return frame('y', Buffer.from(part))
  throw new TypeError(`a check value cannot cover ${part === undefined ? 'undefined' : String(part)}`)
}

function frame(type: string, bytes: Buffer): [Buffer, Buffer] {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeUInt32BE(bytes.length, 1)
  return [head, bytes]
}
