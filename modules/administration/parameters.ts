/** Parameters: what there is, what holds for a unit, and the reader that other modules ask (PLT-7). */
import type { RequestContext } from '@hengjian/platform/context'
import type { Database, Db } from '@hengjian/platform/db'
import { Problem } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import type { ParameterValue, parameterTypes } from './contract.ts'
import { administrationErrors } from './errors.ts'
import { parameterValue } from './tables.ts'
import { pathsAbove } from './unit-paths.ts'

/** A parameter as its module declares it. */
export interface ParameterDefinition {
  /** `<module>.<name>`. */
  readonly code: string
  readonly title: string
  readonly description?: string
  readonly type: (typeof parameterTypes)[number]
  /** Unit of measure in words. */
  readonly measure?: string
  /** Bounds of a number, or of the length of a text or list. */
  readonly min?: number
  readonly max?: number
  /** The only texts allowed. */
  readonly options?: readonly { readonly value: string; readonly title: string }[]
  /** What a text, or each text of a list, must look like. */
  readonly pattern?: RegExp
  readonly default: ParameterValue
  /** `installation`: set at the root only. */
  readonly level: 'installation' | 'unit'
  /** Who sets it, of the three administrators; the system administrator where nothing is said. */
  readonly keptBy?: 'system' | 'security'
}

/** Permission to set a parameter. */
export const permissionToSet = ({ keptBy }: ParameterDefinition): string =>
  keptBy === 'security' ? 'administration.security.update' : 'administration.parameter.update'

/** Whole numbers of working days, months, … as modules list them with default and title. */
export const numberParameters = (
  list: Readonly<Record<string, { readonly default: number; readonly title: string }>>,
  bounds: { min: number; max: number; measure?: string },
): ParameterDefinition[] =>
  Object.entries(list).map(([code, entry]) => ({ code, ...entry, ...bounds, type: 'number', level: 'unit' }))

export type ParameterRow = typeof parameterValue.$inferSelect

/** All definitions by code; a code twice is a defect of the composition. */
export function catalogueOf(
  definitions: readonly ParameterDefinition[],
): ReadonlyMap<string, ParameterDefinition> {
  const catalogue = new Map<string, ParameterDefinition>()
  for (const definition of definitions) {
    if (catalogue.has(definition.code)) throw new Error(`parameter ${definition.code} is declared twice`)
    catalogue.set(definition.code, definition)
  }
  return catalogue
}

/** Values of a row; null: reset to what is inherited. */
export const valueOfRow = (row: ParameterRow): ParameterValue | null =>
  row.value === null ? null : (JSON.parse(row.value) as ParameterValue)

/** Newest row of every code and unit, from the top of the tree down. */
export async function currentRows(db: Db, codes?: readonly string[], paths?: readonly string[]) {
  return db
    .selectDistinctOn([parameterValue.code, parameterValue.unitPath])
    .from(parameterValue)
    .where(
      and(
        codes ? inArray(parameterValue.code, [...codes]) : undefined,
        paths ? inArray(parameterValue.unitPath, [...paths]) : undefined,
      ),
    )
    .orderBy(asc(parameterValue.code), asc(parameterValue.unitPath), desc(parameterValue.version))
}

/** Newest row of one code and unit. */
export async function currentRow(ctx: RequestContext, code: string, unitPath: string) {
  const [row] = await ctx.db
    .select()
    .from(parameterValue)
    .where(and(eq(parameterValue.code, code), eq(parameterValue.unitPath, unitPath)))
    .orderBy(desc(parameterValue.version))
    .limit(1)
  if (row) assertIntact(ctx, parameterValue, row)
  return row
}

/** What holds for a unit, and which unit said so; `rows` are the newest of this code for the unit and those above. */
export function effectiveOf(
  definition: ParameterDefinition,
  rows: readonly ParameterRow[],
): { value: ParameterValue; from: string | null } {
  const nearest = rows
    .filter((row) => row.code === definition.code && row.value !== null)
    .sort((a, b) => b.unitPath.length - a.unitPath.length)[0]
  return nearest
    ? { value: valueOfRow(nearest)!, from: nearest.unitPath }
    : { value: definition.default, from: null }
}

/** Reads values for other modules. */
export interface ParameterReader {
  /** Value in force for a unit: its own, else the nearest above, else the default. At most 5 s old. */
  valueOf(ctx: RequestContext, code: string, unitPath: string): Promise<ParameterValue>
  /** The same for a parameter of type number. */
  numberOf(ctx: RequestContext, code: string, unitPath: string): Promise<number>
}

const FRESH_MS = 5_000

interface Known {
  /** Newest rows by code. */
  readonly byCode: ReadonlyMap<string, readonly ParameterRow[]>
  readonly since: number
}
const known = new WeakMap<Database, Known>()

/** A value changed in this process: read again. */
export const forgetParameters = (database: Database): void => {
  known.delete(database)
}

async function rowsOf(ctx: RequestContext, code: string): Promise<readonly ParameterRow[]> {
  let cached = known.get(ctx.database)
  if (!cached || performance.now() - cached.since > FRESH_MS) {
    const byCode = Map.groupBy(await currentRows(ctx.db), (row) => row.code)
    cached = { byCode, since: performance.now() }
    known.set(ctx.database, cached)
  }
  return cached.byCode.get(code) ?? []
}

/**
 * The reader over these definitions. An altered row in the line of a unit throws `platform.integrity` for that
 * parameter and unit: better no answer than a forged limit.
 */
export function createParameterReader(definitions: readonly ParameterDefinition[]): ParameterReader {
  const catalogue = catalogueOf(definitions)
  const read = async (ctx: RequestContext, code: string, unitPath: string) => {
    const definition = definitionOf(catalogue, code)
    const line = new Set(pathsAbove(unitPath))
    const rows = (await rowsOf(ctx, code)).filter((row) => line.has(row.unitPath))
    for (const row of rows) assertIntact(ctx, parameterValue, row)
    return effectiveOf(definition, rows).value
  }
  return {
    valueOf: read,
    async numberOf(ctx, code, unitPath) {
      const value = await read(ctx, code, unitPath)
      if (typeof value !== 'number') throw new TypeError(`parameter ${code} is no number`)
      return value
    },
  }
}

export function definitionOf(
  catalogue: ReadonlyMap<string, ParameterDefinition>,
  code: string,
): ParameterDefinition {
  const definition = catalogue.get(code)
  if (!definition) throw new Problem(administrationErrors.unknown_parameter, { detail: code })
  return definition
}
