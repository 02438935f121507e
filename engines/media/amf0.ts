import { MediaError } from './errors.ts'

/** What AMF0 can say, as far as FLV and RTMP need it (AMF0 specification §2). */
export type AmfValue = number | boolean | string | null | undefined | AmfValue[] | { [key: string]: AmfValue }

const NUMBER = 0x00
const BOOLEAN = 0x01
const STRING = 0x02
const OBJECT = 0x03
const NULL = 0x05
const UNDEFINED = 0x06
const ECMA_ARRAY = 0x08
const OBJECT_END = 0x09
const STRICT_ARRAY = 0x0a
const DATE = 0x0b
const LONG_STRING = 0x0c
/** Nesting beyond this is hostile. */
const MAX_DEPTH = 16

/** Writes values one after the other. `arrays` writes objects as ECMA arrays, as `onMetaData` has it. */
export function writeAmf0(values: readonly AmfValue[], { arrays = false } = {}): Buffer {
  return Buffer.concat(values.flatMap((value) => encode(value, arrays)))
}

function encode(value: AmfValue, arrays: boolean): Buffer[] {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9)
    bytes.writeDoubleBE(value, 1)
    return [bytes]
  }
  if (typeof value === 'boolean') return [Buffer.of(BOOLEAN, value ? 1 : 0)]
  if (typeof value === 'string') return encodeString(value)
  if (value === null) return [Buffer.of(NULL)]
  if (value === undefined) return [Buffer.of(UNDEFINED)]
  if (Array.isArray(value)) {
    return [Buffer.of(STRICT_ARRAY), uint32(value.length), ...value.flatMap((item) => encode(item, arrays))]
  }
  const entries = Object.entries(value)
  const opening = arrays ? [Buffer.of(ECMA_ARRAY), uint32(entries.length)] : [Buffer.of(OBJECT)]
  const pairs = entries.flatMap(([key, item]) => [...encodeKey(key), ...encode(item, arrays)])
  return [...opening, ...pairs, Buffer.of(0, 0, OBJECT_END)]
}

function encodeString(value: string): Buffer[] {
  const text = Buffer.from(value)
  if (text.length > 0xffff) return [Buffer.of(LONG_STRING), uint32(text.length), text]
  return [Buffer.of(STRING), ...encodeKey(value)]
}

function encodeKey(key: string): Buffer[] {
  const text = Buffer.from(key)
  return [Buffer.of(text.length >> 8, text.length & 0xff), text]
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Reads all values. @throws MediaError for a type that is not handled, or where the bytes end too early */
export function readAmf0(bytes: Buffer): AmfValue[] {
  const reader = new AmfReader(bytes)
  const values: AmfValue[] = []
  while (!reader.atEnd) values.push(reader.value(0))
  return values
}

class AmfReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  value(depth: number): AmfValue {
    if (depth > MAX_DEPTH) throw new MediaError('malformed', 'AMF0 is nested too deeply', this.#at)
    const type = this.#take(1)[0]!
    switch (type) {
      case NUMBER:
        return this.#take(8).readDoubleBE()
      case BOOLEAN:
        return this.#take(1)[0] !== 0
      case STRING:
        return this.#text(this.#take(2).readUInt16BE())
      case LONG_STRING:
        return this.#text(this.#take(4).readUInt32BE())
      case OBJECT:
        return this.#object(depth)
      case ECMA_ARRAY:
        this.#take(4)
        return this.#object(depth)
      case STRICT_ARRAY:
        return this.#array(depth)
      case DATE:
        return this.#take(10).readDoubleBE()
      case NULL:
        return null
      case UNDEFINED:
        return undefined
      default:
        throw new MediaError('unsupported', `AMF0 type ${type}`, this.#at - 1)
    }
  }

  #object(depth: number): { [key: string]: AmfValue } {
    const entries: [string, AmfValue][] = []
    for (;;) {
      const key = this.#text(this.#take(2).readUInt16BE())
      if (key === '' && this.#bytes[this.#at] === OBJECT_END) {
        this.#at += 1
        return Object.fromEntries(entries)
      }
      entries.push([key, this.value(depth + 1)])
    }
  }

  #array(depth: number): AmfValue[] {
    const count = this.#take(4).readUInt32BE()
    const values: AmfValue[] = []
    for (let i = 0; i < count; i++) values.push(this.value(depth + 1))
    return values
  }

  #text(length: number): string {
    return this.#take(length).toString('utf8')
  }

  #take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new MediaError('malformed', 'AMF0 ends too early', this.#at)
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }
}
