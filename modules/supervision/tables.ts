/**
 * Tables of supervision. Scoped by `unit_path` (PLT-4). Explanations and sentences hold codes, counts and ids, no
 * personal data in clear. Authorisations, settings, versions, findings and cases are guarded rows (PLT-22).
 */
import { checkValue, instant, unitPath } from '@hengjian/platform/db'
import { sql } from 'drizzle-orm'
import {
  boolean,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Composition } from './contract.ts'
import type {
  BackTestResult,
  CaseEntry,
  ChangeCause,
  ChangedFact,
  Drilldown,
  Hit,
  JudgmentBasis,
  JudgmentComparison,
  PlannedPeriod,
  RunOverride,
  StoredExplanation,
  ThresholdEvidence,
} from './records.ts'

const guarded = () => ({
  checkValue: checkValue(),
  lastAuditId: uuid('last_audit_id'),
})

/** A published definition. A changed definition is a new version; old hits keep the one they were judged by. */
export const indicatorVersion = pgTable(
  'indicator_version',
  {
    id: uuid('id').primaryKey(),
    code: text('code').notNull(),
    number: integer('number').notNull(),
    definition: jsonb('definition').$type<Record<string, unknown>>().notNull(),
    /** SM3 of the canonical JSON, hex. */
    fingerprint: text('fingerprint').notNull(),
    publishedAt: instant('published_at').notNull(),
    ...guarded(),
  },
  (t) => [unique('indicator_version_number').on(t.code, t.number)],
)

/** Switch and parameter values of one indicator for one unit. Rows are never changed but superseded: the history. */
export const indicatorSetting = pgTable(
  'indicator_setting',
  {
    id: uuid('id').primaryKey(),
    code: text('code').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    revision: integer('revision').notNull(),
    /** null = as the unit above has it. */
    enabled: boolean('enabled'),
    parameters: jsonb('parameters').$type<Record<string, number | string | string[] | null>>().notNull(),
    reason: text('reason').notNull(),
    changedBy: uuid('changed_by').notNull(),
    changedByName: text('changed_by_name').notNull(),
    changedAt: instant('changed_at').notNull(),
    supersededAt: instant('superseded_at'),
    ...guarded(),
    // Columns that came later: see platform/guard.
    /** Parameters that units below may only set stricter; null = none. */
    tightenOnly: jsonb('tighten_only').$type<string[]>(),
    /** The second person, where the change needed one. */
    approvedBy: uuid('approved_by'),
    approvedByName: text('approved_by_name'),
    /** Figures of the suggestion that it follows, where it follows one. */
    evidence: jsonb('evidence').$type<ThresholdEvidence>(),
  },
  (t) => [
    unique('indicator_setting_revision').on(t.code, t.unitPath, t.revision),
    uniqueIndex('indicator_setting_current').on(t.unitPath, t.code).where(sql`superseded_at IS NULL`),
    index('indicator_setting_changed').on(t.code, t.changedAt, t.id),
  ],
)

/** A setting, or a second threshold, that a second person must approve before it holds. */
export const settingChange = pgTable(
  'setting_change',
  {
    id: uuid('id').primaryKey(),
    code: text('code').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    /** Revision of the setting it would replace; 0 = there was none. */
    revision: integer('revision').notNull(),
    enabled: boolean('enabled'),
    parameters: jsonb('parameters').$type<Record<string, number | string | string[] | null>>().notNull(),
    tightenOnly: jsonb('tighten_only').$type<string[]>(),
    reason: text('reason').notNull(),
    state: text('state').notNull(),
    proposedBy: uuid('proposed_by').notNull(),
    proposedByName: text('proposed_by_name').notNull(),
    /** Unit of who proposed it: the second person belongs to it or to one above. */
    proposedPath: text('proposed_path').notNull(),
    proposedAt: instant('proposed_at').notNull(),
    decidedBy: uuid('decided_by'),
    decidedByName: text('decided_by_name'),
    decidedAt: instant('decided_at'),
    opinion: text('opinion'),
    version: integer('version').notNull(),
    ...guarded(),
    // Columns that came later: see platform/guard.
    evidence: jsonb('evidence').$type<ThresholdEvidence>(),
    /** `push_threshold`: of the second threshold, from and to these values; null: of the setting. */
    about: text('about'),
    pushFrom: doublePrecision('push_from'),
    pushTo: doublePrecision('push_to'),
  },
  (t) => [
    uniqueIndex('setting_change_open').on(t.unitPath, t.code).where(sql`state = 'proposed'`),
    index('setting_change_proposed').on(t.proposedAt, t.id),
  ],
)

/** An indicator composed in the console (SUP-3), by its code C1, C2 …; which version is published, and whether it runs. */
export const composedIndicator = pgTable('composed_indicator', {
  id: uuid('id').primaryKey(),
  code: text('code').notNull().unique(),
  /** Its unit: it judges this one and those below. */
  unitPath: unitPath('unit_path').notNull(),
  title: text('title').notNull(),
  /** Number of the version that is judged by; null = none was switched on yet. */
  published: integer('published'),
  switchedOn: boolean('switched_on').notNull(),
  /** Number of the newest version. */
  newest: integer('newest').notNull(),
  createdBy: uuid('created_by').notNull(),
  createdByName: text('created_by_name').notNull(),
  createdAt: instant('created_at').notNull(),
  version: integer('version').notNull(),
  ...guarded(),
})

/** One version of a composed indicator: what was entered, and the definition made of it. */
export const composedVersion = pgTable(
  'composed_version',
  {
    id: uuid('id').primaryKey(),
    code: text('code').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    number: integer('number').notNull(),
    composition: jsonb('composition').$type<Composition>().notNull(),
    definition: jsonb('definition').$type<Record<string, unknown>>().notNull(),
    state: text('state').notNull(),
    proposedBy: uuid('proposed_by').notNull(),
    proposedByName: text('proposed_by_name').notNull(),
    proposedPath: text('proposed_path').notNull(),
    savedAt: instant('saved_at').notNull(),
    submittedAt: instant('submitted_at'),
    reason: text('reason'),
    decidedBy: uuid('decided_by'),
    decidedByName: text('decided_by_name'),
    decidedAt: instant('decided_at'),
    opinion: text('opinion'),
    version: integer('version').notNull(),
    ...guarded(),
  },
  (t) => [
    unique('composed_version_number').on(t.code, t.number),
    index('composed_version_waiting').on(t.submittedAt).where(sql`state = 'submitted'`),
  ],
)

/** A version of a composed indicator tried on past data: what would have been found. Nothing of it becomes a finding. */
export const backTest = pgTable(
  'back_test',
  {
    id: uuid('id').primaryKey(),
    code: text('code').notNull(),
    number: integer('number').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    periodFrom: date('period_from', { mode: 'string' }).notNull(),
    /** Last day, inclusive. */
    periodTo: date('period_to', { mode: 'string' }).notNull(),
    state: text('state').notNull(),
    requestedBy: uuid('requested_by').notNull(),
    requestedByName: text('requested_by_name').notNull(),
    requestedAt: instant('requested_at').notNull(),
    finishedAt: instant('finished_at'),
    message: text('message'),
    result: jsonb('result').$type<BackTestResult>(),
    cancelRequested: boolean('cancel_requested').notNull().default(false),
  },
  (t) => [index('back_test_code').on(t.code, t.requestedAt)],
)

/** What an in-process indicator showed to the handler of a transaction. */
export const warning = pgTable(
  'warning',
  {
    id: uuid('id').primaryKey(),
    unitId: uuid('unit_id').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    transactionId: uuid('transaction_id').notNull(),
    serial: text('serial').notNull(),
    businessKind: text('business_kind').notNull(),
    event: text('event').notNull(),
    code: text('code').notNull(),
    version: integer('version').notNull(),
    title: text('title').notNull(),
    /** `vehicle:<id>`, `person:<id>` …: whom the indicator is about. */
    subjectKey: text('subject_key').notNull(),
    effect: text('effect').notNull(),
    state: text('state').notNull(),
    handlerId: uuid('handler_id').notNull(),
    handlerName: text('handler_name').notNull(),
    authorisationId: uuid('authorisation_id'),
    explanation: jsonb('explanation').$type<StoredExplanation>().notNull(),
    shownAt: instant('shown_at').notNull(),
    acknowledgedAt: instant('acknowledged_at'),
  },
  (t) => [
    unique('warning_hit').on(t.transactionId, t.code, t.version, t.subjectKey),
    index('warning_unit_time').on(t.unitPath, t.shownAt),
    index('warning_handler').on(t.handlerId, t.shownAt),
    index('warning_subject').on(t.subjectKey, t.shownAt),
    index('warning_shown').on(t.shownAt, t.id),
    index('warning_code').on(t.code, t.id),
  ],
)

/** A leader's decision on a held transaction. It covers exactly the hits it names. */
export const authorisation = pgTable(
  'authorisation',
  {
    id: uuid('id').primaryKey(),
    unitId: uuid('unit_id').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    transactionId: uuid('transaction_id').notNull(),
    serial: text('serial').notNull(),
    businessKind: text('business_kind').notNull(),
    handlerId: uuid('handler_id').notNull(),
    handlerName: text('handler_name').notNull(),
    state: text('state').notNull(),
    hits: jsonb('hits').$type<Hit[]>().notNull(),
    requestedAt: instant('requested_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    decidedAt: instant('decided_at'),
    decidedBy: uuid('decided_by'),
    decidedByName: text('decided_by_name'),
    reason: text('reason'),
    version: integer('version').notNull(),
    ...guarded(),
  },
  (t) => [
    index('authorisation_transaction').on(t.transactionId),
    index('authorisation_waiting').on(t.unitPath, t.requestedAt).where(sql`state = 'requested'`),
    index('authorisation_unit_time').on(t.unitPath, t.requestedAt),
    index('authorisation_handler').on(t.handlerId, t.requestedAt),
    index('authorisation_requested').on(t.requestedAt, t.id),
  ],
)

/** One run of post-hoc indicators over a period. */
export const analysisRun = pgTable(
  'analysis_run',
  {
    id: uuid('id').primaryKey(),
    unitPath: unitPath('unit_path').notNull(),
    codes: jsonb('codes').$type<string[]>().notNull(),
    overrides: jsonb('overrides').$type<RunOverride[]>().notNull(),
    periodFrom: date('period_from', { mode: 'string' }).notNull(),
    /** Last day, inclusive. */
    periodTo: date('period_to', { mode: 'string' }).notNull(),
    state: text('state').notNull(),
    trigger: text('trigger').notNull(),
    requestedBy: uuid('requested_by').notNull(),
    requestedByName: text('requested_by_name').notNull(),
    requestedAt: instant('requested_at').notNull(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    done: integer('done').notNull(),
    findings: integer('findings').notNull(),
    cancelRequested: boolean('cancel_requested').notNull(),
    /** Why it failed, or its last attempt did. */
    message: text('message'),
    /** In state `retrying`: when it is tried again at the earliest. */
    retryAt: instant('retry_at'),
    /** chosen, due, changed or all: see `RunExtent`. */
    extent: text('extent').notNull().default('chosen'),
    /** What is judged over which days, each day or month apart; null = all `codes` over the whole period. */
    plan: jsonb('plan').$type<PlannedPeriod[]>(),
    /** Place in the order of the lake's changes: what came before it was there when the run judged. */
    mark: text('mark'),
    /** Extent `changed`: what had come since the run before. */
    changes: jsonb('changes').$type<ChangedFact[]>(),
  },
  (t) => [
    index('analysis_run_unit_time').on(t.unitPath, t.requestedAt),
    index('analysis_run_marks').on(t.unitPath, t.requestedAt).where(sql`extent = 'changed'`),
    // A schedule that fires twice starts one run.
    uniqueIndex('analysis_run_scheduled')
      .on(t.trigger, t.unitPath, t.periodFrom, t.periodTo)
      .where(sql`trigger <> 'manual'`),
  ],
)

/** What became of one indicator, over one period of the run's plan, in one run. */
export const runResult = pgTable(
  'run_result',
  {
    runId: uuid('run_id').notNull(),
    code: text('code').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    outcome: text('outcome').notNull(),
    groups: integer('groups').notNull(),
    findings: integer('findings').notNull(),
    smallSample: integer('small_sample').notNull(),
    cannotJudge: integer('cannot_judge').notNull(),
    missing: jsonb('missing').$type<string[]>().notNull(),
    message: text('message'),
    milliseconds: integer('milliseconds').notNull(),
    periodFrom: date('period_from', { mode: 'string' }).notNull(),
    /** Last day, inclusive. */
    periodTo: date('period_to', { mode: 'string' }).notNull(),
    /** Null: judged before this was kept. */
    judgedAt: instant('judged_at'),
    /** Judged with its own dimension, parameters or window. */
    trial: boolean('trial').notNull().default(false),
    basis: jsonb('basis').$type<JudgmentBasis>(),
    comparison: jsonb('comparison').$type<JudgmentComparison>(),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.code, t.periodFrom] }),
    index('run_result_judged').on(t.code, t.judgedAt).where(sql`basis IS NOT NULL`),
  ],
)

/** What a run changed of what was found before: the figures stand in the findings themselves, which stay. */
export const findingChange = pgTable(
  'finding_change',
  {
    id: uuid('id').primaryKey(),
    unitPath: unitPath('unit_path').notNull(),
    runId: uuid('run_id').notNull(),
    code: text('code').notNull(),
    /** appeared, changed, vanished */
    kind: text('kind').notNull(),
    /** The finding as it is now; of one that vanished, as it was. */
    findingId: uuid('finding_id').notNull(),
    /** The finding that it took the place of. */
    previousId: uuid('previous_id'),
    /** The closed case that it made worse, and that was told so. */
    worsenedCaseId: uuid('worsened_case_id'),
    causes: jsonb('causes').$type<ChangeCause[]>().notNull(),
    at: instant('at').notNull(),
  },
  (t) => [
    index('finding_change_run').on(t.runId, t.id),
    index('finding_change_finding').on(t.findingId),
    index('finding_change_worsened').on(t.worsenedCaseId).where(sql`worsened_case_id IS NOT NULL`),
  ],
)

/** One crossing of a post-hoc threshold (SUP-10). */
export const finding = pgTable(
  'finding',
  {
    id: uuid('id').primaryKey(),
    unitPath: unitPath('unit_path').notNull(),
    /** Unit that investigates the case it is in. */
    assignedPath: unitPath('assigned_path'),
    runId: uuid('run_id').notNull(),
    code: text('code').notNull(),
    indicatorVersion: integer('indicator_version').notNull(),
    title: text('title').notNull(),
    subjectKind: text('subject_kind').notNull(),
    subjectKey: text('subject_key').notNull(),
    subjectLabel: text('subject_label').notNull(),
    /** All dimensions of the group, `site=…;subject=…`; with code, variant, period and unit it names the crossing. */
    groupKey: text('group_key').notNull(),
    /** '' for the definition as shipped; otherwise what this run replaced, so that a trial run supersedes only itself. */
    variant: text('variant').notNull(),
    /** What the drill-down asks. */
    drilldown: jsonb('drilldown').$type<Drilldown>().notNull(),
    /** `2026-03`, `2026-03-05` or `2026-03-01..2026-03-31` as the engine names it. */
    period: text('period').notNull(),
    periodFrom: date('period_from', { mode: 'string' }).notNull(),
    periodTo: date('period_to', { mode: 'string' }).notNull(),
    measured: doublePrecision('measured'),
    base: doublePrecision('base'),
    deviation: doublePrecision('deviation'),
    threshold: doublePrecision('threshold'),
    comparison: text('comparison').notNull(),
    unit: text('unit').notNull(),
    sample: doublePrecision('sample'),
    smallSample: boolean('small_sample').notNull(),
    sentence: text('sentence').notNull(),
    explanation: jsonb('explanation').$type<StoredExplanation>().notNull(),
    state: text('state').notNull(),
    suppressedUntil: date('suppressed_until', { mode: 'string' }),
    suppressedReason: text('suppressed_reason'),
    caseId: uuid('case_id'),
    foundAt: instant('found_at').notNull(),
    version: integer('version').notNull(),
    ...guarded(),
  },
  (t) => [
    uniqueIndex('finding_current')
      .on(t.code, t.variant, t.groupKey, t.period, t.unitPath)
      .where(sql`state <> 'superseded'`),
    index('finding_unit_time').on(t.unitPath, t.foundAt),
    index('finding_code').on(t.code, t.periodFrom),
    index('finding_subject').on(t.subjectKey, t.foundAt),
    index('finding_run').on(t.runId),
    index('finding_case').on(t.caseId),
    index('finding_found').on(t.foundAt, t.id),
    // All that counting takes: the rows themselves are wide.
    index('finding_outcome')
      .on(t.foundAt, t.code, t.unitPath, t.assignedPath, t.state, t.caseId)
      .where(sql`small_sample = false AND variant = ''`),
    index('finding_period').on(t.periodFrom, t.id),
    index('finding_measured').on(sql`coalesce(${t.measured}, '-infinity')`, t.id),
  ],
)

/**
 * An indicator put aside for one subject within a unit, until a day and for a reason: new findings are born suppressed.
 * Stands while it is not lifted and its last day has not passed.
 */
export const suppression = pgTable(
  'suppression',
  {
    id: uuid('id').primaryKey(),
    unitPath: unitPath('unit_path').notNull(),
    code: text('code').notNull(),
    title: text('title').notNull(),
    subjectKind: text('subject_kind').notNull(),
    subjectKey: text('subject_key').notNull(),
    subjectLabel: text('subject_label').notNull(),
    /** The finding at which it was decided. */
    findingId: uuid('finding_id').notNull(),
    /** Last day, inclusive. */
    until: date('until', { mode: 'string' }).notNull(),
    reason: text('reason').notNull(),
    suppressedBy: uuid('suppressed_by').notNull(),
    suppressedByName: text('suppressed_by_name').notNull(),
    suppressedAt: instant('suppressed_at').notNull(),
    liftedBy: uuid('lifted_by'),
    liftedByName: text('lifted_by_name'),
    liftedAt: instant('lifted_at'),
    liftedReason: text('lifted_reason'),
    version: integer('version').notNull(),
    ...guarded(),
  },
  (t) => [
    index('suppression_standing').on(t.code, t.subjectKey).where(sql`lifted_at IS NULL`),
    index('suppression_until').on(t.until, t.id),
    index('suppression_time').on(t.suppressedAt, t.id),
  ],
)

/** Findings about one subject under investigation (嫌疑业务). The timeline stands in the guarded row itself. */
export const suspectCase = pgTable(
  'suspect_case',
  {
    id: uuid('id').primaryKey(),
    number: text('number').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    assignedPath: unitPath('assigned_path'),
    state: text('state').notNull(),
    outcome: text('outcome'),
    title: text('title').notNull(),
    code: text('code'),
    bornFrom: text('born_from').notNull(),
    subjectKind: text('subject_kind').notNull(),
    subjectKey: text('subject_key').notNull(),
    subjectLabel: text('subject_label').notNull(),
    transactionId: uuid('transaction_id'),
    description: text('description'),
    assigneeId: uuid('assignee_id'),
    assigneeName: text('assignee_name'),
    result: text('result'),
    measures: text('measures'),
    responsible: jsonb('responsible').$type<{ name: string; role: string }[]>().notNull(),
    investigatorId: uuid('investigator_id'),
    investigatorName: text('investigator_name'),
    reviewerId: uuid('reviewer_id'),
    reviewerName: text('reviewer_name'),
    reviewOpinion: text('review_opinion'),
    findings: integer('findings').notNull(),
    dueAt: instant('due_at').notNull(),
    remindedAt: instant('reminded_at'),
    escalatedAt: instant('escalated_at'),
    openedBy: uuid('opened_by').notNull(),
    openedByName: text('opened_by_name').notNull(),
    openedAt: instant('opened_at').notNull(),
    closedAt: instant('closed_at'),
    timeline: jsonb('timeline').$type<CaseEntry[]>().notNull(),
    version: integer('version').notNull(),
    ...guarded(),
    // Columns that came later: see platform/guard.
    /** Since it was closed, later data made what it was about clearly worse; a person decides whether to reopen it. */
    worsenedAt: instant('worsened_at'),
  },
  (t) => [
    unique('suspect_case_number').on(t.number),
    // One open case for one subject and unit: repeated findings gather in it.
    uniqueIndex('suspect_case_open').on(t.subjectKey, t.unitPath).where(sql`state <> 'closed'`),
    index('suspect_case_unit_time').on(t.unitPath, t.openedAt),
    index('suspect_case_opened').on(t.openedAt, t.id),
    index('suspect_case_outcome').on(
      t.openedAt,
      t.code,
      t.unitPath,
      t.assignedPath,
      t.state,
      t.outcome,
      t.dueAt,
      t.closedAt,
      t.id,
    ),
    index('suspect_case_all_due').on(t.dueAt, t.id),
    index('suspect_case_worsened').on(t.worsenedAt).where(sql`worsened_at IS NOT NULL`),
    index('suspect_case_subject').on(t.subjectKey, t.openedAt),
    index('suspect_case_assigned').on(t.assignedPath, t.state),
    index('suspect_case_due').on(t.dueAt).where(sql`state <> 'closed'`),
  ],
)

/** Second, higher threshold of an indicator: cases over it go to the discipline system (SUP-13). */
export const pushThreshold = pgTable(
  'push_threshold',
  {
    id: uuid('id').primaryKey(),
    code: text('code').notNull(),
    unitPath: unitPath('unit_path').notNull(),
    /** null = cases are not pushed from this unit and those below. */
    value: doublePrecision('value'),
    reason: text('reason').notNull(),
    changedByName: text('changed_by_name').notNull(),
    changedAt: instant('changed_at').notNull(),
    version: integer('version').notNull(),
    ...guarded(),
    /** The second person, where the change needed one; came later. */
    approvedByName: text('approved_by_name'),
  },
  (t) => [unique('push_threshold_unit').on(t.unitPath, t.code)],
)

/** A case on its way to the discipline system. Once for a case. */
export const casePush = pgTable(
  'case_push',
  {
    caseId: uuid('case_id').primaryKey(),
    unitPath: unitPath('unit_path').notNull(),
    /** The finding that crossed the second threshold, and that threshold. */
    findingId: uuid('finding_id').notNull(),
    threshold: doublePrecision('threshold').notNull(),
    /** queued, failing, delivered */
    state: text('state').notNull(),
    attempts: integer('attempts').notNull(),
    lastError: text('last_error'),
    receipt: text('receipt'),
    queuedAt: instant('queued_at').notNull(),
    deliveredAt: instant('delivered_at'),
  },
  (t) => [index('case_push_queued').on(t.queuedAt, t.caseId)],
)

/** Guarded tables of this module, for the sweep. */
export const supervisionGuardedTables = [
  indicatorVersion,
  indicatorSetting,
  settingChange,
  composedIndicator,
  composedVersion,
  authorisation,
  finding,
  suppression,
  suspectCase,
  pushThreshold,
]
