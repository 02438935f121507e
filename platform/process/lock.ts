/**
 * An exclusive lock on a file, held by this process and released by the kernel however the process ends.
 *
 * Node has no `flock(2)`. A pid file would outlive `kill -9` and its number may be given to another process; a
 * listening socket does not reach across network namespaces (two containers on one volume). `flock` belongs to the
 * open file description, so we open the file, let the `flock` program of util-linux lock the descriptor it inherits,
 * and keep ours open: the lock stays until our descriptor closes. Node opens files close-on-exec, so no other child
 * carries the lock on.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** A held lock. `release` may be called more than once. */
export interface FileLock {
  release(): void
}

/** Another process holds the lock. `holder` is what it wrote about itself, usually its process id. */
export class LockHeldError extends Error {
  readonly holder: string
  constructor(file: string, holder: string) {
    super(`${file} is locked by ${holder ? `process ${holder}` : 'another process'}`)
    this.name = 'LockHeldError'
    this.holder = holder
  }
}

/**
 * Takes the exclusive lock on `file`, creating the file where missing, and waits up to `waitMs` (default 0) for it.
 * @throws LockHeldError when another process holds it for the whole of that time
 */
export async function acquireLock(file: string, { waitMs = 0 } = {}): Promise<FileLock> {
  const descriptor = openSync(file, 'a+', 0o600)
  const deadline = Date.now() + waitMs
  try {
    while (!tryLock(descriptor)) {
      if (Date.now() >= deadline) throw new LockHeldError(file, readFileSync(file, 'utf8').trim())
      await delay(100)
    }
    ftruncateSync(descriptor)
    writeSync(descriptor, `${process.pid}\n`)
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  let held = true
  return {
    release() {
      if (held) closeSync(descriptor)
      held = false
    },
  }
}

function tryLock(descriptor: number): boolean {
  const { status, error, stderr } = spawnSync('flock', ['-x', '-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
  })
  if (status === 0) return true
  if (status === 1) return false
  throw new Error(
    `The program flock (package util-linux) could not lock: ${error?.message ?? String(stderr)}`,
  )
}
