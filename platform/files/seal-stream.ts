/**
 * Files at rest: SM4-CTR under a key of the file's own, in chunks that each carry a check value, so that a reader gets
 * no byte that was not verified, however long the file.
 *
 * Layout: magic `HJF1` · salt (16) · chunks. A chunk is ciphertext (64 KiB, the last one shorter, perhaps empty) and
 * its tag (16). Keys: HMAC-SM3 of the installation's file key over purpose and salt. One CTR stream over all chunks.
 * Tag: HMAC-SM3 over chunk number (8), whether it is the last (1), ciphertext; cut to 16. A cut or extended file, an
 * exchanged or altered chunk does not verify.
 */
import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto'
import { hmacSm3 } from '@hengjian/sm'

const MAGIC = Buffer.from('HJF1')
const SALT_BYTES = 16
const HEAD_BYTES = MAGIC.length + SALT_BYTES
const CHUNK_BYTES = 65_536
const TAG_BYTES = 16
const FULL_BYTES = CHUNK_BYTES + TAG_BYTES

/** A stored file is damaged, altered, or of another installation. */
export class StoredFileError extends Error {}

function keysOf(fileKey: Buffer, salt: Buffer) {
  const derive = (purpose: string) =>
    hmacSm3(fileKey, Buffer.concat([Buffer.from(`hengjian: file ${purpose} `), salt]))
  return { encryption: derive('encryption').subarray(0, 16), tag: derive('tag') }
}

function tagOf(key: Buffer, number: number, isLast: boolean, ciphertext: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeBigUInt64BE(BigInt(number))
  head[8] = isLast ? 1 : 0
  return hmacSm3(key, Buffer.concat([head, ciphertext])).subarray(0, TAG_BYTES)
}

/** Cut a stream into pieces of exactly `size` bytes; the last is shorter or empty, and marked. */
async function* piecesOf(
  source: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ piece: Buffer; isLast: boolean }> {
  let waiting: Buffer[] = []
  let length = 0
  for await (const part of source) {
    waiting.push(part)
    length += part.length
    if (length <= size) continue
    let whole = Buffer.concat(waiting)
    // the last piece is told apart by what follows it: hold one back
    while (whole.length > size) {
      yield { piece: whole.subarray(0, size), isLast: false }
      whole = whole.subarray(size)
    }
    waiting = [whole]
    length = whole.length
  }
  yield { piece: Buffer.concat(waiting), isLast: true }
}

/** Length of the content that lies sealed in `sealed` bytes. */
export const contentLength = (sealed: number): number => {
  const body = sealed - HEAD_BYTES
  return Math.max(0, body - Math.ceil(body / FULL_BYTES) * TAG_BYTES)
}

/** Encrypt a stream. */
export async function* sealStream(fileKey: Buffer, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT_BYTES)
  const keys = keysOf(fileKey, salt)
  const cipher = createCipheriv('sm4-ctr', keys.encryption, Buffer.alloc(16))
  yield Buffer.concat([MAGIC, salt])
  let number = 0
  for await (const { piece, isLast } of piecesOf(source, CHUNK_BYTES)) {
    const ciphertext = cipher.update(piece)
    yield Buffer.concat([ciphertext, tagOf(keys.tag, number, isLast, ciphertext)])
    number += 1
  }
}

/** Decrypt a stream made by `sealStream`. @throws StoredFileError before any byte that does not verify */
export async function* openStream(fileKey: Buffer, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    yield* openPieces(fileKey, iterator)
  } finally {
    // a reader who stops early, or finds a fault, gives back what the source holds open
    await iterator.return?.()
  }
}

async function* openPieces(fileKey: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  let head = Buffer.alloc(0)
  while (head.length < HEAD_BYTES) {
    const next = await iterator.next()
    if (next.done) throw new StoredFileError('the stored file is too short')
    head = Buffer.concat([head, next.value])
  }
  if (!head.subarray(0, MAGIC.length).equals(MAGIC)) throw new StoredFileError('not a stored file')
  const keys = keysOf(fileKey, head.subarray(MAGIC.length, HEAD_BYTES))
  const decipher = createDecipheriv('sm4-ctr', keys.encryption, Buffer.alloc(16))
  const rest = (async function* () {
    yield head.subarray(HEAD_BYTES)
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  })()
  let number = 0
  for await (const { piece, isLast } of piecesOf(rest, FULL_BYTES)) {
    if (piece.length < TAG_BYTES) throw new StoredFileError('the stored file is cut')
    const ciphertext = piece.subarray(0, -TAG_BYTES)
    if (!timingSafeEqual(piece.subarray(-TAG_BYTES), tagOf(keys.tag, number, isLast, ciphertext)))
      throw new StoredFileError('the stored file was altered, or stored with another key')
    yield decipher.update(ciphertext)
    number += 1
  }
}
