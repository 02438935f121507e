/** What supervision needs from others, as small interfaces; the composition root fills them. */
import type { RequestContext, Services } from '@hengjian/platform/context'
import type { ScopeSetting } from '@hengjian/platform/db'
import type { WorkingCalendar } from './rules/working-days.ts'

/** A held transaction, as the module that keeps it offers it. */
export interface TransactionHold {
  /** The leader agreed: work goes on where it was held. */
  release(ctx: RequestContext, transactionId: string): Promise<void>
  /** The leader refused: the transaction ends. */
  refuse(ctx: RequestContext, transactionId: string, reason: string): Promise<void>
  /** What a leader must see of it, personal data masked, and who handled which step. */
  facts(ctx: RequestContext, transactionId: string): Promise<TransactionFacts>
}

export interface TransactionFacts {
  readonly facts: readonly { readonly label: string; readonly value: string; readonly link?: string | null }[]
  readonly steps: readonly {
    readonly step: string
    readonly title: string
    readonly state: string
    readonly operatorId: string | null
    readonly operatorName: string | null
    readonly at: Date | null
    readonly opinion: string | null
  }[]
}

/** A statement over the facts of all units: the lake in production, PostgreSQL in small tests. */
export interface AnalysisStore {
  readonly dialect: 'postgres' | 'duckdb'
  /** Rows of one statement, which `signal` may interrupt. Only jobs call it, as a named system actor. */
  query(sql: string, signal?: AbortSignal): Promise<readonly Record<string, unknown>[]>
  /**
   * Several statements over one state of the facts: temporary tables that one makes the next may read. Left out by a store
   * that cannot; each statement then reads the facts by itself.
   */
  session?<T>(work: (query: AnalysisStore['query']) => Promise<T>): Promise<T>
}

/** Another module's work that waits for a person, shown on the workbench. */
export interface WorkLine {
  readonly id: string
  readonly title: string
  readonly detail: string
  readonly at: Date
  readonly dueAt: Date | null
  readonly link: string
}

export interface SupervisionPorts {
  readonly transactions: TransactionHold
  readonly store: AnalysisStore
  /** Rows of a statement over the lake, of the facts within `scope`; `signal` may interrupt it. */
  askLake(
    scope: ScopeSetting,
    sql: string,
    parameters: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<readonly Record<string, unknown>[]>
  /** Display names of units by path. */
  unitNamesOf(ctx: RequestContext, paths: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Display names of users, institutions, sites and other parties by id. */
  namesOf(ctx: RequestContext, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Active users who hold `permission` in exactly this unit or, with `orAbove`, in it or one above it. */
  holdersOf(
    ctx: RequestContext,
    permission: string,
    unitPath: string,
    options?: { orAbove?: boolean },
  ): Promise<readonly string[]>
  /** Unit and name of a user; null when there is none or it is disabled. */
  userOf(ctx: RequestContext, userId: string): Promise<{ name: string; unitPath: string } | null>
  /** Pages of the vehicles' and persons' files that the caller may open, by subject key (`vehicle:<id>` …). */
  subjectLinksOf(ctx: RequestContext, keys: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Units whose post-hoc indicators run by schedule, each with the paths below it: usually the roots. */
  scheduledUnits(ctx: RequestContext): Promise<readonly string[]>
  /** Region prefixes that are local to a unit, e.g. `['4503']`. */
  localRegionsOf(ctx: RequestContext, unitPath: string): Promise<readonly string[]>
  /** Local regions by unit path for analysis; the nearest path above a row's unit counts. */
  localRegions(ctx: RequestContext): Promise<readonly { unitPath: string; regions: readonly string[] }[]>
  calendarOf(services: Services): Promise<WorkingCalendar>
  /** A number among the installation's parameters for a unit; null = not set. See `supervisionParameters`. */
  parameterOf(ctx: RequestContext, name: SupervisionParameter, unitPath: string): Promise<number | null>
  /** A case about this transaction is being investigated: becomes the fact `investigation`. */
  recordInvestigation(
    ctx: RequestContext,
    investigation: { transactionId: string; caseId: string; openedAt: Date },
  ): Promise<void>
  /** Transactions that wait for the caller, or came back to them. */
  transactionsOf(
    ctx: RequestContext,
  ): Promise<{ waiting: readonly WorkLine[]; returned: readonly WorkLine[] }>
}

/** Parameters that supervision reads, with their defaults and words; days are working days. */
export const supervisionParameters = {
  'supervision.authorisation_days': { default: 1, title: '业务授权时限（工作日）' },
  'supervision.four_eyes': {
    default: 1,
    title: '指标调整须第二人批准（0 不需要，1 需授权的事中指标和第二阈值，2 全部指标和第二阈值）',
  },
  'supervision.auto_case': { default: 1, title: '定期研判结果自动登记嫌疑业务（1 是，0 否）' },
  'supervision.follow_months': {
    default: 24,
    title: '迟到数据追溯研判的月数（0 不追溯）',
  },
  'supervision.case_days': { default: 10, title: '嫌疑业务办理时限（工作日）' },
  'supervision.case_reminder_days': { default: 2, title: '嫌疑业务到期前提醒（工作日）' },
} as const
export type SupervisionParameter = keyof typeof supervisionParameters

/** The parameter's value for a unit, or its default. */
export const parameterValueOf = async (
  ctx: RequestContext,
  ports: Pick<SupervisionPorts, 'parameterOf'>,
  name: SupervisionParameter,
  unitPath: string,
): Promise<number> => (await ports.parameterOf(ctx, name, unitPath)) ?? supervisionParameters[name].default
