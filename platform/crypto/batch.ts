/** What travels between an importer and the threads that encrypt for it. */
import type { Cipher, DigestKind } from './cipher.ts'

/** Columns to encrypt and columns to digest; each an array with one value per row. */
export interface CipherBatch {
  encrypt: readonly (readonly (string | null)[])[]
  digest: readonly { kind: DigestKind; values: readonly (string | null)[] }[]
}

/** Columns in the order of the batch. */
export interface CipherBatchResult {
  encrypt: (Buffer | null)[][]
  digest: (Buffer | null)[][]
}

/** A column as one piece of memory that can be handed from thread to thread without copying. */
export interface PackedColumn {
  bytes: ArrayBuffer
  /** Length of each value, -1 for null. */
  lengths: Int32Array<ArrayBuffer>
}

/** Encrypts and digests the columns of a batch. */
export function computeBatch(cipher: Cipher, batch: CipherBatch): CipherBatchResult {
  return {
    encrypt: batch.encrypt.map((values) => values.map((value) => cipher.encrypt(value))),
    digest: batch.digest.map(({ kind, values }) => values.map((value) => cipher.digest(kind, value))),
  }
}

/** A column laid end to end. */
export function packColumn(values: readonly (Buffer | null)[]): PackedColumn {
  const lengths = Int32Array.from(values, (value) => value?.length ?? -1)
  const bytes = new ArrayBuffer(values.reduce((sum, value) => sum + (value?.length ?? 0), 0))
  const whole = Buffer.from(bytes)
  let at = 0
  for (const value of values) at += value?.copy(whole, at) ?? 0
  return { bytes, lengths }
}

/** The values of a packed column, as views of its memory: keeping one keeps all. */
export function unpackColumn({ bytes, lengths }: PackedColumn): (Buffer | null)[] {
  let at = 0
  return Array.from(lengths, (length) => {
    if (length < 0) return null
    at += length
    return Buffer.from(bytes, at - length, length)
  })
}
