/** Indicators as data: check a definition, turn it into SQL, explain an answer. See README.md. */
export type { CatalogueColumn, CatalogueTable, ColumnType, FactCatalogue } from './catalogue.ts'
export { checkDefinition } from './check-definition.ts'
export { compileDrilldown, type DrilldownGroup, type DrilldownRow } from './compile-drilldown.ts'
export {
  type AtHand,
  compileInProcess,
  type Evidence,
  effectOf,
  type InProcessPlan,
  type InProcessRow,
  type InProcessStatement,
  listens,
} from './compile-in-process.ts'
export { compilePostHoc, type PostHocRow, type PostHocStatement } from './compile-post-hoc.ts'
export { compileProbe, type Probe } from './compile-probe.ts'
export {
  compileTogether,
  type PlannedStatement,
  type Question,
  type RunPlan,
  type SharedTable,
} from './compile-together.ts'
export type * from './definition.ts'
export type { Fault } from './definition-shape.ts'
export type { Dialect } from './dialect.ts'
export { type DimensionLabels, type Explanation, explain } from './explain.ts'
export { DefinitionFault } from './fault.ts'
export { WORKING_DAY_MARGIN } from './overdue.ts'
export { type FactRead, type Reach, readsOf } from './reads-of.ts'
export type { LocalRegions, ParameterOverride, PostHocOptions } from './run-options.ts'
export { LOCK_SUBJECTS_SQL, subjectLocks } from './subject-locks.ts'
