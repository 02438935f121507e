/** Judge one post-hoc indicator over a period: one statement, the rows that matter, and how many there were. */
import { factCatalogue } from '@hengjian/business'
import {
  compilePostHoc,
  compileProbe,
  DefinitionFault,
  type IndicatorDefinition,
  type LocalRegions,
  type ParameterOverride,
  type ParameterValues,
  type PostHocOptions,
  type PostHocRow,
  type PostHocStatement,
} from '@hengjian/indicators'
import type { AnalysisStore } from '../ports.ts'
import type { RunOverride } from '../records.ts'
import { halfOpen, type Period, periodOf, withWorkingDays } from '../rules/period.ts'
import type { WorkingCalendar } from '../rules/working-days.ts'
import type { Setting } from '../settings.ts'
import { liesUnder } from '../unit-paths.ts'

/** What one evaluation is told. */
export interface Evaluation {
  readonly definition: IndicatorDefinition
  readonly period: Period
  readonly unitPath: string
  readonly override: RunOverride | null
  /** Current settings of this indicator for all units. */
  readonly settings: readonly Setting[]
  readonly localRegions: readonly LocalRegions[]
  readonly calendar: WorkingCalendar
  /** Judge each day (or month) of the period as a run of its own would; left out: the period as a whole. */
  readonly each?: 'day' | 'month'
}

/** Its answer. `rows` fired, or are over the threshold with too small a sample. */
export type Evaluated =
  | { readonly outcome: 'missing_fields'; readonly missing: readonly string[] }
  | {
      readonly outcome: 'judged'
      readonly rows: readonly PostHocRow[]
      readonly groups: number
      readonly cannotJudge: number
      /** Groups that fired or only lack a sample; more than `rows` where there are more than are kept. */
      readonly worthKeeping: number
    }

/** The definition as this run judges it. */
export const definitionFor = ({ definition, override }: Pick<Evaluation, 'definition' | 'override'>) =>
  override?.dimensions
    ? {
        ...definition,
        dimensions: override.dimensions.map(({ name, of, title }) => ({ name, of, titleZh: title ?? name })),
      }
    : definition

/** How the definition cuts time in this run. What is overdue is so on the day on which its limit passed. */
export function windowOf({ definition, override }: Pick<Evaluation, 'definition' | 'override'>) {
  if (definition.measure.kind === 'overdue') return 'day'
  return definition.window.kind === 'rolling' ? 'rolling' : (override?.window ?? definition.window.kind)
}

/** What is judged when a person asks for `period`: whole months where the window is or ends with the month. */
export function judgedPeriod(evaluation: Pick<Evaluation, 'definition' | 'override' | 'period'>): Period {
  const { period, definition } = evaluation
  const own = definition.window
  const byMonth = own.kind === 'rolling' ? own.ends === 'month' : windowOf(evaluation) === 'month'
  if (!byMonth) return period
  return { from: periodOf(period.from.slice(0, 7)).from, to: periodOf(period.to.slice(0, 7)).to }
}

/** The engine's options. Values given for the run take the place of every unit's own. */
export function optionsFor(evaluation: Evaluation, dialect: AnalysisStore['dialect']): PostHocOptions {
  const { override, settings } = evaluation
  const given = override?.parameters ?? {}
  const overrides: ParameterOverride[] = settings.flatMap((row) =>
    Object.entries(row.parameters)
      .filter(([name]) => !Object.hasOwn(given, name))
      .map(([name, value]) => ({ unitPath: row.unitPath, name, value })),
  )
  const dimensions = override?.dimensions ? definitionFor(evaluation).dimensions : undefined
  return {
    dialect,
    period: halfOpen(judgedPeriod(evaluation)),
    parameters: { values: given, overrides },
    localRegions: evaluation.localRegions,
    ...(dimensions ? { dimensions } : {}),
    ...(override?.window ? { window: override.window } : {}),
    ...(override?.city ? { city: override.city } : {}),
    ...(evaluation.each ? { each: evaluation.each } : {}),
    scope: evaluation.unitPath,
  }
}

/** Parameter values that held for a unit in this evaluation. */
export function valuesFor({ definition, override, settings }: Evaluation, unitPath: string): ParameterValues {
  const values: Record<string, ParameterValues[string]> = {}
  for (const [name, spec] of Object.entries(definition.parameters)) values[name] = spec.default
  const above = settings.filter((row) => liesUnder(unitPath, row.unitPath))
  for (const row of above.sort((a, b) => a.unitPath.length - b.unitPath.length))
    Object.assign(values, row.parameters)
  return { ...values, ...override?.parameters }
}

/** Findings kept of one indicator and run; more than that is a wrong threshold, and the result says so. */
const MOST_FINDINGS = 5_000

/** The options of the statement that a run reads: what is worth keeping, and totals. */
export const keepingOptionsFor = (
  evaluation: Evaluation,
  dialect: AnalysisStore['dialect'],
): PostHocOptions => ({ ...optionsFor(evaluation, dialect), answer: 'worth_keeping', most: MOST_FINDINGS })

/** A store that may know of an evaluation what others of the same run need too. */
export interface SharingStore extends AnalysisStore {
  /** Fields without which it cannot be computed; null where that is not known. */
  missingFor?(evaluation: Evaluation): readonly string[] | null
  /** A statement that reads what is there by now; null where it has to be compiled. */
  statementFor?(evaluation: Evaluation, signal?: AbortSignal): Promise<PostHocStatement | null>
}

/** Ask the store; `signal` interrupts it. Throws `DefinitionFault` when the override does not fit the definition. */
export async function evaluateIndicator(
  store: SharingStore,
  evaluation: Evaluation,
  signal?: AbortSignal,
): Promise<Evaluated> {
  const { definition, period, calendar } = evaluation
  const ask = (sql: string) =>
    store.query(definition.unit === 'working_days' ? withWorkingDays(sql, period, calendar) : sql, signal)
  const probed = async () => {
    const probe = compileProbe(definition, factCatalogue, optionsFor(evaluation, store.dialect))
    return probe.missingFrom((await ask(probe.sql))[0]!)
  }
  const missing = store.missingFor?.(evaluation) ?? (await probed())
  if (missing.length > 0) return { outcome: 'missing_fields', missing }
  const statement =
    (await store.statementFor?.(evaluation, signal)) ??
    compilePostHoc(definition, factCatalogue, keepingOptionsFor(evaluation, store.dialect))
  if (statement.status === 'cannot_compute') return { outcome: 'missing_fields', missing: statement.missing }
  const rows = await ask(statement.sql)
  const first = rows[0]!
  return {
    outcome: 'judged',
    rows: (rows as unknown as PostHocRow[]).filter((row) => row.code !== null),
    groups: Number(first['groups_judged']),
    cannotJudge: Number(first['groups_not_judged']),
    worthKeeping: Number(first['groups_worth_keeping']),
  }
}

/** Does this override fit the definition? The fault in words, or null. */
export function overrideFault(evaluation: Evaluation): string | null {
  try {
    compilePostHoc(evaluation.definition, factCatalogue, optionsFor(evaluation, 'postgres'))
    return null
  } catch (error) {
    if (error instanceof DefinitionFault) return error.message
    throw error
  }
}
