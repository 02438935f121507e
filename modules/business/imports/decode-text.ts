/** Bytes of a text file as text: UTF-8 with or without byte-order mark, else GB18030. */
import type { Readable } from 'node:stream'

/** As much as is looked at before the encoding is decided. */
const SAMPLE_BYTES = 1 << 16

/** Whether bytes are UTF-8; a character cut off at the end does not count against it. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

/** Decode a stream piece by piece. `count` is told of the bytes of each piece as it is taken. */
export async function* decodeText(
  bytes: Readable,
  count: (bytes: number) => void = () => {},
): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null
  let sample: Buffer[] = []
  let sampled = 0
  for await (const piece of bytes as AsyncIterable<Buffer>) {
    count(piece.length)
    if (decoder) {
      yield decoder.decode(piece, { stream: true })
      continue
    }
    sample.push(piece)
    sampled += piece.length
    if (sampled < SAMPLE_BYTES) continue
    decoder = decoderFor(Buffer.concat(sample))
    yield decoder.decode(Buffer.concat(sample), { stream: true })
    sample = []
  }
  if (!decoder) {
    decoder = decoderFor(Buffer.concat(sample))
    yield decoder.decode(Buffer.concat(sample), { stream: true })
  }
  yield decoder.decode()
}

const decoderFor = (sample: Buffer): TextDecoder => new TextDecoder(isUtf8(sample) ? 'utf-8' : 'gb18030')
