export { type FactColumn, type FactColumnType, type FactTable, factCatalogue, factTables } from './facts.ts'
export type { GuardedEvent, GuardedTransaction, GuardOutcome, StepGuard, Warning } from './guard.ts'
