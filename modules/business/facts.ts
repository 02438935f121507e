/**
 * The fact catalogue: which tables are facts, their columns, types and personal class. Indicators compile against it,
 * the lake writes by it, importers and the sample city fill it. Derived from the tables so that it cannot drift.
 */
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import * as tables from './tables.ts'

/** Type of a catalogue column. `digest` is 16 bytes in PostgreSQL and 32 hex characters in the lake. */
export type FactColumnType =
  | 'uuid'
  | 'text'
  | 'integer'
  | 'double'
  | 'boolean'
  | 'instant'
  | 'date'
  | 'digest'

/** One column an indicator or the lake may read. */
export interface FactColumn {
  readonly name: string
  readonly type: FactColumnType
  readonly nullable: boolean
  /** `personal` columns (digests of personal values) may only be compared for equality and counted. */
  readonly personal: boolean
}

/** One kind of fact. `time` is the column that places it in a month of the lake. */
export interface FactTable {
  readonly name: string
  readonly columns: Readonly<Record<string, FactColumn>>
  /** False for reference lists that have no unit and no time (product list, agent quotas). */
  readonly scoped: boolean
  /** True for what stands rather than happened: the lake keeps it in few files whatever its age. */
  readonly standing: boolean
  /** Column by whose values its rows lie together in the lake. */
  readonly sortedBy?: string
}

/** Columns that never leave PostgreSQL: ciphertexts, check values, plates and VINs, opinions in free text. */
const KEPT_BACK = new Set([
  'plate',
  'vin',
  'number',
  'opinion',
  'reason_text',
  'client_address',
  'check_value',
  'last_audit_id',
  'before',
  'after',
  'file_number',
  'serial',
])

const STANDING = new Set(['person', 'vehicle', 'vehicle_owner', 'licence'])

/** Indicators ask for one step, or one kind of business, at a time. */
const SORTED_BY: Readonly<Record<string, string>> = { transaction: 'business_kind', transaction_step: 'step' }

const TYPES: Record<string, FactColumnType> = {
  uuid: 'uuid',
  text: 'text',
  'text COLLATE "C"': 'text',
  integer: 'integer',
  'double precision': 'double',
  boolean: 'boolean',
  'timestamp with time zone': 'instant',
  date: 'date',
  bytea: 'digest',
}

function describe(table: PgTable): FactTable {
  const config = getTableConfig(table)
  const columns: Record<string, FactColumn> = {}
  for (const column of config.columns) {
    if (column.name.endsWith('_enc') || KEPT_BACK.has(column.name)) continue
    const type = TYPES[column.getSQLType()]
    if (!type)
      throw new Error(
        `fact ${config.name}.${column.name}: type ${column.getSQLType()} has no place in the catalogue`,
      )
    columns[column.name] = { name: column.name, type, nullable: !column.notNull, personal: type === 'digest' }
  }
  const sortedBy = SORTED_BY[config.name]
  return {
    name: config.name,
    columns,
    scoped: 'unit_path' in columns,
    standing: STANDING.has(config.name),
    ...(sortedBy ? { sortedBy } : {}),
  }
}

/** Every fact table by name. */
export const factTables: Readonly<Record<string, PgTable>> = Object.fromEntries(
  Object.values(tables).map((table) => [getTableConfig(table).name, table]),
)

/** The catalogue by table name, with the columns that indicators and the lake see. */
export const factCatalogue: Readonly<Record<string, FactTable>> = Object.fromEntries(
  Object.entries(factTables).map(([name, table]) => [name, describe(table)]),
)
