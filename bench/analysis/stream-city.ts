/**
 * A city of any size straight into the lake, as the application's loader leaves it but without its operational tables:
 * the rows go by, at most one batch of each fact is on its way, and none is held once it is written.
 */
import { type Actor, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import type { LakeBatch } from '@hengjian/platform/lake'
import type { City } from '@hengjian/sandbox-city'
import { columnsToLoad, type LoadColumn, lineOf } from '../../modules/business/csv-lines.ts'
import { deriveColumns, usualDerivation } from '../../modules/business/derive-columns.ts'
import { clearValuesOf, completeFact } from '../../modules/business/fact-input.ts'
import { factOf, type Store } from '../../tools/recall/open-store.ts'

const ACTOR: Actor = systemActor('sample city')
const ORIGIN = { requestId: 'sample city', clientAddress: '' }
/** Rows of one fact that become files together. */
const BATCH_ROWS = 1_000_000

/** A fact whose rows are being written. */
interface Open {
  readonly columns: readonly LoadColumn[]
  batch: LakeBatch | null
  rows: number
}

/** Write all facts of `city`. Answers their number and the greatest resident memory meanwhile, in bytes. */
export async function streamCity(store: Store, city: City): Promise<{ rows: number; peak: number }> {
  const open = new Map<string, Open>()
  let rows = 0
  let peak = 0
  // One batch is turned into files while the next rows are made.
  let writing: Promise<void> = Promise.resolve()
  const write = async (state: Open) => {
    const { batch } = state
    state.batch = null
    state.rows = 0
    await writing
    writing = batch ? finish(store, batch) : writing
    writing.catch(() => {})
  }
  for await (const { table, rows: made } of city.batches()) {
    const state = open.get(table) ?? { columns: columnsToLoad(table), batch: null, rows: 0 }
    open.set(table, state)
    state.batch ??= await store.lake.batch(table)
    await state.batch.append(made.map((row) => lakeLineOf(store, table, state.columns, factOf(row))).join(''))
    state.rows += made.length
    rows += made.length
    peak = Math.max(peak, process.memoryUsage.rss())
    if (state.rows >= BATCH_ROWS) await write(state)
  }
  for (const state of open.values()) await write(state)
  await writing
  return { rows, peak: Math.max(peak, process.memoryUsage.rss()) }
}

async function finish({ services, lake }: Store, batch: LakeBatch): Promise<void> {
  const files = await batch.finish()
  await runAs(services, ACTOR, ORIGIN, (ctx) => lake.register(ctx.tx, files))
}

/** Digests, but no ciphertexts, which no analysis sees. */
function lakeLineOf(
  { services }: Store,
  table: string,
  columns: readonly LoadColumn[],
  fact: Record<string, unknown>,
): string {
  const row = completeFact(fact, 'sample')
  row['recordedAt'] ??= row['occurredAt']
  deriveColumns(table, row, usualDerivation)
  for (const { property, digest } of clearValuesOf(table))
    if (digest && row[property] !== undefined)
      row[digest[0]] = services.cipher.digest(digest[1], row[property] as string | null)
  return `${lineOf(columns, row).lake}\n`
}
