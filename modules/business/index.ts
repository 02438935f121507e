export { type FactColumn, type FactColumnType, type FactTable, factCatalogue, factTables } from './facts.ts'
