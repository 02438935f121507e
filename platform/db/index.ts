export { bytea, checkValue, digest, encryptedText, factColumns, instant, unitPath, xid8 } from './columns.ts'
export {
  type Database,
  type Db,
  isUnavailable,
  openDatabase,
  type Sendable,
  sqlState,
  type TransactionOptions,
  type Tx,
} from './database.ts'
export { type KeysetPage, keysetPage, keysetRows, type Sort, type SortKey } from './keyset.ts'
export {
  addressesOf,
  assertSchemaCurrent,
  type DatabaseAddresses,
  migrateDatabase,
  SchemaError,
} from './migrate.ts'
export { OWNER_COLUMNS, policyStatements, readableByAll, tableShapes, unscopedTables } from './policies.ts'
export { cityOf, type DataScope, endOfSubtree, isUnitPath, rangeOf, type ScopeSetting } from './scope.ts'
