/**
 * What an indicator may read. The caller hands the catalogue in; this engine knows no table of its own.
 */

/** Type of a column. `digest` is 16 bytes in PostgreSQL and 32 hex characters in the lake. */
export type ColumnType = 'uuid' | 'text' | 'integer' | 'double' | 'boolean' | 'instant' | 'date' | 'digest'

/** One column an indicator may read. `personal` columns may only be compared for equality and counted. */
export interface CatalogueColumn {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
  readonly personal: boolean
}

/** One kind of fact. `scoped` facts have `id`, `unit_path` and `occurred_at`. */
export interface CatalogueTable {
  readonly name: string
  readonly columns: Readonly<Record<string, CatalogueColumn>>
  readonly scoped: boolean
  /** True for what stands rather than happened (persons, vehicles): rows of any age and unit are read. */
  readonly standing?: boolean
}

/** Every fact by name. */
export type FactCatalogue = Readonly<Record<string, CatalogueTable>>
