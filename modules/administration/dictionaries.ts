/** Dictionaries: seeding, versions, and the reader that other modules ask (PLT-6). */
import {
  type CodeTable,
  LICENCE_CLASSES,
  PLATE_KINDS,
  USE_NATURES,
  VEHICLE_CATEGORIES,
  VEHICLE_TYPES,
} from '@hengjian/identifiers'
import type { RequestContext } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'
import { and, asc, eq, sql } from 'drizzle-orm'
import type { DictionaryEntryView, DictionaryView } from './contract.ts'
import { dictionary, dictionaryEntry } from './tables.ts'

/** A dictionary that the program brings along. */
export interface DictionarySeed {
  readonly code: string
  readonly name: string
  readonly entries: readonly { readonly code: string; readonly name: string; readonly parentCode?: string }[]
}

const ofTable = (code: string, name: string, table: CodeTable): DictionarySeed => ({
  code,
  name,
  entries: [...table].map(([entry, title]) => ({ code: entry, name: title })),
})

/** Code tables of the standards (GA/T 16). */
export const standardDictionaries: readonly DictionarySeed[] = [
  ofTable('plate_kind', '号牌种类', PLATE_KINDS),
  ofTable('use_nature', '使用性质', USE_NATURES),
  ofTable('vehicle_type', '车辆类型', VEHICLE_TYPES),
  ofTable('vehicle_category', '车辆类别', VEHICLE_CATEGORIES),
  ofTable('licence_class', '准驾车型', LICENCE_CLASSES),
]

export type DictionaryRow = typeof dictionary.$inferSelect
export type EntryRow = typeof dictionaryEntry.$inferSelect

/** Entries of one version in their order. */
export const entriesOf = (ctx: RequestContext, code: string, version: number): Promise<EntryRow[]> =>
  ctx.db
    .select()
    .from(dictionaryEntry)
    .where(and(eq(dictionaryEntry.dictionaryCode, code), eq(dictionaryEntry.version, version)))
    .orderBy(asc(dictionaryEntry.position))

export const dictionaryOf = async (ctx: RequestContext, code: string): Promise<DictionaryRow | undefined> =>
  (await ctx.db.select().from(dictionary).where(eq(dictionary.code, code)))[0]

/** Serialises what changes one dictionary. */
export const lockDictionary = (ctx: RequestContext, code: string) =>
  ctx.db.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`dictionary ${code}`}, 0))`)

/** Write a whole version and make it the current one. */
export async function writeVersion(
  ctx: RequestContext,
  head: Omit<DictionaryRow, 'changedAt'>,
  entries: readonly Omit<EntryRow, 'dictionaryCode' | 'version' | 'position'>[],
): Promise<DictionaryRow> {
  const row = { ...head, changedAt: ctx.clock.now() }
  const { code: _, ...set } = row
  await ctx.db.insert(dictionary).values(row).onConflictDoUpdate({ target: dictionary.code, set })
  for (let from = 0; from < entries.length; from += 5000)
    await ctx.db.insert(dictionaryEntry).values(
      entries.slice(from, from + 5000).map((entry, index) => ({
        ...entry,
        dictionaryCode: head.code,
        version: head.version,
        position: from + index,
      })),
    )
  ctx.tx.afterCommit(() => forgetDictionaries(ctx.database))
  return row
}

/** Bring the database up to the program's dictionaries. One that was imported since is left as it is. */
export async function ensureDictionaries(
  ctx: RequestContext,
  seeds: readonly DictionarySeed[],
): Promise<void> {
  for (const seed of seeds) {
    await lockDictionary(ctx, seed.code)
    const current = await dictionaryOf(ctx, seed.code)
    if (current && current.source !== 'built_in') continue
    const entries = seed.entries.map((entry) => ({
      code: entry.code,
      name: entry.name,
      enabled: true,
      parentCode: entry.parentCode ?? null,
    }))
    if (current) {
      const { added, changed, removed } = differenceOf(
        await entriesOf(ctx, seed.code, current.version),
        entries,
      )
      if (added + changed + removed === 0 && current.name === seed.name) continue
    }
    const version = (current?.version ?? 0) + 1
    const head = { code: seed.code, name: seed.name, version, source: 'built_in' }
    await writeVersion(ctx, { ...head, changedById: null, changedByName: null }, entries)
    await ctx.audit.record({
      action: 'administration.ensure-dictionary',
      object: { kind: 'dictionary', id: seed.code },
      after: { version, entries: entries.length },
    })
  }
}

type Comparable = Pick<EntryRow, 'code' | 'name' | 'enabled' | 'parentCode'>

/** How a new version differs from the one before; pure. */
export function differenceOf(before: readonly Comparable[], after: readonly Comparable[]) {
  const old = new Map(before.map((entry) => [entry.code, entry]))
  const codes = new Set(after.map((entry) => entry.code))
  const differs = (entry: Comparable) => {
    const was = old.get(entry.code)
    return (
      was && (was.name !== entry.name || was.enabled !== entry.enabled || was.parentCode !== entry.parentCode)
    )
  }
  return {
    added: after.filter((entry) => !old.has(entry.code)).length,
    changed: after.filter(differs).length,
    removed: before.filter((entry) => !codes.has(entry.code)).length,
  }
}

export const presentDictionary = (row: DictionaryRow, entries: number): DictionaryView => ({
  code: row.code,
  name: row.name,
  version: row.version,
  entries,
  source: row.source as DictionaryView['source'],
  changedAt: row.changedAt.toISOString(),
  changedByName: row.changedByName,
})

export const presentEntry = (row: EntryRow): DictionaryEntryView => ({
  code: row.code,
  name: row.name,
  enabled: row.enabled,
  parentCode: row.parentCode,
})

const FRESH_MS = 5_000
type Names = ReadonlyMap<string, string>
const cached = new WeakMap<Database, Map<string, { readonly names: Names; readonly since: number }>>()

const forgetDictionaries = (database: Database): void => {
  cached.delete(database)
}

/** Code → name of a dictionary's current version, disabled codes included, in its order; at most 5 s old. */
export async function dictionaryNames(ctx: RequestContext, code: string): Promise<Names> {
  let known = cached.get(ctx.database)
  if (!known) {
    known = new Map()
    cached.set(ctx.database, known)
  }
  const entry = known.get(code)
  if (entry && performance.now() - entry.since <= FRESH_MS) return entry.names
  const current = await dictionaryOf(ctx, code)
  const entries = current ? await entriesOf(ctx, code, current.version) : []
  const names = new Map(entries.map((row) => [row.code, row.name]))
  known.set(code, { names, since: performance.now() })
  return names
}
