import { MediaError } from '../errors.ts'

/** What a decoder configuration record says of the stream behind it. */
export interface DecoderRecord {
  /** NAL units without start code. */
  readonly parameterSets: readonly Buffer[]
  /** Bytes of the length before each unit: 1, 2 or 4. */
  readonly lengthBytes: number
}

/** Reads avcC (ISO/IEC 14496-15 §5.3.3.1.2). @throws MediaError where it ends too early */
export function readAvcC(record: Buffer): DecoderRecord {
  const reader = new RecordReader(record, 4)
  const lengthBytes = (reader.byte() & 3) + 1
  const sps = reader.units(reader.byte() & 0x1f)
  return { parameterSets: [...sps, ...reader.units(reader.byte())], lengthBytes }
}

/** Reads hvcC (ISO/IEC 14496-15 §8.3.3.1.2). @throws MediaError where it ends too early */
export function readHvcC(record: Buffer): DecoderRecord {
  const reader = new RecordReader(record, 21)
  const lengthBytes = (reader.byte() & 3) + 1
  const parameterSets: Buffer[] = []
  for (let arrays = reader.byte(); arrays > 0; arrays--) {
    reader.byte()
    parameterSets.push(...reader.units(reader.byte() * 256 + reader.byte()))
  }
  return { parameterSets, lengthBytes }
}

class RecordReader {
  readonly #record: Buffer
  #at: number

  constructor(record: Buffer, at: number) {
    this.#record = record
    this.#at = at
  }

  byte(): number {
    const byte = this.#record[this.#at]
    if (byte === undefined) throw new MediaError('malformed', 'decoder record ends too early', this.#at)
    this.#at += 1
    return byte
  }

  /** So many units, each behind two bytes of length. */
  units(count: number): Buffer[] {
    const units: Buffer[] = []
    for (let i = 0; i < count; i++) {
      const end = this.#at + 2 + this.byte() * 256 + this.byte()
      if (end > this.#record.length)
        throw new MediaError('malformed', 'decoder record ends too early', this.#at)
      units.push(this.#record.subarray(this.#at, end))
      this.#at = end
    }
    return units
  }
}
