/**
 * The one way into the fact tables. Commands record a few rows in their own transaction; the outbox tells the lake.
 * Importers and the sample city bring many: `loadFacts`.
 */
import type { RequestContext } from '@hengjian/platform/context'
import type { Tx } from '@hengjian/platform/db'
import { OWN_SOURCE } from '@hengjian/platform/guard'
import { FACTS_RECORDED } from '@hengjian/platform/lake'
import type { PgTable } from 'drizzle-orm/pg-core'
import { completeFact, type FactInput, type FactName, sealPersonalValues } from './fact-input.ts'
import { factTables } from './facts.ts'

/** Id and version of a fact row, as the lake is told. */
export type FactVersion = readonly [id: string, version: number]

/**
 * Insert facts of one kind in the caller's transaction. Personal values given in clear are encrypted and digested;
 * `source` and `source_key` default to this system and the id.
 * @returns the ids, in the order of the rows
 */
export async function recordFacts<N extends FactName>(
  ctx: RequestContext,
  fact: N,
  rows: readonly FactInput<N>[],
): Promise<string[]> {
  if (rows.length === 0) return []
  const complete = rows.map((row) => sealPersonalValues(fact, completeFact(row, OWN_SOURCE), ctx.cipher))
  ctx.tx.insert(factTables[fact] as PgTable, complete)
  await announceFacts(
    ctx,
    fact,
    complete.map((row) => [row.id, row.version]),
  )
  return complete.map((row) => row.id)
}

/** What open transactions announce: one event each, written when they commit. */
const announced = new WeakMap<Tx, Partial<Record<FactName, readonly FactVersion[]>>>()

/**
 * Tell the lake of rows that this transaction inserted or changed by other means. Whoever changes a fact raises its
 * `version` by one and announces the new version: the lake takes each version once and shows the highest.
 */
export async function announceFacts(
  ctx: RequestContext,
  fact: FactName,
  versions: readonly FactVersion[],
): Promise<void> {
  if (versions.length === 0) return
  let facts = announced.get(ctx.tx)
  if (!facts) {
    facts = {}
    announced.set(ctx.tx, facts)
    await ctx.emit(FACTS_RECORDED, { facts })
  }
  facts[fact] = [...(facts[fact] ?? []), ...versions]
}
