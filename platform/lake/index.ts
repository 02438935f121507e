/**
 * The lake: facts as Parquet files, analysed by DuckDB, apart from the operational tables.
 * What it holds: ids, codes, digests, times. No name, number, mobile or address in clear.
 */
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DuckDBValue } from '@duckdb/node-api'
import type { Database, ScopeSetting, Tx } from '@hengjian/platform/db'
import type { LakeCatalogue } from './catalogue.ts'
import { type Compaction, compactLake } from './compact.ts'
import { type EngineLimits, openEngine } from './engine.ts'
import { followOnce } from './follow.ts'
import { listFiles } from './list-files.ts'
import { createViews, type LakeRow, readRows } from './query.ts'
import { type LakeFault, sweepLake, verifyLake } from './sweep.ts'
import { type LakeBatch, openBatch, type WrittenFile } from './write-batch.ts'

export {
  LAKE_ZONE,
  type LakeCatalogue,
  type LakeColumn,
  type LakeColumnType,
  type LakeFact,
  lakeColumns,
} from './catalogue.ts'
export type { Compaction } from './compact.ts'
export type { EngineLimits } from './engine.ts'
export { FACTS_RECORDED, factsRecorded } from './follow.ts'
export type { LakeRow } from './query.ts'
export type { LakeFault } from './sweep.ts'
export { lakeUpkeep } from './upkeep.ts'
export type { LakeBatch, WrittenFile } from './write-batch.ts'

/** The lake of one process. */
export interface Lake {
  /** Absolute folder of the files. */
  readonly folder: string
  /**
   * Ask under a scope. Facts that the statement mentions are views by their table names, with the columns of the
   * catalogue and `day` (DATE of `occurred_at`); instants are local TIMESTAMP of Asia/Shanghai, digests hex text.
   * The statement must come from the program (compiled indicators, written queries), never from a user.
   * @param parameters positional (`$1`) or named (`$name`)
   * @param signal interrupts the statement; the promise then rejects with the signal's reason
   */
  query(
    scope: ScopeSetting,
    sql: string,
    parameters?: readonly DuckDBValue[] | Record<string, DuckDBValue>,
    signal?: AbortSignal,
  ): Promise<LakeRow[]>
  /** Start writing rows of a fact that go into PostgreSQL in the same transaction as `register`. */
  batch(fact: string): Promise<LakeBatch>
  /** List written files, in the transaction of their rows. */
  register(tx: Tx, files: readonly WrittenFile[]): Promise<void>
  /** Take what commands have recorded since the last call. Answers the number of events taken. */
  follow(): Promise<number>
  /**
   * Merge files of `facts` (all when left out): whole months of at least `atLeast` files, or without it files of like
   * size once there are eight.
   */
  compact(options?: { facts?: readonly string[]; atLeast?: number }): Promise<Compaction>
  /** Delete files nobody lists. Answers how many. */
  sweep(now?: Date): Promise<number>
  /** Listed files that are missing or altered. */
  verify(): Promise<LakeFault[]>
  close(): void
}

/** Open the lake in `folder`. `catalogue` says which facts there are; the platform imports no module. */
export async function createLake(options: {
  folder: string
  catalogue: LakeCatalogue
  database: Database
  limits?: EngineLimits
  /** For tests: called by `follow` between writing files and listing them. */
  beforeListing?: () => Promise<void>
}): Promise<Lake> {
  const { catalogue, database } = options
  const folder = resolve(options.folder)
  await mkdir(folder, { recursive: true })
  const engine = await openEngine(folder, options.limits)
  const parts = { engine, folder, catalogue, database }
  return {
    folder,
    query: (scope, sql, parameters, signal) =>
      engine.connected(async (connection) => {
        await database.transaction(
          scope,
          (tx) => createViews(connection, tx.client, { folder, catalogue, scope, sql }),
          { readOnly: true },
        )
        return readRows(connection, sql, parameters, signal)
      }),
    batch(name) {
      const fact = catalogue[name]
      if (!fact?.scoped) throw new Error(`"${name}" is no fact of the lake`)
      return openBatch(engine, folder, fact)
    },
    register: listFiles,
    async follow() {
      let taken = 0
      for (;;) {
        const portion = await followOnce({
          ...parts,
          ...(options.beforeListing ? { beforeListing: options.beforeListing } : {}),
        })
        if (portion === 0) return taken
        taken += portion
      }
    },
    compact: (request = {}) =>
      compactLake({
        ...parts,
        facts: request.facts ?? Object.keys(catalogue),
        ...(request.atLeast === undefined ? {} : { atLeast: request.atLeast }),
      }),
    sweep: (now) => sweepLake({ folder, database, ...(now ? { now } : {}) }),
    verify: () => verifyLake({ folder, database }),
    close: () => engine.close(),
  }
}
