/** Sweeps: files that nobody lists are deleted; files that are listed are checked against their SM3. */

import { access, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { scopeOf, systemActor } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'
import { condenseChanges } from './changes.ts'
import { digestOfFile } from './write-batch.ts'

const SYSTEM = scopeOf(systemActor('lake'))
/** A reader may still hold the list it read, a writer may not have committed yet. */
const GRACE_MS = 3_600_000

/**
 * Delete what is no longer, or never was, listed. Only what is older than an hour goes.
 * @returns how many files were deleted
 */
export async function sweepLake(options: {
  folder: string
  database: Database
  now?: Date
}): Promise<number> {
  const now = options.now ?? new Date()
  const before = new Date(now.getTime() - GRACE_MS)
  const listed = await options.database.transaction(SYSTEM, async (tx) => {
    await tx.client.query('DELETE FROM lake_file WHERE retired_at < $1', [before])
    await condenseChanges(tx.client, now)
    const { rows } = await tx.client.query<{ path: string }>('SELECT path FROM lake_file')
    return new Set(rows.map((row) => row.path))
  })
  let deleted = 0
  const entries = await readdir(options.folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    if (/\/\.tmp\/(spill\/|rebuild\.lock$)/.test(path) || listed.has(path.slice(options.folder.length + 1)))
      continue
    const state = await stat(path).catch(() => null)
    if (!state || state.mtime >= before) continue
    await rm(path, { force: true })
    deleted += 1
  }
  return deleted
}

/** A listed file that is not what was listed. */
export interface LakeFault {
  readonly path: string
  readonly fault: 'missing' | 'altered'
}

/** Read every listed file and compare it with its SM3: imported facts rely on it. */
export async function verifyLake(options: { folder: string; database: Database }): Promise<LakeFault[]> {
  const { rows } = await options.database.transaction(SYSTEM, (tx) =>
    tx.client.query<{ path: string; digest: Buffer }>(
      'SELECT path, digest FROM lake_file WHERE retired_at IS NULL ORDER BY path',
    ),
  )
  const faults: LakeFault[] = []
  for (const { path, digest } of rows) {
    const file = join(options.folder, path)
    const exists = await access(file).then(
      () => true,
      () => false,
    )
    if (!exists) faults.push({ path, fault: 'missing' })
    else if (!digest.equals(await digestOfFile(file))) faults.push({ path, fault: 'altered' })
  }
  return faults
}
