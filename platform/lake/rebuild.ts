/**
 * Writing the lake anew from PostgreSQL, where its files were lost or damaged, while everything runs. A fact is taken in
 * portions of whole months, a standing fact as a whole. One transaction of a portion reads the rows, lists the new files and retires those they
 * replace: readers see a month as it was or as it is now. What is done is noted beside the files, so that a rebuild that
 * was killed goes on there; a portion done twice changes nothing.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { scopeOf, systemActor } from '@hengjian/platform/context'
import type { Database, Tx } from '@hengjian/platform/db'
import { holdCursor } from '@hengjian/platform/outbox'
import { acquireLock } from '@hengjian/platform/process'
import { to as copyTo } from 'pg-copy-streams'
import { LAKE_ZONE, type LakeCatalogue, type LakeFact, lakeColumns, quoted } from './catalogue.ts'
import { LAKE_REWRITE_LOCK } from './compact.ts'
import type { Engine } from './engine.ts'
import { FOLLOWER } from './follow.ts'
import { listFiles } from './list-files.ts'
import { waitingIds } from './waiting.ts'
import { openBatch } from './write-batch.ts'

const SYSTEM = scopeOf(systemActor('lake'))
/** Rows of a portion; a month that has more is a portion of its own. */
const PORTION_ROWS = 250_000

/** How far a rebuild is, after each portion. */
export interface RebuildProgress {
  readonly fact: string
  /** Rows done and rows to do, of all facts asked for. */
  readonly done: number
  readonly total: number
}

/** What a rebuild wrote of a fact; `resumed` portions had been written before a kill. */
export interface RebuiltFact {
  readonly fact: string
  readonly rows: number
  readonly files: number
  readonly portions: number
  readonly resumed: number
}

export interface RebuildOptions {
  readonly engine: Engine
  readonly folder: string
  readonly catalogue: LakeCatalogue
  readonly database: Database
  readonly facts: readonly string[]
  readonly portionRows?: number
  readonly onProgress?: (progress: RebuildProgress) => void
  /** Called between the writing of a portion's files and their listing; tests kill the process here. */
  readonly beforeListing?: () => Promise<void>
}

/** Months from `from` (inclusive) to `to` (exclusive); null = without end. */
interface Portion {
  readonly fact: LakeFact
  readonly from: string | null
  readonly to: string | null
  readonly rows: number
}

/**
 * Write the files of `facts` anew. Rows that the follower has still to bring are left to it: until its next round they
 * are missing, or show their former version where it lies in a month not yet rebuilt.
 * @throws LockHeldError when another rebuild runs
 */
export async function rebuildLake(options: RebuildOptions): Promise<RebuiltFact[]> {
  const { folder, catalogue, facts } = options
  const lock = await acquireLock(join(folder, '.tmp', 'rebuild.lock'))
  try {
    const portions: Portion[] = []
    for (const name of facts) portions.push(...(await portionsOf(options, catalogue[name]!)))
    const notes = await openNotes(folder)
    const total = portions.reduce((sum, { rows }) => sum + rows, 0)
    const outcome = new Map<string, RebuiltFact>()
    let done = 0
    for (const portion of portions) {
      const { name } = portion.fact
      const before = notes.isDone(portion)
      const { rows, files } = before ? { rows: 0, files: 0 } : await rebuildPortion(options, portion)
      await notes.add(portion)
      done += portion.rows
      const so = outcome.get(name) ?? { fact: name, rows: 0, files: 0, portions: 0, resumed: 0 }
      outcome.set(name, {
        fact: name,
        rows: so.rows + rows,
        files: so.files + files,
        portions: so.portions + 1,
        resumed: so.resumed + Number(before),
      })
      options.onProgress?.({ fact: name, done, total })
    }
    await notes.clear()
    return [...outcome.values()]
  } finally {
    lock.release()
  }
}

/** Consecutive months taken together up to `portionRows`; the first and the last reach to the ends of time. */
async function portionsOf({ database, portionRows }: RebuildOptions, fact: LakeFact): Promise<Portion[]> {
  const limit = fact.standing ? Number.POSITIVE_INFINITY : (portionRows ?? PORTION_ROWS)
  const months = await database.transaction(SYSTEM, async ({ client }) => {
    await client.query('SET LOCAL statement_timeout = 0')
    const { rows } = await client.query<{ month: string; n: number }>(
      `SELECT to_char(occurred_at AT TIME ZONE '${LAKE_ZONE}', 'YYYY-MM') AS month, count(*)::int AS n
         FROM ${quoted(fact.name)} GROUP BY 1 ORDER BY 1`,
    )
    return rows
  })
  const portions: { fact: LakeFact; from: string | null; to: string | null; rows: number }[] = [
    { fact, from: null, to: null, rows: 0 },
  ]
  for (const { month, n } of months) {
    const last = portions.at(-1)!
    if (last.rows > 0 && last.rows + n > limit) {
      last.to = month
      portions.push({ fact, from: month, to: null, rows: n })
    } else last.rows += n
  }
  return portions
}

async function rebuildPortion(
  options: RebuildOptions,
  portion: Portion,
): Promise<{ rows: number; files: number }> {
  const { database } = options
  // Neither compaction nor the follower may change the list beside us. Their locks are taken before the snapshot in
  // which we read: what they did is in it, what they do afterwards comes on top of it.
  return database.transaction(SYSTEM, async (guard) => {
    await guard.client.query('SELECT pg_advisory_xact_lock($1)', [LAKE_REWRITE_LOCK])
    await holdCursor(guard, FOLLOWER)
    return database.transaction(SYSTEM, (tx) => writePortion(options, tx, portion), { snapshot: true })
  })
}

async function writePortion(
  { engine, folder, beforeListing }: RebuildOptions,
  tx: Tx,
  { fact, from, to }: Portion,
): Promise<{ rows: number; files: number }> {
  const { client } = tx
  await client.query('SET LOCAL statement_timeout = 0')
  const waiting = await waitingIds(client, fact.name)
  const batch = await openBatch(engine, folder, fact)
  try {
    const columns = lakeColumns(fact).map((column) => quoted(column.name))
    const conditions = [
      from && `occurred_at >= timestamp '${from}-01' AT TIME ZONE '${LAKE_ZONE}'`,
      to && `occurred_at < timestamp '${to}-01' AT TIME ZONE '${LAKE_ZONE}'`,
      waiting.length > 0 && `id <> ALL ('{${waiting.join(',')}}'::uuid[])`,
    ].filter(Boolean)
    await tx.copying(async () => {
      const copy = client.query(
        copyTo(
          `COPY (SELECT ${columns.join(', ')} FROM ${quoted(fact.name)}
                  WHERE ${conditions.join(' AND ') || 'true'}) TO STDOUT (FORMAT csv)`,
        ),
      )
      for await (const piece of copy) await batch.append(piece as Buffer)
    })
    const files = (await batch.finish()).map(({ times: _times, ...file }) => file)
    await beforeListing?.()
    await client.query(
      `UPDATE lake_file SET retired_at = now()
        WHERE fact = $1 AND retired_at IS NULL AND ($2::text IS NULL OR month >= $2) AND ($3::text IS NULL OR month < $3)`,
      [fact.name, from, to],
    )
    await listFiles(tx, files)
    return { rows: files.reduce((sum, file) => sum + file.rows, 0), files: files.length }
  } finally {
    await batch.discard()
  }
}

/** Portions that are done, in a file that a finished rebuild takes away, and the sweep one that was given up. */
async function openNotes(folder: string) {
  const path = join(folder, '.tmp', 'rebuild.json')
  await mkdir(join(folder, '.tmp'), { recursive: true })
  const keyOf = ({ fact, from, to }: Portion) => `${fact.name} ${from ?? ''}..${to ?? ''}`
  const done = new Set<string>(
    await readFile(path, 'utf8').then(
      (text) => JSON.parse(text) as string[],
      () => [],
    ),
  )
  return {
    isDone: (portion: Portion) => done.has(keyOf(portion)),
    async add(portion: Portion) {
      done.add(keyOf(portion))
      await writeFile(`${path}.new`, JSON.stringify([...done]))
      await rename(`${path}.new`, path)
    },
    clear: () => rm(path, { force: true }),
  }
}
