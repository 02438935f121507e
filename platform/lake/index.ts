/**
 * The lake: facts as Parquet files, analysed by DuckDB, apart from the operational tables.
 * What it holds: ids, codes, digests, times. No name, number, mobile or address in clear.
 */
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Database, ScopeSetting, Tx } from '@hengjian/platform/db'
import type { LakeCatalogue } from './catalogue.ts'
import { type Compaction, compactLake } from './compact.ts'
import { compareLake, type LakeComparison } from './compare.ts'
import { type EngineLimits, openEngine } from './engine.ts'
import { followOnce } from './follow.ts'
import { listNewFiles } from './list-files.ts'
import { type AskLake, askOn, type LakeRow } from './query.ts'
import { type RebuildProgress, type RebuiltFact, rebuildLake } from './rebuild.ts'
import { type LakeFault, sweepLake, verifyLake } from './sweep.ts'
import { type LakeBatch, type NewFile, openBatch } from './write-batch.ts'

export {
  LAKE_ZONE,
  type LakeCatalogue,
  type LakeColumn,
  type LakeColumnType,
  type LakeFact,
  lakeColumns,
} from './catalogue.ts'
export { changesBetween, type LakeChange, lakeMark } from './changes.ts'
export type { Compaction } from './compact.ts'
export type { LakeComparison, LakeDifference } from './compare.ts'
export type { EngineLimits } from './engine.ts'
export { FACTS_RECORDED, factsRecorded } from './follow.ts'
export type { AskLake, LakeRow } from './query.ts'
export type { RebuildProgress, RebuiltFact } from './rebuild.ts'
export type { LakeFault } from './sweep.ts'
export type { LakeTimes } from './tables.ts'
export { lakeUpkeep } from './upkeep.ts'
export type { LakeBatch, NewFile } from './write-batch.ts'

/** The lake of one process. */
export interface Lake {
  /** Absolute folder of the files. */
  readonly folder: string
  /** Names of the facts that go into the lake. */
  readonly facts: readonly string[]
  /**
   * Ask under a scope. Facts that the statement mentions are views by their table names, with the columns of the
   * catalogue and `day` (DATE of `occurred_at`); instants are local TIMESTAMP of Asia/Shanghai, digests hex text.
   * The statement must come from the program (compiled indicators, written queries), never from a user.
   * @param parameters positional (`$1`) or named (`$name`)
   * @param signal interrupts the statement; the promise then rejects with the signal's reason
   */
  query(scope: ScopeSetting, ...question: Parameters<AskLake>): Promise<LakeRow[]>
  /**
   * Ask several statements under a scope, over the same files: temporary tables that one makes the next may read, and
   * they end with `work`.
   */
  session<T>(scope: ScopeSetting, work: (ask: AskLake) => Promise<T>): Promise<T>
  /** Start writing rows of a fact that go into PostgreSQL in the same transaction as `register`. */
  batch(fact: string): Promise<LakeBatch>
  /** List written files, in the transaction of their rows. */
  register(tx: Tx, files: readonly NewFile[]): Promise<void>
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
  /**
   * Write the files of `facts` (all when left out) anew from PostgreSQL, while everything runs; goes on where a killed
   * one stood. @throws LockHeldError while another rebuild runs
   */
  rebuild(options?: {
    facts?: readonly string[]
    /** Rows rewritten in one transaction, at least a month; default 250,000. */
    portionRows?: number
    onProgress?: (progress: RebuildProgress) => void
  }): Promise<RebuiltFact[]>
  /** Counts and sums by month against PostgreSQL, for `facts` (all when left out). A file that is missing makes it fail. */
  compare(options?: {
    facts?: readonly string[]
    onFact?: (fact: string, done: number, total: number) => void
  }): Promise<LakeComparison>
  close(): void
}

/** Open the lake in `folder`. `catalogue` says which facts there are; the platform imports no module. */
export async function createLake(options: {
  folder: string
  catalogue: LakeCatalogue
  database: Database
  limits?: EngineLimits
  /** For tests: called by `follow` and `rebuild` between writing files and listing them. */
  beforeListing?: () => Promise<void>
}): Promise<Lake> {
  const { catalogue, database } = options
  const folder = resolve(options.folder)
  await mkdir(folder, { recursive: true })
  const engine = await openEngine(folder, options.limits)
  const hook = options.beforeListing ? { beforeListing: options.beforeListing } : {}
  const parts = { engine, folder, catalogue, database, ...hook }
  const scoped = Object.values(catalogue).flatMap((fact) => (fact.scoped ? [fact.name] : []))
  const session: Lake['session'] = (scope, work) =>
    engine.connected((connection) => work(askOn(connection, { folder, catalogue, scope, database })))
  return {
    folder,
    facts: scoped,
    query: (scope, ...question) => session(scope, (ask) => ask(...question)),
    session,
    batch(name) {
      const fact = catalogue[name]
      if (!fact?.scoped) throw new Error(`"${name}" is no fact of the lake`)
      return openBatch(engine, folder, fact)
    },
    register: listNewFiles,
    async follow() {
      let all = 0
      for (;;) {
        const { taken, full } = await followOnce(parts)
        all += taken
        // What came meanwhile waits for the next call: a look for every few events writes a file for every few rows.
        if (!full) return all
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
    rebuild: (request = {}) => rebuildLake({ ...parts, ...request, facts: request.facts ?? scoped }),
    compare: (request = {}) => compareLake({ ...parts, ...request, facts: request.facts ?? scoped }),
    close: () => engine.close(),
  }
}
