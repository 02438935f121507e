/** Thread of a cipher pool: reads the keys itself, so that they travel in no message. */
import { parentPort, workerData } from 'node:worker_threads'
import { type CipherBatch, computeBatch, type PackedColumn, packColumn } from './batch.ts'
import { createCipher } from './cipher.ts'
import { readKeys } from './keys.ts'

/** One batch to do. */
export interface CipherRequest {
  id: number
  batch: CipherBatch
}

/** Its outcome; `fault` is a message for the log. */
export type CipherReply =
  | { id: number; encrypt: PackedColumn[]; digest: PackedColumn[] }
  | { id: number; fault: string }

const port = parentPort!
const cipher = createCipher(readKeys((workerData as { keysFile: string }).keysFile))

port.on('message', ({ id, batch }: CipherRequest) => {
  try {
    const result = computeBatch(cipher, batch)
    const encrypt = result.encrypt.map(packColumn)
    const digest = result.digest.map(packColumn)
    const memory = [...encrypt, ...digest].flatMap((column) => [column.bytes, column.lengths.buffer])
    port.postMessage({ id, encrypt, digest } satisfies CipherReply, memory)
  } catch (error) {
    port.postMessage({
      id,
      fault: error instanceof Error ? error.message : String(error),
    } satisfies CipherReply)
  }
})
