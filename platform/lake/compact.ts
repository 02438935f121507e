/** Compaction: many small files of a month become one, in one transaction; the old ones are deleted an hour later. */
import { scopeOf, systemActor } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'
import { ALL_MONTHS, type LakeCatalogue, lakeColumns, quoted } from './catalogue.ts'
import type { Engine } from './engine.ts'
import { type ListedFile, listFiles, liveFiles, selectFrom } from './list-files.ts'
import { writeFileOf } from './write-batch.ts'

const SYSTEM = scopeOf(systemActor('lake'))
/** One compaction at a time, and none beside a rebuild. */
export const LAKE_REWRITE_LOCK = 4_503_020_002

/** Files of like size are merged once there are this many, so that a big file is not written again for a few rows. */
const LIKE_SIZED = 8

/** What a compaction did. */
export interface Compaction {
  readonly merged: number
  readonly written: number
}

/**
 * Merge files of `facts`. Every version of every row is kept. Does nothing while another process compacts.
 * @param options.atLeast merge whole months that have this many files; left out: files of like size, once they are eight
 */
export async function compactLake(options: {
  engine: Engine
  folder: string
  catalogue: LakeCatalogue
  database: Database
  facts: readonly string[]
  atLeast?: number
}): Promise<Compaction> {
  const { database } = options
  const live = await database.transaction(SYSTEM, (tx) => liveFiles(tx.client, options.facts))
  const atLeast = options.atLeast ?? LIKE_SIZED
  const groups = Map.groupBy(live, (file) => {
    const size = options.atLeast === undefined ? Math.floor(Math.log2(file.rows) / Math.log2(LIKE_SIZED)) : ''
    return `${file.fact}/${monthOf(options.catalogue, file)}/${size}`
  })
  let merged = 0
  let written = 0
  for (const files of groups.values()) {
    if (files.length < atLeast) continue
    if (await mergeFiles(options, files)) {
      merged += files.length
      written += 1
    }
  }
  return { merged, written }
}

/** Standing facts that were once written by month are brought together too. */
const monthOf = (catalogue: LakeCatalogue, file: ListedFile): string =>
  catalogue[file.fact]?.standing ? ALL_MONTHS : file.month

async function mergeFiles(
  options: { engine: Engine; folder: string; catalogue: LakeCatalogue; database: Database },
  files: readonly ListedFile[],
): Promise<boolean> {
  const { fact: name } = files[0]!
  const month = monthOf(options.catalogue, files[0]!)
  const fact = options.catalogue[name]
  if (!fact) return false
  const columns = lakeColumns(fact).map((column) => quoted(column.name))
  return options.database.transaction(SYSTEM, async (tx) => {
    const ids = files.map((file) => file.id)
    const lock = await tx.client.query<{ got: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS got', [
      LAKE_REWRITE_LOCK,
    ])
    if (!lock.rows[0]!.got) return false
    // another process may have merged them since the list was read
    const still = await tx.client.query(
      'SELECT id FROM lake_file WHERE id = ANY($1) AND retired_at IS NULL FOR UPDATE',
      [ids],
    )
    if (still.rowCount !== ids.length) return false
    await tx.client.query('UPDATE lake_file SET retired_at = now() WHERE id = ANY($1)', [ids])
    const file = await options.engine.connected((connection) =>
      writeFileOf(
        connection,
        options.folder,
        fact,
        month,
        `SELECT ${columns.join(', ')}, day FROM (${selectFrom(options.folder, fact, files)})`,
      ),
    )
    const rows = files.reduce((sum, each) => sum + each.rows, 0)
    if (file?.rows !== rows)
      throw new Error(`lake: merging ${name}/${month} gave ${file?.rows} rows instead of ${rows}`)
    await listFiles(tx, [file])
    return true
  })
}
