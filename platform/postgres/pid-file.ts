/** What PostgreSQL writes into `postmaster.pid`, and who really stands behind it. We only ever read that file. */
import { readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning } from '@hengjian/platform/process'

/** Lines 1–5 and 8 of `postmaster.pid`. */
export interface PidFile {
  pid: number
  port: number
  /** Folder of the Unix socket; empty when there is none. */
  socketDir: string
  /** True once the server accepts connections. */
  ready: boolean
}

/** The pid file of a data directory; undefined when there is none or it is still being written. */
export function readPidFile(dataDirectory: string): PidFile | undefined {
  let lines: string[]
  try {
    lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return {
    pid,
    port: Number(lines[3] ?? 0),
    socketDir: lines[4] ?? '',
    ready: lines[7]?.trim() === 'ready',
  }
}

/**
 * Who carries this process id: the server of this data directory, `none` (dead, or a zombie nobody reaped), `other`
 * (the number went to a stranger, as after a reboot), or `unknown` where the system does not tell.
 * A running PostgreSQL has its data directory as its working directory.
 */
export function whoIs(pid: number, dataDirectory: string): 'server' | 'none' | 'other' | 'unknown' {
  if (!isRunning(pid)) return 'none'
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDirectory) ? 'server' : 'other'
  } catch {
    return isRunning(pid) ? 'unknown' : 'none'
  }
}
