/** Units as other modules ask for them. Names and places of units are open to every signed-in user. */
import { type RequestContext, scopeOf } from '@hengjian/platform/context'
import { type Database, rangeOf } from '@hengjian/platform/db'
import { and, eq, gte, inArray, isNull, lt } from 'drizzle-orm'
import type { UnitRow } from './accounts.ts'
import type { UnitLevel } from './contract.ts'
import { lineage } from './rules/reach.ts'
import { unit } from './tables.ts'

/** A unit as other modules see it. */
export interface Unit {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly level: UnitLevel
  readonly parentId: string | null
  readonly path: string
  readonly state: 'active' | 'closed'
}

export const unitOfRow = (row: UnitRow): Unit => ({
  id: row.id,
  code: row.code,
  name: row.name,
  level: row.level as UnitLevel,
  parentId: row.parentId,
  path: row.unitPath,
  state: row.state as Unit['state'],
})

/** The unit with this id, or null. */
export async function unitOf(ctx: RequestContext, id: string): Promise<Unit | null> {
  const [row] = await ctx.db.select().from(unit).where(eq(unit.id, id))
  return row ? unitOfRow(row) : null
}

/** Units by path; paths without a unit are left out. */
export async function findUnitsByPath(
  ctx: RequestContext,
  paths: readonly string[],
): Promise<Map<string, Unit>> {
  if (paths.length === 0) return new Map()
  const rows = await ctx.db
    .select()
    .from(unit)
    .where(inArray(unit.unitPath, [...new Set(paths)]))
  return new Map(rows.map((row) => [row.unitPath, unitOfRow(row)]))
}

export async function hasChildren(ctx: RequestContext, id: string): Promise<boolean> {
  const rows = await ctx.db.select({ id: unit.id }).from(unit).where(eq(unit.parentId, id)).limit(1)
  return rows.length > 0
}

/** Other processes see a change of local regions after at most this long, in milliseconds. */
const REGIONS_FRESH_MS = 60_000

interface Regions {
  readonly byPath: Map<string, readonly string[]>
  readonly since: number
}
const regions = new WeakMap<Database, Regions>()

/** A unit changed: its local regions are read again. */
export const forgetRegions = (database: Database): void => {
  regions.delete(database)
}

/**
 * Prefixes of region codes that count as local to a unit: its own, or those of the nearest unit above that has any.
 * Empty when none has.
 */
export async function localRegionsOf(ctx: RequestContext, unitPath: string): Promise<readonly string[]> {
  let known = regions.get(ctx.database)
  if (!known || performance.now() - known.since > REGIONS_FRESH_MS) {
    known = { byPath: new Map(), since: performance.now() }
    regions.set(ctx.database, known)
  }
  const cached = known.byPath.get(unitPath)
  if (cached) return cached
  const line = lineage(unitPath)
  const rows = line.length === 0 ? [] : await ctx.db.select().from(unit).where(inArray(unit.unitPath, line))
  const nearest = rows
    .filter((row) => row.localRegions.length > 0)
    .sort((a, b) => b.unitPath.length - a.unitPath.length)[0]
  const found = nearest?.localRegions ?? []
  known.byPath.set(unitPath, found)
  return found
}

/** Paths of the roots of the tree: one per agency. */
export async function rootPaths(ctx: RequestContext): Promise<string[]> {
  const rows = await ctx.db.select({ path: unit.unitPath }).from(unit).where(isNull(unit.parentId))
  return rows.map((row) => row.path)
}

/** Local region prefixes of every unit that sets its own; the nearest unit above a row's counts. */
export async function localRegionsByUnit(
  ctx: RequestContext,
): Promise<{ unitPath: string; regions: readonly string[] }[]> {
  const rows = await ctx.db.select({ unitPath: unit.unitPath, regions: unit.localRegions }).from(unit)
  return rows.filter((row) => row.regions.length > 0)
}

/** Units within the caller's scope by code: how imported files name them. */
export async function unitsByCode(
  ctx: RequestContext,
): Promise<Map<string, { unitId: string; unitPath: string }>> {
  const { lo, hi } = rangeOf(scopeOf(ctx.actor))
  const rows = await ctx.db
    .select()
    .from(unit)
    .where(and(gte(unit.unitPath, lo), lt(unit.unitPath, hi)))
  return new Map(rows.map((row) => [row.code, { unitId: row.id, unitPath: row.unitPath }]))
}
