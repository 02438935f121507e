/** Threads that encrypt for importers, so that the event loop stays free for reading files and feeding PostgreSQL. */
import { Worker } from 'node:worker_threads'
import { type CipherBatch, type CipherBatchResult, unpackColumn } from './batch.ts'
import type { CipherReply, CipherRequest } from './cipher.worker.ts'

/** Encrypts and digests batches of columns on its own threads. */
export interface CipherPool {
  /**
   * Works on one batch (1,000 to 10,000 rows suit) on the thread that has least to do. Callers bound what is under way:
   * two batches for each thread keep all of them busy.
   * @throws Error where the batch holds something else than text, the thread died, or the pool is closed
   */
  process(batch: CipherBatch): Promise<CipherBatchResult>
  /** Ends the threads; batches still under way fail. */
  close(): Promise<void>
}

/** A pool over a keys file. Close it, or the process does not end. */
export function createCipherPool(options: { keysFile: string; workers: number }): CipherPool {
  if (!Number.isInteger(options.workers) || options.workers < 1) {
    throw new RangeError(`a cipher pool needs at least one worker, got ${options.workers}`)
  }
  const threads = Array.from({ length: options.workers }, () => startThread(options.keysFile))
  return {
    async process(batch) {
      const alive = threads.filter((thread) => thread.failure === null)
      const idlest = alive.sort((a, b) => a.waiting.size - b.waiting.size)[0]
      if (!idlest) throw new Error('no thread of the cipher pool is left', { cause: threads[0]!.failure })
      return send(idlest, batch)
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.worker.terminate()))
    },
  }
}

interface Waiting {
  resolve(result: CipherBatchResult): void
  reject(error: Error): void
}

interface Thread {
  worker: Worker
  waiting: Map<number, Waiting>
  /** Why it ended; null while it runs. */
  failure: Error | null
  nextId: number
}

function startThread(keysFile: string): Thread {
  const worker = new Worker(new URL('./cipher.worker.ts', import.meta.url), { workerData: { keysFile } })
  const thread: Thread = { worker, waiting: new Map(), failure: null, nextId: 1 }
  worker.on('message', (reply: CipherReply) => settle(thread, reply))
  worker.on('error', (error) => fail(thread, error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', () => fail(thread, new Error('the thread of the cipher pool has ended')))
  return thread
}

function send(thread: Thread, batch: CipherBatch): Promise<CipherBatchResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CipherBatchResult>()
  const id = thread.nextId++
  thread.waiting.set(id, { resolve, reject })
  try {
    thread.worker.postMessage({ id, batch } satisfies CipherRequest)
  } catch (error) {
    thread.waiting.delete(id)
    reject(error as Error)
  }
  return promise
}

function settle(thread: Thread, reply: CipherReply): void {
  const waiting = thread.waiting.get(reply.id)
  thread.waiting.delete(reply.id)
  if ('fault' in reply) waiting?.reject(new Error(`a batch could not be encrypted: ${reply.fault}`))
  else waiting?.resolve({ encrypt: reply.encrypt.map(unpackColumn), digest: reply.digest.map(unpackColumn) })
}

/** The first cause stays: an error is followed by an exit that says less. */
function fail(thread: Thread, cause: Error): void {
  thread.failure ??= cause
  for (const waiting of thread.waiting.values()) waiting.reject(thread.failure)
  thread.waiting.clear()
}
