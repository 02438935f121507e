/**
 * The follower: turns the outbox's 'facts.recorded' into lake files, each version of a fact exactly once. Files are
 * written first; then one transaction lists them and moves the cursor. Killed in between, the files stay unlisted.
 */
import { scopeOf, systemActor } from '@hengjian/platform/context'
import type { Database, Tx } from '@hengjian/platform/db'
import { type OutboxEvent, readOutbox } from '@hengjian/platform/outbox'
import { to as copyTo } from 'pg-copy-streams'
import { z } from 'zod'
import { type LakeCatalogue, type LakeFact, lakeColumns, quoted } from './catalogue.ts'
import type { Engine } from './engine.ts'
import { listNewFiles } from './list-files.ts'
import { type NewFile, openBatch } from './write-batch.ts'

/** Kind of the event that says: these versions of these facts were written. */
export const FACTS_RECORDED = 'facts.recorded'
/** Name of the lake's cursor in the outbox. */
export const FOLLOWER = 'lake'
/** Events taken at a time. */
const EVENTS = 5_000

/** Payload of 'facts.recorded': by fact the rows written, each with its version; a changed row with its new one. */
export const factsRecorded = z.object({
  facts: z.record(z.string(), z.array(z.tuple([z.uuid(), z.int().positive()]))),
})

interface FollowOptions {
  engine: Engine
  folder: string
  catalogue: LakeCatalogue
  database: Database
  /** Called between the writing of the files and their listing; tests kill the process here. */
  beforeListing?: () => Promise<void>
}

const SYSTEM = scopeOf(systemActor('lake'))

/** Take one portion of events; takes none while another process is following. */
export async function followOnce(options: FollowOptions): Promise<{ taken: number; full: boolean }> {
  return options.database.transaction(SYSTEM, async (tx) => {
    const portion = await readOutbox(tx, { follower: FOLLOWER, kinds: [FACTS_RECORDED], limit: EVENTS })
    const { taken, full } = portion
    if (portion.events.length === 0) {
      await portion.advance()
      return { taken, full }
    }
    const files: NewFile[] = []
    for (const [name, versions] of versionsByFact(portion.events)) {
      const fact = options.catalogue[name]
      if (!fact?.scoped)
        throw new Error(`'${FACTS_RECORDED}' names "${name}", which is no fact of the catalogue`)
      files.push(...(await writeVersions(options, tx, fact, versions)))
    }
    await options.beforeListing?.()
    await listNewFiles(tx, files)
    await portion.advance()
    return { taken, full }
  })
}

/** The newest announced version of each fact row. Earlier ones of the same portion were never read by anyone. */
function versionsByFact(events: readonly OutboxEvent[]): Map<string, Map<string, number>> {
  const byFact = new Map<string, Map<string, number>>()
  for (const event of events) {
    for (const [fact, rows] of Object.entries(factsRecorded.parse(event.payload).facts)) {
      const versions = byFact.get(fact) ?? new Map<string, number>()
      for (const [id, version] of rows) versions.set(id, Math.max(version, versions.get(id) ?? 0))
      byFact.set(fact, versions)
    }
  }
  return byFact
}

/**
 * Copy exactly these versions out of PostgreSQL. A row that has a later version by now is left out: the event of that
 * later version follows, and writing it twice would double it.
 */
async function writeVersions(
  options: FollowOptions,
  tx: Tx,
  fact: LakeFact,
  versions: ReadonlyMap<string, number>,
): Promise<NewFile[]> {
  const columns = lakeColumns(fact).map((column) => `f.${quoted(column.name)}`)
  const ids = `'{${[...versions.keys()].join(',')}}'::uuid[]`
  const numbers = `'{${[...versions.values()].join(',')}}'::int[]`
  const batch = await openBatch(options.engine, options.folder, fact)
  try {
    await tx.copying(async (client) => {
      const copy = client.query(
        copyTo(
          `COPY (SELECT ${columns.join(', ')} FROM unnest(${ids}, ${numbers}) AS e(id, version)
             JOIN ${quoted(fact.name)} f ON f.id = e.id AND f.version = e.version) TO STDOUT (FORMAT csv)`,
        ),
      )
      for await (const piece of copy) await batch.append(piece as Buffer)
    })
    return await batch.finish()
  } finally {
    await batch.discard()
  }
}
