/**
 * GB 18030 writer. Node decodes GB 18030 but does not encode it; the table is turned around from the decoder once, when
 * first needed (some 15 ms), so that what is written is read back the same and no table has to be kept.
 */

const DECODER = new TextDecoder('gb18030')
/** First four-byte code of the supplementary planes, 0x90308130, as a linear number. */
const SUPPLEMENTARY = linearOf(0x90, 0x30, 0x81, 0x30)

let table: Uint32Array | undefined

/**
 * Bytes of a text. Every Unicode character has its bytes; an unpaired surrogate, and a few for private use
 * that the edition of 2022 moved, become `?`.
 */
export function encodeGb18030(text: string): Buffer {
  table ??= buildTable()
  const codes = table
  const out = Buffer.allocUnsafe(text.length * 4)
  let at = 0
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) out[at++] = unit
    else {
      const point = text.codePointAt(i)!
      if (point > 0xffff) i += 1
      at = writeCode(out, at, point > 0xffff ? codeOfLinear(SUPPLEMENTARY + point - 0x10000) : codes[point]!)
    }
  }
  return out.subarray(0, at)
}

function writeCode(out: Buffer, at: number, code: number): number {
  if (code > 0xffff) return out.writeUInt32BE(code, at)
  if (code > 0xff) return out.writeUInt16BE(code, at)
  out[at] = code || 0x3f
  return at + 1
}

function linearOf(a: number, b: number, c: number, d: number): number {
  return (((a - 0x81) * 10 + b - 0x30) * 126 + c - 0x81) * 10 + d - 0x30
}

function codeOfLinear(linear: number): number {
  const d = 0x30 + (linear % 10)
  const c = 0x81 + (Math.floor(linear / 10) % 126)
  const b = 0x30 + (Math.floor(linear / 1260) % 10)
  const a = 0x81 + Math.floor(linear / 12600)
  return a * 0x1000000 + b * 0x10000 + c * 0x100 + d
}

/** Code by UTF-16 unit: two-byte codes win over four-byte ones. 0 where there is none. */
function buildTable(): Uint32Array {
  const codes = new Uint32Array(0x10000)
  addFourByteCodes(codes)
  addTwoByteCodes(codes)
  return codes
}

function addTwoByteCodes(codes: Uint32Array): void {
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const char = DECODER.decode(Uint8Array.of(lead, trail))
      if (char.length !== 1 || char === '\ufffd') continue
      const unit = char.charCodeAt(0)
      // The ideographic space has two codes: the first, A1A1, is the usual one.
      if (codes[unit] === 0 || codes[unit]! > 0xffff) codes[unit] = lead * 0x100 + trail
    }
  }
}

/** The Basic Multilingual Plane ends at 0x8431A439. */
function addFourByteCodes(codes: Uint32Array): void {
  const last = linearOf(0x84, 0x31, 0xa4, 0x39)
  const all = Buffer.alloc((last + 1) * 4)
  for (let linear = 0; linear <= last; linear += 1) all.writeUInt32BE(codeOfLinear(linear), linear * 4)
  const text = DECODER.decode(all)
  if (text.length !== last + 1) throw new Error('this Node does not know GB 18030 in full')
  for (let linear = 0; linear <= last; linear += 1) {
    const unit = text.charCodeAt(linear)
    if (unit !== 0xfffd) codes[unit] = codeOfLinear(linear)
  }
  codes[0xfffd] = codeOfLinear(linearOf(0x84, 0x31, 0xa4, 0x37))
}
