/** What a composed indicator may read: the fields of a fact, and those of the records it names. Pure. */
import { businessKinds, factCatalogue } from '@hengjian/business'
import { columnLabel, factLabel } from '../labels.ts'

/** Kind of field as the composer treats it. `identity`: names a record; may be counted and grouped by. */
type FieldType = 'text' | 'number' | 'boolean' | 'moment' | 'identity' | 'personal'

/** A field, `fact.column`. */
export interface Field {
  readonly field: string
  readonly fact: string
  readonly column: string
  readonly title: string
  readonly type: FieldType
  /** Region code: may be asked whether it is local. */
  readonly region: boolean
  /** Codes it holds, where they are known beforehand. */
  readonly values: readonly { value: string; title: string }[]
}

/** A fact joined to the source by the column that names its record. */
export interface Reference {
  readonly column: string
  readonly fact: string
}

const REFERENCES: readonly Reference[] = [
  { column: 'vehicle_id', fact: 'vehicle' },
  { column: 'transaction_id', fact: 'transaction' },
  { column: 'person_id', fact: 'person' },
  { column: 'candidate_id', fact: 'person' },
  { column: 'licence_id', fact: 'licence' },
  { column: 'inspection_id', fact: 'inspection' },
  { column: 'examination_id', fact: 'examination' },
]

/** Columns that say where a row comes from, not what happened. */
const TECHNICAL = new Set(['id', 'source', 'source_key', 'unit_id', 'version', 'recorded_at'])

const TYPES: Readonly<Record<string, FieldType>> = {
  uuid: 'identity',
  text: 'text',
  integer: 'number',
  double: 'number',
  boolean: 'boolean',
  instant: 'moment',
  date: 'moment',
  digest: 'personal',
}

const CODES: Readonly<Record<string, readonly { value: string; title: string }[]>> = {
  business_kind: businessKinds.map(({ code, title }) => ({ value: code, title })),
  channel: [
    { value: 'window', title: '窗口办' },
    { value: 'institution', title: '社会办' },
    { value: 'online', title: '网上办' },
    { value: 'kiosk', title: '自助办' },
  ],
  subject: [
    { value: 'subject1', title: '科目一' },
    { value: 'subject2', title: '科目二' },
    { value: 'subject3_road', title: '科目三道路' },
    { value: 'subject3_safety', title: '科目三安全文明' },
  ],
}

/** Facts with a unit and a time: what can be counted by period. */
export const composableFacts = (): string[] =>
  Object.values(factCatalogue)
    .filter(({ scoped, standing }) => scoped && !standing)
    .map(({ name }) => name)

/** Facts that the records of `source` name, the first column of each. */
export const referencesOf = (source: string): Reference[] =>
  REFERENCES.filter(
    ({ column, fact }, at) =>
      fact !== source &&
      column in (factCatalogue[source]?.columns ?? {}) &&
      REFERENCES.findIndex(
        (other) => other.fact === fact && other.column in factCatalogue[source]!.columns,
      ) === at,
  )

/** Fields of a fact by themselves. */
function ownFields(fact: string): Field[] {
  return Object.values(factCatalogue[fact]?.columns ?? {})
    .filter(({ name }) => !TECHNICAL.has(name))
    .map(({ name, type, personal }) => ({
      field: `${fact}.${name}`,
      fact,
      column: name,
      title: columnLabel(name),
      type: personal ? 'personal' : (TYPES[type] ?? 'personal'),
      region: name.endsWith('region') && type === 'text',
      values: CODES[name] ?? [],
    }))
}

/** Fields that conditions on `source` may use: its own and those of the records it names. */
export const reachableFields = (source: string): ReadonlyMap<string, Field> =>
  new Map(
    [source, ...referencesOf(source).map(({ fact }) => fact)].flatMap((fact) =>
      ownFields(fact).map((field) => [
        field.field,
        fact === source ? field : { ...field, title: `${factLabel(fact)}：${field.title}` },
      ]),
    ),
  )
