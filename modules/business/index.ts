export { type TransactionHold, transactionHold } from './commands/move-transaction.ts'
export { httpExternalChecks } from './connectors/external-checks.ts'
export { type Derivation, usualDerivation, usualHours, type WorkingHours } from './derive-columns.ts'
export type { FactInput, FactName } from './fact-input.ts'
export { type FactColumn, type FactColumnType, type FactTable, factCatalogue, factTables } from './facts.ts'
export type { GuardedEvent, GuardedTransaction, GuardOutcome, StepGuard, Warning } from './guard.ts'
export {
  businessFileReferences,
  fileOnDisk,
  type ImportFile,
  type ImportJobNeeds,
  type ImportOptions,
  type ImportPorts,
  type ImportProgress,
  type ImportResult,
  importErrors,
  importFile,
  importHandler,
  importHandlers,
  importJob,
  importOperations,
  type Mapping,
  type NewInstitution,
  nativeMapping,
  parseMapping,
  shippedMappings,
} from './imports/index.ts'
export { type BusinessKind, businessKindOf, businessKinds, type Step } from './kinds.ts'
export { transactionMachine, transactionStates } from './lifecycle.ts'
export { type LoadedBatch, type LoadOptions, loadFacts } from './load-facts.ts'
export { createBusinessModule } from './module.ts'
export type { BusinessPorts, CheckKind, CheckOutcome, ExternalChecks, WorkingCalendar } from './ports.ts'
export { transactionFacts, transactionsOf } from './queries/for-supervision.ts'
export { subjectLinksOf } from './queries/subject-links.ts'
export { announceFacts, type FactVersion, recordFacts } from './record-facts.ts'
export { dueAt, localTime } from './rules/due-date.ts'
export { agentQuota, amendment, nonCompliantProduct, transaction, transactionStep } from './tables.ts'
