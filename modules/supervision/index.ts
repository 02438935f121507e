export { withdrawAuthorisations } from './commands/decide-authorisation.ts'
export { warningsOf } from './guard.ts'
export { indicatorDefinitions } from './indicators/index.ts'
export { supervisionMetrics } from './metrics.ts'
export {
  type AnalysisRequest,
  createSupervision,
  type RepeatRequest,
  type RunDetail,
  type Supervision,
  type SupervisionOptions,
} from './module.ts'
export { supervisionPermissions } from './permissions.ts'
export {
  type AnalysisStore,
  type SupervisionParameter,
  type SupervisionPorts,
  supervisionParameters,
  type TransactionFacts,
  type TransactionHold,
  type WorkLine,
} from './ports.ts'
export {
  type AffectedPeriod,
  affectedPeriods,
  type ChangedRows,
  judgedUntil,
} from './rules/affected-periods.ts'
export {
  addWorkingDays,
  deadlineAfter,
  publishedCalendar,
  type WorkingCalendar,
} from './rules/working-days.ts'
export { permitRuleOf } from './settings.ts'
export { supervisionGuardedTables } from './tables.ts'
