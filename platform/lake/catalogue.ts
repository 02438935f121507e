/** What the lake is told about facts, and how their columns stand in Parquet. */

/** Type of a fact column in PostgreSQL; see `typeInLake` for the lake's. */
export type LakeColumnType =
  | 'uuid'
  | 'text'
  | 'integer'
  | 'double'
  | 'boolean'
  | 'instant'
  | 'date'
  | 'digest'

/** One column of a fact. */
export interface LakeColumn {
  readonly name: string
  readonly type: LakeColumnType
}

/** One kind of fact. Only scoped facts (those with unit, time and version) go into the lake. */
export interface LakeFact {
  readonly name: string
  readonly columns: Readonly<Record<string, LakeColumn>>
  readonly scoped: boolean
  /**
   * Says what stands (a vehicle, its owner) rather than what happened: such rows are joined whatever their age, so they
   * lie together instead of by the month in which they came to be.
   */
  readonly standing?: boolean
  /**
   * Column by whose values the rows of a file lie together, before unit and time: where questions are nearly always
   * about one of a few values (the step of a transaction), the others are passed over.
   */
  readonly sortedBy?: string
}

/** Value of `lake_file.month` for standing facts. */
export const ALL_MONTHS = 'all'

/** Facts by table name, as the business module exports them. */
export type LakeCatalogue = Readonly<Record<string, LakeFact>>

/** Instants stand in the lake as local time of this zone. */
export const LAKE_ZONE = 'Asia/Shanghai'

const IN_LAKE: Record<LakeColumnType, string> = {
  uuid: 'UUID',
  text: 'VARCHAR',
  integer: 'INTEGER',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  instant: 'TIMESTAMP',
  date: 'DATE',
  digest: 'VARCHAR',
}

/** DuckDB type of a column in the lake. Instants are local TIMESTAMP, digests 32 hex characters. */
export const typeInLake = (column: LakeColumn): string => IN_LAKE[column.type]

/** DuckDB type under which a column is read from the CSV that PostgreSQL understands too. */
const typeInCsv = (column: LakeColumn): string =>
  column.type === 'instant' ? 'TIMESTAMPTZ' : typeInLake(column)

/** Quoted identifier: `at` and `from` are reserved words. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** Quoted literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Columns of a fact in the order of the lake's files and of the CSV lines they are made from. */
export const lakeColumns = (fact: LakeFact): readonly LakeColumn[] => Object.values(fact.columns)

/** ORDER BY of the rows of a file. */
export const fileOrder = (fact: LakeFact): string =>
  [...(fact.sortedBy ? [fact.sortedBy] : []), 'unit_path', 'occurred_at'].map(quoted).join(', ')

/** `read_csv` over a file whose lines start with the lake's columns; `ignored` columns may follow. */
export function readCsv(path: string, columns: readonly LakeColumn[]): string {
  const types = columns.map((column) => `${literal(column.name)}: ${literal(typeInCsv(column))}`)
  return (
    `read_csv(${literal(path)}, columns = {${types.join(', ')}}, auto_detect = false, header = false, delim = ',', ` +
    `quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false)`
  )
}

/** Expression of a column as it stands in the lake, from a row of `readCsv`. */
export function toLake(column: LakeColumn): string {
  const name = quoted(column.name)
  if (column.type === 'instant') return `timezone('${LAKE_ZONE}', ${name}) AS ${name}`
  // PostgreSQL writes bytea as \x…
  if (column.type === 'digest') return `replace(${name}, '\\x', '') AS ${name}`
  return name
}
