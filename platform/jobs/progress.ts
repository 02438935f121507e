/** Writing how far a job is, not too often, so that progress costs nothing to the job. */
import { scopeOf, systemActor } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'
import { type SQL, sql } from 'drizzle-orm'
import { jobProgress } from './tables.ts'

const SYSTEM = scopeOf(systemActor('jobs'))
const WRITE_EVERY_MS = 500

/** Progress of one attempt of one job. */
export interface ProgressWriter {
  report(done: number, total?: number | null, message?: string): Promise<void>
  /** Last words: done | retrying | failed. */
  finish(state: 'done' | 'retrying' | 'failed', message?: string): Promise<void>
}

/** Open the row of a job; `quiet` jobs get one only when they report or fail. */
export async function openProgress(
  database: Database,
  job: { id: string; name: string; quiet: boolean },
): Promise<ProgressWriter> {
  let done = 0
  let total: number | null = null
  let note: string | null = null
  let writtenAt = Number.NEGATIVE_INFINITY
  let shown = !job.quiet

  const write = (state: string, finishedAt: Date | null) => {
    shown = true
    writtenAt = performance.now()
    const values = { state, done, total, message: note, finishedAt }
    const updatedAt: SQL = sql`now()`
    return database.transaction(SYSTEM, (tx) =>
      tx.db
        .insert(jobProgress)
        .values({ id: job.id, name: job.name, ...values })
        .onConflictDoUpdate({ target: jobProgress.id, set: { ...values, updatedAt } }),
    )
  }

  if (shown) await write('running', null)
  return {
    async report(nowDone, nowTotal, message) {
      done = nowDone
      if (nowTotal !== undefined) total = nowTotal
      if (message !== undefined) note = message
      if (performance.now() - writtenAt >= WRITE_EVERY_MS) await write('running', null)
    },
    async finish(state, message) {
      if (message !== undefined) note = message
      if (shown || state !== 'done') await write(state, state === 'retrying' ? null : new Date())
    },
  }
}
