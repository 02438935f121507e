/**
 * Facts in bulk: COPY into a temporary staging table (COPY into a table with row-level security is refused), then
 * INSERT … SELECT … ON CONFLICT DO NOTHING under the job's scope. In the same transaction the batch's new rows are
 * listed in the lake, and one audit record is made. What is there already is left alone: loading twice changes nothing.
 */
import { once } from 'node:events'
import type { Actor, Origin, RequestContext, Services } from '@hengjian/platform/context'
import type { CipherPool } from '@hengjian/platform/crypto'
import { runAs } from '@hengjian/platform/http'
import type { Lake, LakeBatch } from '@hengjian/platform/lake'
import { from as copyFrom } from 'pg-copy-streams'
import { columnsToLoad, type LoadColumn, lineOf } from './csv-lines.ts'
import { type Derivation, deriveColumns, usualDerivation } from './derive-columns.ts'
import {
  type CompleteFact,
  clearValuesOf,
  completeFact,
  type FactInput,
  type FactName,
  sealPersonalValues,
} from './fact-input.ts'

/** Rows of one transaction. */
const BATCH_ROWS = 50_000
/** Rows encoded, and encrypted, at a time. */
const CHUNK_ROWS = 2_500
/** The lake's months of a load are merged when it has left this many files. */
const COMPACT_AT = 4

/** What a batch did. */
export interface LoadedBatch {
  /** Rows that are new. */
  readonly inserted: number
  /** Rows whose source and key were there already. */
  readonly skipped: number
}

export interface LoadOptions<N extends FactName, R extends FactInput<N> = FactInput<N>> {
  readonly services: Services
  readonly lake: Lake
  readonly actor: Actor
  readonly origin: Origin
  readonly fact: N
  /** Source of rows that do not name their own. */
  readonly source: string
  /** Rows in pieces of any size. */
  readonly rows: AsyncIterable<readonly R[]> | Iterable<readonly R[]>
  /** Encrypts personal values on other threads; without it they are encrypted here. */
  readonly cipherPool?: CipherPool
  readonly derivation?: Derivation
  readonly batchRows?: number
  /** Called inside each batch's transaction before it commits, e.g. to keep the position of an import. */
  readonly onBatch?: (ctx: RequestContext, batch: LoadedBatch, lastRow: R) => Promise<void>
}

/** A batch as lines: the rows themselves are let go as soon as they are encoded. */
interface PreparedBatch<R> {
  readonly count: number
  readonly lastRow: R
  readonly lines: readonly Buffer[]
  readonly lake: LakeBatch
}

/** Load all rows. Constant memory: at most two batches of encoded lines are held. Answers the sums. */
export async function loadFacts<N extends FactName, R extends FactInput<N>>(
  options: LoadOptions<N, R>,
): Promise<LoadedBatch> {
  const columns = columnsToLoad(options.fact)
  let inserted = 0
  let skipped = 0
  // While PostgreSQL works on one batch, the next is encoded.
  let committing: Promise<LoadedBatch> | null = null
  const settle = async () => {
    const batch = await committing
    committing = null
    inserted += batch?.inserted ?? 0
    skipped += batch?.skipped ?? 0
  }
  try {
    for await (const prepared of batchesOf(options, columns)) {
      try {
        await settle()
      } catch (error) {
        await prepared.lake.discard()
        throw error
      }
      committing = commitBatch(options, columns, prepared)
      // its failure is met at the next `settle`
      committing.catch(() => {})
    }
  } finally {
    await settle()
  }
  await options.lake.compact({ facts: [options.fact], atLeast: COMPACT_AT })
  return { inserted, skipped }
}

/** Rows in chunks of bounded size, whatever pieces they come in. */
async function* chunksOf<R>(
  pieces: AsyncIterable<readonly R[]> | Iterable<readonly R[]>,
  size: number,
): AsyncGenerator<readonly R[]> {
  let chunk: R[] = []
  for await (const piece of pieces) {
    for (const row of piece) {
      chunk.push(row)
      if (chunk.length < size) continue
      yield chunk
      chunk = []
    }
  }
  if (chunk.length > 0) yield chunk
}

async function* batchesOf<N extends FactName, R extends FactInput<N>>(
  options: LoadOptions<N, R>,
  columns: readonly LoadColumn[],
): AsyncGenerator<PreparedBatch<R>> {
  const batchRows = options.batchRows ?? BATCH_ROWS
  let lake: LakeBatch | null = null
  let lines: Buffer[] = []
  let count = 0
  try {
    let lastRow: R | undefined
    for await (const rows of chunksOf(options.rows, Math.min(CHUNK_ROWS, batchRows))) {
      lake ??= await options.lake.batch(options.fact)
      const encoded = await encodeRows(options, columns, rows)
      lines.push(encoded.whole)
      await lake.append(encoded.lake)
      count += rows.length
      lastRow = rows.at(-1)!
      if (count < batchRows) continue
      const full = { count, lastRow, lines, lake }
      lake = null
      lines = []
      count = 0
      yield full
    }
    if (lake) {
      const rest = { count, lastRow: lastRow!, lines, lake }
      lake = null
      yield rest
    }
  } finally {
    await lake?.discard()
  }
}

async function encodeRows<N extends FactName, R extends FactInput<N>>(
  options: LoadOptions<N, R>,
  columns: readonly LoadColumn[],
  rows: readonly R[],
): Promise<{ whole: Buffer; lake: string }> {
  const derivation = options.derivation ?? usualDerivation
  const recordedAt = options.services.clock.now()
  const complete = rows.map((row) => completeFact(row, options.source))
  for (const row of complete) {
    row['recordedAt'] ??= recordedAt
    deriveColumns(options.fact, row, derivation)
  }
  await sealRows(options, complete)
  let whole = ''
  let lake = ''
  for (const row of complete) {
    const line = lineOf(columns, row)
    whole += `${line.whole}\n`
    lake += `${line.lake}\n`
  }
  return { whole: Buffer.from(whole), lake }
}

/** Encrypt and digest the personal values of rows, on the pool's threads where there is one. */
async function sealRows(
  options: { fact: string; services: Services; cipherPool?: CipherPool },
  rows: CompleteFact[],
): Promise<void> {
  const clear = clearValuesOf(options.fact).filter(({ property }) =>
    rows.some((row) => row[property] !== undefined),
  )
  if (clear.length === 0) return
  if (!options.cipherPool) {
    for (const row of rows) sealPersonalValues(options.fact, row, options.services.cipher)
    return
  }
  const valuesOf = (property: string) => rows.map((row) => (row[property] as string | undefined) ?? null)
  const digested = clear.filter((value) => value.digest !== undefined)
  const result = await options.cipherPool.process({
    encrypt: clear.map(({ property }) => valuesOf(property)),
    digest: digested.map(({ property, digest }) => ({ kind: digest![1], values: valuesOf(property) })),
  })
  for (const [i, row] of rows.entries()) {
    for (const [c, { property, encrypted }] of clear.entries()) {
      if (row[property] !== undefined) row[encrypted] = result.encrypt[c]![i]
    }
    for (const [d, { property, digest }] of digested.entries()) {
      if (row[property] !== undefined) row[digest![0]] = result.digest[d]![i]
    }
    for (const { property } of clear) delete row[property]
  }
}

async function commitBatch<N extends FactName, R extends FactInput<N>>(
  options: LoadOptions<N, R>,
  columns: readonly LoadColumn[],
  batch: PreparedBatch<R>,
): Promise<LoadedBatch> {
  const { services, lake, actor, origin, fact } = options
  try {
    return await runAs(services, actor, origin, async (ctx) => {
      const ids = await copyAndInsert(ctx, fact, columns, batch.lines)
      const all = ids.length === batch.count
      await lake.register(ctx.tx, await batch.lake.finish(all ? undefined : ids))
      const loaded = { inserted: ids.length, skipped: batch.count - ids.length }
      await ctx.audit.record({
        action: 'business.load-facts',
        object: { kind: fact, id: options.source },
        after: loaded,
      })
      await options.onBatch?.(ctx, loaded, batch.lastRow)
      return loaded
    })
  } finally {
    await batch.lake.discard()
  }
}

/** Answers the ids of the rows that were new. */
async function copyAndInsert(
  ctx: RequestContext,
  fact: string,
  columns: readonly LoadColumn[],
  lines: readonly Buffer[],
): Promise<string[]> {
  const names = columns.map((column) => `"${column.name}"`).join(', ')
  await ctx.tx.copying(async (client) => {
    await client.query(`CREATE TEMP TABLE staged_facts (LIKE "${fact}" INCLUDING DEFAULTS) ON COMMIT DROP`)
    const copy = client.query(copyFrom(`COPY staged_facts (${names}) FROM STDIN (FORMAT csv)`))
    const done = once(copy, 'finish')
    done.catch(() => {})
    for (const piece of lines) if (!copy.write(piece)) await Promise.race([once(copy, 'drain'), done])
    copy.end()
    await done
  })
  const { rows } = await ctx.tx.client.query<[string]>({
    text: `INSERT INTO "${fact}" (${names}) SELECT ${names} FROM staged_facts
             ON CONFLICT (source, source_key) DO NOTHING RETURNING id`,
    rowMode: 'array',
  })
  return rows.map(([id]) => id)
}
