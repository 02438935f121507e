/** Columns of a fact that a mapping can fill. */
import { getTableColumns } from 'drizzle-orm'
import { clearValuesOf, type FactName } from '../fact-input.ts'
import { factCatalogue, factTables } from '../facts.ts'

/** Type of a value in a fact row as it is handed to the loader. */
export type TargetType = 'uuid' | 'text' | 'integer' | 'double' | 'boolean' | 'instant' | 'date'

/** A column that can be filled, or a personal value in clear that is stored encrypted. */
export interface Target {
  /** Name in mapping files. */
  readonly name: string
  /** Property of the row. */
  readonly property: string
  readonly type: TargetType
  /** A fact without it cannot stand. */
  readonly required: boolean
}

const TYPES: Readonly<Record<string, TargetType>> = {
  uuid: 'uuid',
  text: 'text',
  'text COLLATE "C"': 'text',
  integer: 'integer',
  'double precision': 'double',
  boolean: 'boolean',
  'timestamp with time zone': 'instant',
  date: 'date',
}

/** Given by the importer where the mapping does not give them. */
const GIVEN = new Set(['id', 'source', 'source_key', 'unit_id', 'unit_path', 'version', 'recorded_at'])
/** Only this program writes them. */
const OURS = new Set(['check_value', 'last_audit_id', 'version', 'recorded_at'])

/** True for facts with unit and time: those that can be imported. */
export const isFactName = (name: string): name is FactName => factCatalogue[name]?.scoped === true

const snake = (property: string): string => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Columns of a fact by name. */
export function targetsOf(fact: string): ReadonlyMap<string, Target> {
  const targets: Target[] = []
  for (const [property, column] of Object.entries(getTableColumns(factTables[fact]!))) {
    const type = TYPES[column.getSQLType()]
    // ciphertexts and digests are made from the values in clear
    if (!type || OURS.has(column.name)) continue
    const required = column.notNull && !column.hasDefault && !GIVEN.has(column.name)
    targets.push({ name: column.name, property, type, required })
  }
  for (const { property } of clearValuesOf(fact))
    targets.push({ name: snake(property), property, type: 'text', required: false })
  if (fact === 'transaction' || fact === 'examination')
    targets.push({ name: 'subject_region', property: 'subjectRegion', type: 'text', required: false })
  return new Map(targets.map((target) => [target.name, target]))
}
