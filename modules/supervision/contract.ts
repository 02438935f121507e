/**
 * Operations of supervision: warnings and authorisations while business is handled, indicators and their settings,
 * analysis runs and findings, suspect cases, and the workbench. Schemas only; the console imports this.
 */
import { isoDay, isoInstant, operationsOf, pageOf, pageQuery, sortBy } from '@hengjian/platform/contract'
import { z } from 'zod'
import { supervisionPermissions } from './permissions.ts'
import { themeOperations } from './themes/contract.ts'

export type { ThemeFigureRow } from './themes/contract.ts'

const operation = operationsOf(supervisionPermissions, '综合监管')
const id = z.uuid()
const byId = z.object({ id })
const reason = z.string().trim().min(2).max(1000)
const unitPath = z
  .string()
  .regex(/^\/([0-9A-Za-z_-]+\/)*$/, '不是有效的机构路径')
  .max(400)
const code = z.string().min(1).max(40)
const count = z.number().int()

/** Value of an indicator's parameter. A list holds codes; null = unset. */
const parameterValue = z.union([
  z.number(),
  z.string().max(200),
  z.array(z.string().max(200)).max(500),
  z.null(),
])

// ---- explanation -----------------------------------------------------------------------------------------------

/** A fact that counted towards a hit and that the reader may see. `link` is a page of the console. */
export const evidence = z.object({
  fact: z.string().describe('Kind of fact: transaction, vehicle_owner, …'),
  id,
  label: z.string().describe('Chinese name of the fact, with its number where it has one'),
  at: isoInstant.nullable(),
  unitPath: z.string().nullable(),
  unitName: z.string().nullable(),
  link: z.string().nullable(),
})

/** Facts that counted but lie outside the reader's scope: how many, where, and a masked key; no link. */
const evidenceElsewhere = z.object({
  fact: z.string(),
  label: z.string(),
  unitPath: z.string(),
  unitName: z.string().nullable(),
  count,
  maskedKeys: z.array(z.string()).describe('At most three'),
})

/** Why it fired (SUP-10): what was measured against what, under which parameters, and the facts behind it. */
export const explanation = z.object({
  sentence: z.string().describe('One plain sentence'),
  indicator: z.object({
    code,
    version: count,
    title: z.string(),
    definition: z.string(),
    legalBasis: z.string().nullable(),
  }),
  status: z
    .enum(['fired', 'clear', 'cannot_judge', 'unavailable'])
    .describe('unavailable: the outside system did not answer, the fallback applied'),
  measured: z.number().nullable(),
  base: z.number().nullable(),
  deviation: z.number().nullable(),
  comparison: z.enum(['>', '>=', '<', '<=']),
  threshold: z.number().nullable(),
  unit: z.enum([
    'count',
    'percent_share',
    'percentage_points',
    'percent_growth',
    'working_days',
    'months',
    'minutes',
  ]),
  sample: z.number().nullable(),
  minimumSample: z.number(),
  period: z.string().nullable().describe('2026-03, 2026-03-05 or 2026-03-01..2026-03-31'),
  also: z
    .object({
      measured: z.number().nullable(),
      comparison: z.enum(['>', '>=', '<', '<=']),
      threshold: z.number().nullable(),
    })
    .nullable()
    .describe('Second test of the same group, where the definition has one'),
  notes: z
    .array(z.string())
    .describe('Remarks: why it was not judged, that an outside system did not answer'),
  parameters: z.array(z.object({ name: z.string(), title: z.string(), value: parameterValue })),
  dimensions: z.array(
    z.object({ name: z.string(), title: z.string(), value: z.string(), label: z.string() }),
  ),
  evidence: z.array(evidence),
  elsewhere: z.array(evidenceElsewhere),
})
export type ExplanationView = z.infer<typeof explanation>

// ---- warnings ---------------------------------------------------------------------------------------------------

const warningView = z.object({
  id,
  code,
  version: count,
  title: z.string(),
  sentence: z.string(),
  effect: z.enum(['prompt', 'authorise']),
  state: z.enum(['shown', 'acknowledged']),
  transactionId: id,
  serial: z.string(),
  businessKind: z.string(),
  event: z.enum(['accept', 'amendment', 'information_change', 'step']),
  unitPath: z.string(),
  unitName: z.string().nullable(),
  handlerId: id,
  handlerName: z.string(),
  authorisationId: id.nullable(),
  shownAt: isoInstant,
  acknowledgedAt: isoInstant.nullable(),
  explanation,
})
export type WarningView = z.infer<typeof warningView>

/** Warnings and authorisations of one unit, person or indicator. `averageMinutes`: from request to decision. */
const warningCount = z.object({
  key: z.string(),
  label: z.string(),
  prompts: count,
  acknowledged: count,
  authorisations: count,
  waiting: count,
  granted: count,
  refused: count,
  expired: count,
  withdrawn: count,
  averageMinutes: z.number().nullable(),
})

// ---- authorisations ---------------------------------------------------------------------------------------------

const authorisationState = z.enum(['requested', 'granted', 'refused', 'expired', 'withdrawn'])
const authorisationRow = z.object({
  id,
  state: authorisationState,
  transactionId: id,
  serial: z.string(),
  businessKind: z.string(),
  businessTitle: z.string().nullable(),
  unitPath: z.string(),
  unitName: z.string().nullable(),
  handlerId: id,
  handlerName: z.string(),
  titles: z.array(z.string()).describe('Titles of the indicators that fired'),
  requestedAt: isoInstant,
  expiresAt: isoInstant,
  decidedAt: isoInstant.nullable(),
  decidedByName: z.string().nullable(),
  reason: z.string().nullable(),
})
export type AuthorisationRow = z.infer<typeof authorisationRow>

/** One line of what went before: other authorisations, warnings and cases of the handler or the subject. */
const historyLine = z.object({
  about: z.enum(['handler', 'subject']),
  kind: z.enum(['warning', 'authorisation', 'case']),
  id,
  title: z.string(),
  state: z.string(),
  at: isoInstant,
  link: z.string().nullable(),
})
/** A labelled fact of the transaction as business presents it (personal data masked). */
const labelledFact = z.object({
  label: z.string(),
  value: z.string(),
  link: z.string().nullable().optional(),
})
const authorisationView = authorisationRow.extend({
  hits: z.array(warningView),
  facts: z.array(labelledFact),
  steps: z.array(
    z.object({
      step: z.string(),
      title: z.string(),
      state: z.string(),
      operatorId: id.nullable(),
      operatorName: z.string().nullable(),
      at: isoInstant.nullable(),
      opinion: z.string().nullable(),
    }),
  ),
  history: z.array(historyLine),
  allowed: z.array(z.enum(['grant', 'refuse', 'renew'])).describe('What the caller may do now'),
  refusedBecause: z.string().nullable().describe('Why the caller may not decide, in words'),
})
export type AuthorisationView = z.infer<typeof authorisationView>

// ---- indicators -------------------------------------------------------------------------------------------------

const indicatorView = z.object({
  code,
  version: count,
  mode: z.enum(['in_process', 'post_hoc']),
  subject: z.string(),
  title: z.string(),
  sentence: z.string(),
  legalBasis: z.string().nullable(),
  effect: z.enum(['prompt', 'authorise', 'finding']),
  event: z.string().nullable().describe('In-process: accept, amendment, information_change, external_check'),
  businessKinds: z.array(z.string()),
  schedule: z.enum(['daily', 'monthly']).nullable(),
  comparison: z.string(),
  unit: z.string(),
  minimumSample: count,
  unitPath: z.string().describe('The unit these values hold for'),
  enabled: z.boolean(),
  enabledFrom: z.string().nullable().describe('Unit that set it; null = as shipped'),
  parameters: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      type: z.enum(['number', 'text', 'list']),
      value: parameterValue,
      default: parameterValue,
      from: z.string().nullable().describe('Unit that set it; null = as shipped'),
      stricter: z
        .enum(['lower', 'higher'])
        .nullable()
        .describe('Which value lets more be found; null: neither, it cannot be tightened'),
      tightenOnly: z.boolean().describe('This unit leaves those below nothing but stricter values'),
      bound: z.string().nullable().describe('Unit above that allows stricter values only'),
      boundValue: z.number().nullable().describe('The loosest value it allows'),
    }),
  ),
  settingVersion: count.describe(
    'Version of the setting of exactly this unit; 0 = it has none. Send it back on update',
  ),
  pendingChange: z
    .object({ id, proposedByName: z.string(), proposedAt: isoInstant })
    .nullable()
    .describe('A change of this unit that waits for a second person'),
})
export type IndicatorView = z.infer<typeof indicatorView>
export const settingVersion = z.object({
  unitPath: z.string(),
  unitName: z.string().nullable(),
  version: count,
  enabled: z.boolean().nullable(),
  parameters: z.record(z.string(), parameterValue),
  tightenOnly: z.array(z.string()),
  reason: z.string(),
  changedByName: z.string(),
  approvedByName: z.string().nullable(),
  changedAt: isoInstant,
  supersededAt: isoInstant.nullable(),
})

/** What a change of a setting changes, in words. */
const settingDifference = z.object({
  name: z.string(),
  title: z.string(),
  from: z.string(),
  to: z.string(),
})
const changeEvidence = z
  .string()
  .nullable()
  .describe('Figures of the accepted suggestion that it follows, in words')
const settingChangeState = z.enum(['proposed', 'approved', 'refused', 'withdrawn'])
const settingChangeView = z.object({
  id,
  code,
  title: z.string(),
  unitPath: z.string(),
  unitName: z.string().nullable(),
  state: settingChangeState,
  changes: z.array(settingDifference),
  reason: z.string(),
  proposedByName: z.string(),
  proposedAt: isoInstant,
  decidedByName: z.string().nullable(),
  decidedAt: isoInstant.nullable(),
  opinion: z.string().nullable(),
  about: z.enum(['setting', 'push_threshold']).describe('push_threshold: of the second threshold'),
  evidence: changeEvidence,
  allowed: z.array(z.enum(['approve', 'refuse', 'withdraw'])).describe('What the caller may do now'),
  refusedBecause: z.string().nullable().describe('Why the caller may not decide, in words'),
})
export type SettingChangeView = z.infer<typeof settingChangeView>
const settingHistoryRow = z.object({
  id,
  unitPath: z.string(),
  unitName: z.string().nullable(),
  version: count,
  changes: z.array(settingDifference),
  reason: z.string(),
  changedByName: z.string(),
  approvedByName: z.string().nullable(),
  changedAt: isoInstant,
  supersededAt: isoInstant.nullable(),
  evidence: changeEvidence,
})
export type SettingHistoryRow = z.infer<typeof settingHistoryRow>

// ---- what the past says of a threshold --------------------------------------------------------------------------

const precision = z.object({
  decided: count.describe('Closed cases; findings that one case gathered count once'),
  confirmed: count,
  valuable: count,
  falsePositive: count,
  precision: z.number().nullable().describe('Percent confirmed or valuable'),
  range: z.object({ from: z.number(), to: z.number() }).nullable().describe('Where it lies with 95 %'),
})
const thresholdAdvice = z.object({
  code,
  title: z.string(),
  unitPath: z.string().describe('Unit whose value it is: the one asked for, or one below that set its own'),
  unitName: z.string().nullable(),
  parameter: z.string(),
  comparison: z.string(),
  unit: z.string(),
  threshold: z.number().describe('In force now'),
  verdict: z.enum(['too_few', 'nothing_right', 'better', 'barred', 'nearest_right', 'keep']),
  sentence: z.string().describe('What the past says, in words'),
  before: precision,
  bands: z
    .array(precision.extend({ from: z.number(), to: z.number() }))
    .describe('By the value that was compared, from the threshold outwards'),
  beyond: count.describe('Closed cases left out, since the present threshold would not find them'),
  undecided: count.describe('Findings of the time in no closed case'),
  better: z
    .object({ value: z.number(), sparedFalse: count, lostRight: count, after: precision })
    .nullable()
    .describe('The suggestion: false positives that would not have risen, right cases that would be lost'),
})
export type ThresholdAdviceView = z.infer<typeof thresholdAdvice>
const advisedPeriod = {
  from: isoDay.describe('Findings found from this day on'),
  to: isoDay.describe('Last day, inclusive'),
}

// ---- composed indicators ----------------------------------------------------------------------------------------

const fieldName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/, '不是有效的字段')
  .max(130)
/** A condition on a field. Several values mean one of them. */
const compositionFilter = z.object({
  field: fieldName,
  test: z.enum([
    'is',
    'is_not',
    'above',
    'at_least',
    'below',
    'at_most',
    'begins',
    'known',
    'unknown',
    'local',
    'not_local',
  ]),
  values: z
    .array(z.union([z.string().trim().min(1).max(200), z.number(), z.boolean()]))
    .max(100)
    .default([]),
})
export type CompositionFilter = z.infer<typeof compositionFilter>
const filters = z.array(compositionFilter).max(20)
/** What a supervisor puts together: the blocks of an indicator as the form has them. */
const composition = z.object({
  title: z.string().trim().min(2, '至少两个字').max(60),
  legalBasis: z.string().trim().max(300).default(''),
  source: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .max(60)
    .describe('Fact whose records are counted'),
  filters: filters.default([]).describe('Which records take part: all conditions must hold'),
  compare: z.array(fieldName).max(4).describe('What is compared with each other; the first is the subject'),
  window: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('day') }),
    z.object({ kind: z.literal('month') }),
    z.object({ kind: z.literal('rolling'), months: z.number().int().min(1).max(36) }),
  ]),
  measure: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('count') }),
    z.object({ kind: z.literal('count_distinct'), field: fieldName }),
    z.object({ kind: z.literal('sum'), field: fieldName }),
    z.object({ kind: z.literal('average'), field: fieldName }),
    z.object({ kind: z.literal('max'), field: fieldName }),
    z.object({ kind: z.literal('rate'), filters }).describe('Percent of the records that satisfy these too'),
    z
      .object({ kind: z.literal('share'), fact: z.string().max(60), filters })
      .describe('Records of another fact for every hundred of the source'),
  ]),
  base: z
    .enum([
      'previous_month',
      'same_month_last_year',
      'last_year_monthly_average',
      'pooled',
      'others_average',
      'city_last_year_average_per_group',
    ])
    .nullable()
    .default(null)
    .describe('What the measure is held against; null: the threshold alone'),
  comparison: z.enum(['>', '>=', '<', '<=']),
  threshold: z.number().min(0).max(1e9),
  minimumSample: z.number().int().min(0).max(1e6),
  inProcess: z
    .object({
      businessKinds: z.array(code).min(1, '至少选择一种业务').max(60),
      about: z
        .enum(['vehicle', 'person', 'agent', 'transaction'])
        .describe('Whose records are counted: of the party at hand, or of the transaction itself'),
      effect: z.enum(['prompt', 'authorise']),
    })
    .nullable()
    .default(null)
    .describe('Judged while business of these kinds is accepted, up to that moment; null: judged afterwards'),
})
export type Composition = z.infer<typeof composition>
const block = z.object({
  field: z.string(),
  title: z.string(),
  type: z.enum(['text', 'number', 'boolean', 'moment', 'identity', 'personal']),
  region: z.boolean().describe('May be asked whether it is local'),
  values: z.array(z.object({ value: z.string(), title: z.string() })).describe('Codes known beforehand'),
})
const compositionFault = z.object({ path: z.string(), message: z.string() })
const composedState = z.enum(['draft', 'submitted', 'approved', 'refused'])
const composedVersionView = z.object({
  number: count,
  state: composedState,
  title: z.string(),
  sentence: z.string(),
  composition,
  proposedByName: z.string(),
  savedAt: isoInstant,
  submittedAt: isoInstant.nullable(),
  reason: z.string().nullable(),
  decidedByName: z.string().nullable(),
  decidedAt: isoInstant.nullable(),
  opinion: z.string().nullable(),
  allowed: z.array(z.enum(['save', 'submit', 'approve', 'refuse', 'switch_on'])),
  refusedBecause: z.string().nullable().describe('Why the caller may not decide, in words'),
})
export type ComposedVersionView = z.infer<typeof composedVersionView>
const composedView = z.object({
  code,
  title: z.string(),
  unitPath: z.string(),
  unitName: z.string().nullable(),
  published: count.nullable().describe('Version that is judged by; null: none was switched on yet'),
  switchedOn: z.boolean(),
  newest: count,
  newestState: composedState,
  createdByName: z.string(),
  createdAt: isoInstant,
})
export type ComposedView = z.infer<typeof composedView>
const backTestState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])
const backTestView = z.object({
  id,
  code,
  number: count,
  unitPath: z.string(),
  unitName: z.string().nullable(),
  from: isoDay,
  to: isoDay,
  state: backTestState,
  requestedByName: z.string(),
  requestedAt: isoInstant,
  finishedAt: isoInstant.nullable(),
  message: z.string().nullable(),
  fired: count.nullable(),
  cancelRequested: z.boolean(),
})
const backTestResult = z.object({
  missing: z.array(z.string()).describe('Fields that the facts lack'),
  groups: count,
  fired: count,
  smallSample: count,
  cannotJudge: count,
  milliseconds: count,
  byUnitMonth: z.array(
    z.object({ unitPath: z.string(), unitName: z.string().nullable(), month: z.string(), fired: count }),
  ),
  subjects: count,
  overlap: z
    .array(z.object({ code, title: z.string(), subjects: count, findings: count }))
    .describe('Indicators with findings about the same subjects in the period'),
  cut: z
    .boolean()
    .optional()
    .describe('Of acceptances judged again: there were more than are judged at once; the newest were'),
  hits: z.array(
    z.object({
      subjectLabel: z.string(),
      unitPath: z.string(),
      unitName: z.string().nullable(),
      period: z.string(),
      measured: z.number().nullable(),
      base: z.number().nullable(),
      deviation: z.number().nullable(),
      threshold: z.number().nullable(),
      sample: z.number().nullable(),
      sentence: z.string(),
    }),
  ),
})

// ---- analysis ---------------------------------------------------------------------------------------------------

const runState = z.enum(['queued', 'running', 'retrying', 'done', 'failed', 'cancelled'])
/** Another dimension, other parameter values or another window for one run of one indicator. */
const runOverride = z.object({
  code,
  dimensions: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
        of: z.string().max(130),
        title: z.string().max(60).optional(),
      }),
    )
    .min(1)
    .max(4)
    .optional(),
  parameters: z.record(z.string(), parameterValue).optional(),
  window: z.enum(['day', 'month', 'period']).optional(),
  city: z
    .enum(['city', 'all'])
    .optional()
    .describe('What stands for the city: the detachment, or everything pooled'),
})
/** Why a judgment may differ from the one before, as far as is known. */
const changeCause = z.object({
  kind: z.enum(['facts', 'settings', 'version', 'regions', 'calendar']),
  text: z.string().describe('In Chinese'),
})
/** Outcome of one indicator in one run. */
export const runResult = z.object({
  code,
  title: z.string(),
  from: isoDay,
  to: isoDay.describe('Last day, inclusive'),
  outcome: z.enum(['findings', 'nothing', 'missing_fields', 'failed']),
  findings: count,
  smallSample: count.describe('Groups over the threshold but below the minimum sample'),
  cannotJudge: count.describe('Groups without a base'),
  groups: count,
  missing: z.array(z.string()).describe('Fields that the facts lack'),
  message: z.string().nullable(),
  milliseconds: count,
  comparison: z
    .object({
      since: z
        .object({ runId: id, at: isoInstant })
        .nullable()
        .describe('The judgment before over these days; null when there was none'),
      appeared: count,
      confirmed: count,
      changed: count,
      vanished: count,
      causes: z.array(changeCause),
    })
    .nullable()
    .describe('Null where nothing was judged, or before this was kept'),
})
const runTrigger = z.enum(['manual', 'daily', 'monthly', 'incremental'])
const runExtent = z
  .enum(['chosen', 'due', 'changed', 'all'])
  .describe('Chosen indicators, what was due, what changed since the last time, or all of the period')
const runView = z.object({
  id,
  extent: runExtent,
  codes: z.array(code),
  from: isoDay,
  to: isoDay.describe('Last day, inclusive'),
  unitPath: z.string(),
  unitName: z.string().nullable(),
  state: runState,
  trigger: runTrigger,
  requestedByName: z.string(),
  requestedAt: isoInstant,
  startedAt: isoInstant.nullable(),
  finishedAt: isoInstant.nullable(),
  done: count.describe('Indicators finished; of a run by plan: planned periods'),
  total: count,
  findings: count,
  cancelRequested: z.boolean(),
  retryAt: isoInstant.nullable().describe('When a failed attempt is repeated at the earliest'),
  message: z.string().nullable(),
})
export type RunView = z.infer<typeof runView>
const findingFigures = z.object({
  measured: z.number().nullable(),
  base: z.number().nullable(),
  deviation: z.number().nullable(),
  threshold: z.number().nullable(),
  sample: z.number().nullable(),
  smallSample: z.boolean(),
  version: count.describe('Version of the indicator'),
})
export type FindingFigures = z.infer<typeof findingFigures>
const changeKind = z.enum(['appeared', 'changed', 'vanished'])
/** What a run changed of what was found before. */
const findingChangeView = z.object({
  id,
  kind: changeKind,
  findingId: id,
  code,
  title: z.string(),
  subjectLabel: z.string(),
  unitPath: z.string(),
  unitName: z.string().nullable(),
  periodFrom: isoDay,
  periodTo: isoDay,
  unit: z.string(),
  comparison: z.string(),
  before: findingFigures.nullable(),
  after: findingFigures.nullable(),
  worsenedCaseId: id.nullable().describe('The closed case that it made worse'),
  causes: z.array(changeCause),
  at: isoInstant,
})
export type FindingChangeView = z.infer<typeof findingChangeView>
const changedFact = z.object({
  fact: z.string(),
  label: z.string(),
  month: z.string().nullable().describe('`2026-03`; null where the fact does not lie by month'),
  rows: count.describe('New rows, and new versions of rows'),
})
const runDetail = runView.extend({
  overrides: z.array(runOverride),
  changes: z
    .array(changedFact)
    .nullable()
    .describe(
      'Extent `changed`: what had come since the run before; null for the first of a unit, and for others',
    ),
  results: z.array(runResult),
})

const findingState = z.enum(['open', 'in_case', 'suppressed', 'superseded'])
const findingView = z.object({
  id,
  code,
  version: count,
  title: z.string(),
  subjectKind: z.string(),
  subjectKey: z.string(),
  subjectLabel: z.string(),
  unitPath: z.string(),
  unitName: z.string().nullable(),
  periodFrom: isoDay,
  periodTo: isoDay,
  measured: z.number().nullable(),
  base: z.number().nullable(),
  deviation: z.number().nullable(),
  threshold: z.number().nullable(),
  comparison: z.string(),
  unit: z.string(),
  sample: z.number().nullable(),
  smallSample: z.boolean(),
  trial: z.boolean().describe('Found by a run with its own dimension, parameters or window'),
  sentence: z.string(),
  state: findingState,
  caseId: id.nullable(),
  caseNumber: z.string().nullable(),
  runId: id,
  foundAt: isoInstant,
})
export type FindingView = z.infer<typeof findingView>
/** Page of the file of the vehicle or person that a record is about. */
const subjectLink = z
  .string()
  .nullable()
  .describe('Page of the console; null where there is none or the caller may not open it')
const findingRow = findingView.extend({ subjectLink })
const findingDetail = findingRow.extend({
  explanation,
  suppressedUntil: isoDay.nullable(),
  suppressedReason: z.string().nullable(),
  /** Earlier findings of the same indicator and subject that stand, newest first, at most 12. */
  earlier: z.array(findingView),
  allowed: z.array(z.enum(['open_case', 'suppress'])),
})
const suppressionView = z.object({
  id,
  code,
  title: z.string(),
  subjectKind: z.string(),
  subjectKey: z.string(),
  subjectLabel: z.string(),
  unitPath: z.string(),
  unitName: z.string().nullable(),
  findingId: id,
  until: isoDay.describe('Last day, inclusive'),
  reason: z.string(),
  suppressedByName: z.string(),
  suppressedAt: isoInstant,
  liftedByName: z.string().nullable(),
  liftedAt: isoInstant.nullable(),
  liftedReason: z.string().nullable(),
  state: z.enum(['standing', 'expired', 'lifted']),
})
export type SuppressionView = z.infer<typeof suppressionView>
/** A record behind a finding, as its fact table shows it; personal and encrypted columns are left out. */
const findingFact = z.object({
  fact: z.string(),
  id,
  at: isoInstant.nullable(),
  unitPath: z.string().nullable(),
  unitName: z.string().nullable(),
  label: z.string(),
  role: z
    .enum(['counted', 'sample', 'base'])
    .describe('counted: makes the measured value; sample: denominator only'),
  link: z.string().nullable(),
  values: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
    }),
  ),
})

// ---- suspect cases ----------------------------------------------------------------------------------------------

const caseState = z.enum(['pending', 'investigating', 'under_review', 'returned', 'closed'])
const caseOutcome = z.enum(['confirmed', 'valuable', 'false_positive'])
const caseRow = z.object({
  id,
  number: z.string(),
  state: caseState,
  outcome: caseOutcome.nullable(),
  title: z.string(),
  code: code.nullable().describe('Indicator that started it; null when entered by hand'),
  source: z.enum(['finding', 'manual']),
  subjectKind: z.string(),
  subjectKey: z.string(),
  subjectLabel: z.string(),
  unitPath: z.string(),
  unitName: z.string().nullable(),
  assignedPath: z.string().nullable(),
  assignedUnitName: z.string().nullable(),
  assigneeId: id.nullable(),
  assigneeName: z.string().nullable(),
  findings: count,
  dueAt: isoInstant,
  overdue: z.boolean(),
  escalated: z.boolean(),
  openedAt: isoInstant,
  openedByName: z.string(),
  closedAt: isoInstant.nullable(),
  worsenedAt: isoInstant.nullable().describe('Closed, and later data made it clearly worse'),
})
export type CaseRow = z.infer<typeof caseRow>
const caseEntry = z.object({
  id,
  at: isoInstant,
  actorName: z.string(),
  action: z.enum([
    'opened',
    'finding_added',
    'assigned',
    'started',
    'recorded',
    'submitted',
    'closed',
    'returned',
    'reminded',
    'escalated',
    'worsened',
    'reopened',
  ]),
  title: z.string().describe('The action in Chinese'),
  text: z.string().nullable(),
})
const caseListRow = caseRow.extend({ subjectLink })
const caseDetail = caseListRow.extend({
  description: z.string().nullable(),
  transactionId: id.nullable(),
  result: z.string().nullable(),
  measures: z.string().nullable(),
  responsible: z.array(z.object({ name: z.string(), role: z.string() })),
  investigatorName: z.string().nullable(),
  reviewerName: z.string().nullable(),
  reviewOpinion: z.string().nullable(),
  findingRows: z.array(findingView),
  timeline: z.array(caseEntry),
  allowed: z.array(z.enum(['assign', 'start', 'record', 'submit', 'review', 'reopen'])),
})
export type CaseDetail = z.infer<typeof caseDetail>
/** Cases of one unit, indicator, state or month. Shares are percent; null when there is nothing to share. */
const caseCount = z.object({
  key: z.string(),
  label: z.string(),
  total: count,
  pending: count,
  investigating: count,
  underReview: count,
  returned: count,
  closed: count,
  overdue: count,
  confirmed: count,
  valuable: count,
  falsePositive: count,
  closedInTimePercent: z.number().nullable(),
  precisionPercent: z.number().nullable().describe('Confirmed and valuable among closed'),
  confirmedPercent: z.number().nullable().describe('Confirmed among closed'),
  averageDays: z.number().nullable().describe('Days from opening to closing'),
})
/** A case on its way to the discipline system. */
const casePushView = z.object({
  caseId: id,
  number: z.string(),
  title: z.string(),
  state: z.enum(['queued', 'failing', 'delivered']),
  threshold: z.number(),
  attempts: count,
  lastError: z.string().nullable(),
  receipt: z.string().nullable().describe("The other side's"),
  queuedAt: isoInstant,
  deliveredAt: isoInstant.nullable(),
})
export type CasePushView = z.infer<typeof casePushView>
/** What was found and what became of it, of one indicator, unit or month. */
const outcomeRow = caseCount.omit({ total: true }).extend({
  findings: count.describe('Found in the period; small samples and trial runs are left out'),
  open: count.describe('Of these, not dealt with yet'),
  inCase: count.describe('Of these, in a case'),
  suppressed: count,
  cases: count.describe('Opened in the period'),
})
export type OutcomeRow = z.infer<typeof outcomeRow>

// ---- workbench --------------------------------------------------------------------------------------------------

const workItem = z.object({
  kind: z.enum([
    'authorisation',
    'warning',
    'setting_change',
    'composed_version',
    'case_assign',
    'case_investigate',
    'case_review',
    'transaction',
  ]),
  id,
  title: z.string(),
  detail: z.string(),
  at: isoInstant,
  dueAt: isoInstant.nullable(),
  overdue: z.boolean(),
  link: z.string(),
})
export const workbench = z.object({
  waiting: z.array(workItem).describe('Waits for me'),
  late: z.array(workItem).describe('Late, or due within one working day'),
  returned: z.array(workItem).describe('Came back to me'),
  counts: z.object({ waiting: count, late: count, returned: count }),
})
export type WorkItem = z.infer<typeof workItem>

export const supervisionContract = {
  findWarnings: operation({
    id: 'supervision.find-warnings',
    method: 'GET',
    path: '/warnings',
    permission: 'supervision.warning.find',
    summary: '查询预警提示',
    exported: { title: '预警提示' },
    input: pageQuery.extend({
      transactionId: id.optional(),
      code: code.optional(),
      state: z.enum(['shown', 'acknowledged']).optional(),
      effect: z.enum(['prompt', 'authorise']).optional(),
      handlerId: id.optional(),
      subjectKey: z.string().max(200).optional().describe('vehicle:<id>, person:<id> …'),
      unitPath: unitPath.optional(),
      sort: sortBy('shownAt', 'code'),
      from: isoDay.optional(),
      to: isoDay.optional(),
    }),
    output: pageOf(warningView),
  }),
  acknowledgeWarning: operation({
    id: 'supervision.acknowledge-warning',
    method: 'POST',
    path: '/warnings/{id}/acknowledgement',
    permission: 'supervision.warning.acknowledge',
    summary: '确认预警提示',
    description: 'Only by the handler to whom it was shown.',
    input: byId,
    output: warningView,
  }),
  countWarnings: operation({
    id: 'supervision.count-warnings',
    method: 'GET',
    path: '/warning-counts',
    permission: 'supervision.warning.find',
    summary: '预警与授权统计',
    input: z.object({
      by: z.enum(['unit', 'handler', 'code']).default('unit'),
      from: isoDay,
      to: isoDay,
      unitPath: unitPath.optional(),
    }),
    output: z.object({ items: z.array(warningCount) }),
  }),

  findAuthorisations: operation({
    id: 'supervision.find-authorisations',
    method: 'GET',
    path: '/authorisations',
    permission: 'supervision.authorisation.find',
    summary: '查询业务授权',
    input: pageQuery.extend({
      queue: z
        .enum(['mine', 'all'])
        .default('all')
        .describe('mine: waiting and the caller may decide, oldest first; all: newest first'),
      state: authorisationState.optional(),
      transactionId: id.optional(),
      handlerId: id.optional(),
      unitPath: unitPath.optional(),
      sort: sortBy('requestedAt'),
    }),
    output: pageOf(authorisationRow),
  }),
  getAuthorisation: operation({
    id: 'supervision.get-authorisation',
    method: 'GET',
    path: '/authorisations/{id}',
    permission: 'supervision.authorisation.find',
    summary: '查看业务授权',
    input: byId,
    output: authorisationView,
  }),
  grantAuthorisation: operation({
    id: 'supervision.grant-authorisation',
    method: 'POST',
    path: '/authorisations/{id}/grant',
    permission: 'supervision.authorisation.grant',
    stepUp: true,
    summary: '同意授权',
    input: byId.extend({ reason }),
    output: authorisationRow,
  }),
  refuseAuthorisation: operation({
    id: 'supervision.refuse-authorisation',
    method: 'POST',
    path: '/authorisations/{id}/refusal',
    permission: 'supervision.authorisation.grant',
    stepUp: true,
    summary: '不予授权',
    input: byId.extend({ reason }),
    output: authorisationRow,
  }),
  renewAuthorisation: operation({
    id: 'supervision.renew-authorisation',
    method: 'POST',
    path: '/authorisations/{id}/renewal',
    permission: 'supervision.authorisation.request',
    summary: '重新申请授权',
    description:
      'By the handler, after an authorisation expired undecided: the same hits are put before the leaders again.',
    status: 201,
    input: byId,
    output: authorisationRow,
  }),

  findIndicators: operation({
    id: 'supervision.find-indicators',
    method: 'GET',
    path: '/indicators',
    permission: 'supervision.indicator.find',
    summary: '查询指标',
    exported: { title: '指标与阈值' },
    input: z.object({
      text: z.string().trim().max(60).optional().describe('Part of code or title'),
      subject: z.string().max(40).optional(),
      state: z.enum(['on', 'off', 'set']).optional().describe('set: with values of exactly this unit'),
      unitPath: unitPath.optional().describe("Values in force for this unit; the caller's own unless told"),
      mode: z.enum(['in_process', 'post_hoc']).optional(),
    }),
    output: z.object({ items: z.array(indicatorView) }),
  }),
  getIndicator: operation({
    id: 'supervision.get-indicator',
    method: 'GET',
    path: '/indicators/{code}',
    permission: 'supervision.indicator.find',
    summary: '查看指标',
    input: z.object({ code, unitPath: unitPath.optional() }),
    output: indicatorView.extend({
      definition: z.record(z.string(), z.unknown()).describe('The whole definition as data'),
      settings: z
        .array(settingVersion)
        .describe('Settings of the unit and those above it, with their history, newest first'),
      secondThreshold: z
        .object({ value: z.number().nullable(), from: z.string().describe('Unit that set it') })
        .nullable()
        .describe('In force for pushing cases; null: no unit said anything, nothing is pushed'),
    }),
  }),
  findThresholdAdvice: operation({
    id: 'supervision.find-threshold-advice',
    method: 'GET',
    path: '/threshold-advice',
    permission: 'supervision.case.find',
    summary: '阈值建议：按已办结的嫌疑业务看准确率',
    description:
      'Of indicators that are judged afterwards by one threshold; small samples and trial runs are left out. Rules: modules/supervision/rules/threshold-advice.ts.',
    exported: { title: '阈值建议' },
    input: z.object({
      ...advisedPeriod,
      unitPath: unitPath.optional().describe("The caller's own unit unless told"),
      code: code.optional(),
    }),
    output: z.object({ items: z.array(thresholdAdvice), nextCursor: z.null() }),
  }),
  acceptThresholdAdvice: operation({
    id: 'supervision.accept-threshold-advice',
    method: 'POST',
    path: '/threshold-advice/acceptance',
    permission: 'supervision.indicator.update',
    stepUp: true,
    summary: '采纳阈值建议',
    description:
      'Changes the setting of the unit like update-indicator-setting, with the figures kept as evidence; a suggestion that is not the present one answers 409.',
    input: z.object({ ...advisedPeriod, code, unitPath, value: z.number().describe('As suggested'), reason }),
    output: indicatorView,
  }),
  updateIndicatorSetting: operation({
    id: 'supervision.update-indicator-setting',
    method: 'PUT',
    path: '/indicators/{code}/settings',
    permission: 'supervision.indicator.update',
    stepUp: true,
    summary: '调整指标开关与阈值',
    description:
      'Where the unit asks for a second person (parameter supervision.four_eyes), the change waits as pendingChange and the old values hold.',
    input: z.object({
      code,
      unitPath,
      enabled: z.boolean().nullable().describe('null: as the unit above has it'),
      parameters: z
        .record(z.string().max(60), parameterValue)
        .describe('Values set for this unit; a name left out is inherited'),
      tightenOnly: z
        .array(z.string().max(60))
        .max(60)
        .default([])
        .describe(
          'Parameters that units below may only set stricter; then they may not switch it off either',
        ),
      version: z.number().int().min(0).describe('settingVersion as read; another one answers 409'),
      reason,
    }),
    output: indicatorView,
  }),

  findSettingHistory: operation({
    id: 'supervision.find-setting-history',
    method: 'GET',
    path: '/indicators/{code}/setting-history',
    permission: 'supervision.indicator.find',
    summary: '指标调整历史',
    exported: { title: '指标调整历史' },
    input: pageQuery.extend({
      code,
      unitPath: unitPath.optional().describe('This unit and those below; all unless told'),
      sort: sortBy('changedAt'),
    }),
    output: pageOf(settingHistoryRow),
  }),
  findSettingChanges: operation({
    id: 'supervision.find-setting-changes',
    method: 'GET',
    path: '/setting-changes',
    permission: 'supervision.indicator.find',
    summary: '查询指标调整的批准',
    exported: { title: '指标调整的批准' },
    input: pageQuery.extend({
      queue: z
        .enum(['all', 'mine', 'to_decide'])
        .default('all')
        .describe("mine: the caller's own and those the caller may decide"),
      id: id.optional(),
      state: settingChangeState.optional(),
      code: code.optional(),
      unitPath: unitPath.optional(),
      sort: sortBy('proposedAt'),
    }),
    output: pageOf(settingChangeView),
  }),
  approveSettingChange: operation({
    id: 'supervision.approve-setting-change',
    method: 'POST',
    path: '/setting-changes/{id}/approval',
    permission: 'supervision.indicator.approve',
    stepUp: true,
    summary: '批准指标调整',
    description: "By another person of the proposer's unit or of one above.",
    input: byId.extend({ opinion: reason.optional() }),
    output: settingChangeView,
  }),
  refuseSettingChange: operation({
    id: 'supervision.refuse-setting-change',
    method: 'POST',
    path: '/setting-changes/{id}/refusal',
    permission: 'supervision.indicator.approve',
    summary: '不批准指标调整',
    input: byId.extend({ opinion: reason }),
    output: settingChangeView,
  }),
  withdrawSettingChange: operation({
    id: 'supervision.withdraw-setting-change',
    method: 'POST',
    path: '/setting-changes/{id}/withdrawal',
    permission: 'supervision.indicator.update',
    summary: '撤回指标调整',
    description: 'By who proposed it.',
    input: byId,
    output: settingChangeView,
  }),

  findBlocks: operation({
    id: 'supervision.find-blocks',
    method: 'GET',
    path: '/indicator-blocks',
    permission: 'supervision.indicator.compose',
    summary: '指标组合可用的业务记录和字段',
    input: z.object({}),
    output: z.object({
      facts: z.array(
        z.object({
          fact: z.string(),
          title: z.string(),
          fields: z.array(block),
          parties: z.array(z.string()).describe('Of whose records a transaction may be judged by this fact'),
        }),
      ),
    }),
  }),
  checkComposition: operation({
    id: 'supervision.check-composition',
    method: 'POST',
    path: '/indicator-compositions/check',
    permission: 'supervision.indicator.compose',
    transaction: 'read',
    summary: '检查指标组合',
    description: 'Says in words what it means, or what is wrong with it at which field. Saves nothing.',
    input: z.object({ composition }),
    output: z.object({ sentence: z.string().nullable(), faults: z.array(compositionFault) }),
  }),
  createComposed: operation({
    id: 'supervision.create-composed',
    method: 'POST',
    path: '/composed-indicators',
    permission: 'supervision.indicator.compose',
    summary: '新建自编指标',
    status: 201,
    input: z.object({
      composition,
      unitPath: unitPath
        .optional()
        .describe("It judges this unit and those below; the caller's own unless told"),
    }),
    output: composedView,
  }),
  saveComposed: operation({
    id: 'supervision.save-composed',
    method: 'POST',
    path: '/composed-indicators/{code}/versions',
    permission: 'supervision.indicator.compose',
    summary: '保存自编指标的版本',
    description: "The caller's own draft is saved again; otherwise a new version begins.",
    input: z.object({ code, composition }),
    output: composedView,
  }),
  submitComposed: operation({
    id: 'supervision.submit-composed',
    method: 'POST',
    path: '/composed-indicators/{code}/versions/{number}/submission',
    permission: 'supervision.indicator.compose',
    summary: '提交自编指标待批准',
    input: z.object({ code, number: z.number().int().min(1), reason }),
    output: composedView,
  }),
  approveComposed: operation({
    id: 'supervision.approve-composed',
    method: 'POST',
    path: '/composed-indicators/{code}/versions/{number}/approval',
    permission: 'supervision.indicator.approve',
    stepUp: true,
    summary: '批准自编指标',
    description: "By another person of the author's unit or of one above.",
    input: z.object({ code, number: z.number().int().min(1), opinion: reason.optional() }),
    output: composedView,
  }),
  refuseComposed: operation({
    id: 'supervision.refuse-composed',
    method: 'POST',
    path: '/composed-indicators/{code}/versions/{number}/refusal',
    permission: 'supervision.indicator.approve',
    summary: '不批准自编指标',
    input: z.object({ code, number: z.number().int().min(1), opinion: reason }),
    output: composedView,
  }),
  switchComposed: operation({
    id: 'supervision.switch-composed',
    method: 'PUT',
    path: '/composed-indicators/{code}/switch',
    permission: 'supervision.indicator.update',
    stepUp: true,
    summary: '启用或停用自编指标',
    input: z.object({
      code,
      number: z
        .number()
        .int()
        .min(1)
        .nullable()
        .describe('Approved version to judge by; null: switch it off'),
      reason,
    }),
    output: composedView,
  }),
  findComposed: operation({
    id: 'supervision.find-composed',
    method: 'GET',
    path: '/composed-indicators',
    permission: 'supervision.indicator.find',
    summary: '查询自编指标',
    exported: { title: '自编指标' },
    input: pageQuery.extend({
      state: z.enum(['on', 'off']).optional(),
      text: z.string().trim().min(1).max(60).optional().describe('Part of code or title'),
      sort: sortBy('createdAt'),
    }),
    output: pageOf(composedView),
  }),
  getComposed: operation({
    id: 'supervision.get-composed',
    method: 'GET',
    path: '/composed-indicators/{code}',
    permission: 'supervision.indicator.find',
    summary: '查看自编指标',
    input: z.object({ code }),
    output: composedView.extend({
      versions: z.array(composedVersionView).describe('Newest first'),
      backTests: z.array(backTestView).describe('Newest first, at most 20'),
      allowed: z.array(z.enum(['save', 'switch_off'])),
    }),
  }),
  startBackTest: operation({
    id: 'supervision.start-back-test',
    method: 'POST',
    path: '/back-tests',
    permission: 'supervision.indicator.compose',
    summary: '回测自编指标',
    description: 'What the version would have found in a period. Nothing of it becomes a finding.',
    status: 202,
    input: z.object({
      code,
      number: z.number().int().min(1),
      from: isoDay,
      to: isoDay.describe('Last day, inclusive'),
    }),
    output: backTestView,
  }),
  cancelBackTest: operation({
    id: 'supervision.cancel-back-test',
    method: 'POST',
    path: '/back-tests/{id}/cancellation',
    permission: 'supervision.indicator.compose',
    summary: '取消回测',
    input: byId,
    output: backTestView,
  }),
  getBackTest: operation({
    id: 'supervision.get-back-test',
    method: 'GET',
    path: '/back-tests/{id}',
    permission: 'supervision.indicator.find',
    summary: '查看回测',
    input: byId,
    output: backTestView.extend({
      sentence: z.string(),
      unit: z.string(),
      comparison: z.string(),
      effect: z.enum(['prompt', 'authorise', 'finding']).describe('What a hit would have been'),
      result: backTestResult.nullable(),
    }),
  }),
  findBackTestFacts: operation({
    id: 'supervision.find-back-test-facts',
    method: 'GET',
    path: '/back-tests/{id}/facts',
    permission: 'supervision.indicator.find',
    summary: '下钻到回测命中的业务记录',
    input: pageQuery.extend({ id, hit: z.number().int().min(0).max(999).describe('Place among the hits') }),
    output: pageOf(findingFact).extend({
      outside: count.describe("Records of this page that lie outside the caller's scope and are not shown"),
    }),
  }),

  startAnalysis: operation({
    id: 'supervision.start-analysis',
    method: 'POST',
    path: '/analysis-runs',
    permission: 'supervision.analysis.start',
    summary: '发起研判',
    status: 202,
    input: z.object({
      codes: z.array(code).min(1).max(200),
      from: isoDay,
      to: isoDay.describe('Last day, inclusive'),
      unitPath: unitPath.optional().describe("The caller's own unit unless told"),
      overrides: z.array(runOverride).max(50).default([]),
    }),
    output: runView,
  }),
  repeatAnalysis: operation({
    id: 'supervision.repeat-analysis',
    method: 'POST',
    path: '/analysis-runs/repeated',
    permission: 'supervision.analysis.start',
    summary: '重新研判',
    description:
      'All indicators, each day or month apart as the schedule judges them: where facts came late or changed since the last run of this kind (`changed`), or everywhere in a period (`all`).',
    status: 202,
    input: z.object({
      extent: z.enum(['changed', 'all']),
      from: isoDay.optional().describe('Needed for `all`'),
      to: isoDay.optional().describe('Last day, inclusive; needed for `all`'),
      unitPath: unitPath.optional().describe("The caller's own unit unless told"),
    }),
    output: runView,
  }),
  findRuns: operation({
    id: 'supervision.find-runs',
    method: 'GET',
    path: '/analysis-runs',
    permission: 'supervision.analysis.find',
    summary: '查询研判任务',
    exported: { title: '研判任务' },
    input: pageQuery.extend({
      state: runState.optional(),
      trigger: runTrigger.optional(),
      extent: runExtent.optional(),
      sort: sortBy('requestedAt', 'period', 'findings'),
    }),
    output: pageOf(runView),
  }),
  getRun: operation({
    id: 'supervision.get-run',
    method: 'GET',
    path: '/analysis-runs/{id}',
    permission: 'supervision.analysis.find',
    summary: '查看研判任务',
    input: byId,
    output: runDetail,
  }),
  findRunChanges: operation({
    id: 'supervision.find-run-changes',
    method: 'GET',
    path: '/analysis-runs/{id}/changes',
    permission: 'supervision.analysis.find',
    summary: '与上次研判相比',
    exported: { title: '研判变化' },
    input: pageQuery.extend({
      id,
      kind: changeKind.optional(),
      code: code.optional(),
      sort: sortBy('at'),
    }),
    output: pageOf(findingChangeView),
  }),
  cancelRun: operation({
    id: 'supervision.cancel-run',
    method: 'POST',
    path: '/analysis-runs/{id}/cancellation',
    permission: 'supervision.analysis.start',
    summary: '取消研判任务',
    input: byId,
    output: runView,
  }),
  findFindings: operation({
    id: 'supervision.find-findings',
    method: 'GET',
    path: '/findings',
    permission: 'supervision.finding.find',
    summary: '查询研判结果',
    exported: { title: '研判结果' },
    input: pageQuery.extend({
      code: code.optional(),
      state: findingState.optional(),
      unitPath: unitPath.optional(),
      runId: id.optional(),
      caseId: id.optional(),
      subjectKind: z.string().max(40).optional(),
      subjectKey: z.string().max(200).optional(),
      smallSample: z.boolean().optional().describe('Left out: findings that meet the minimum sample'),
      trial: z.boolean().optional().describe('Left out: both'),
      from: isoDay.optional().describe('Period ends on or after'),
      to: isoDay.optional().describe('Period starts on or before'),
      foundFrom: isoDay.optional(),
      foundTo: isoDay.optional(),
      text: z.string().trim().min(1).max(60).optional().describe('Part of the subject or the sentence'),
      sort: sortBy('foundAt', 'periodFrom', 'measured'),
    }),
    output: pageOf(findingRow),
  }),
  getFinding: operation({
    id: 'supervision.get-finding',
    method: 'GET',
    path: '/findings/{id}',
    permission: 'supervision.finding.find',
    summary: '查看研判结果',
    input: byId,
    output: findingDetail,
  }),
  findFindingHistory: operation({
    id: 'supervision.find-finding-history',
    method: 'GET',
    path: '/findings/{id}/history',
    permission: 'supervision.finding.find',
    summary: '研判结果的历次数值',
    description: 'The same indicator, group and period, one judgment after the other, newest first.',
    input: pageQuery.extend({ id }),
    output: pageOf(
      z.object({
        id: id.describe('Of the finding'),
        foundAt: isoInstant,
        vanishedAt: isoInstant.nullable().describe('When a later judgment no longer found it'),
        state: findingState,
        unit: z.string(),
        comparison: z.string(),
        figures: findingFigures,
        runId: id.nullable().describe('The run that changed it; null for what was found first'),
        worsened: z.boolean().describe('A closed case was told that it became worse'),
        causes: z.array(changeCause),
        vanishedBecause: z.array(changeCause),
      }),
    ),
  }),
  findFindingFacts: operation({
    id: 'supervision.find-finding-facts',
    method: 'GET',
    path: '/findings/{id}/facts',
    permission: 'supervision.finding.find',
    summary: '下钻到研判结果的业务记录',
    input: pageQuery.extend({ id }),
    output: pageOf(findingFact).extend({
      outside: count.describe("Records of this page that lie outside the caller's scope and are not shown"),
    }),
  }),
  countFindings: operation({
    id: 'supervision.count-findings',
    method: 'GET',
    path: '/finding-counts',
    permission: 'supervision.finding.find',
    summary: '研判结果统计',
    input: z.object({
      by: z.enum(['code', 'unit', 'month', 'state']).default('code'),
      code: code.optional(),
      unitPath: unitPath.optional(),
      from: isoDay.optional(),
      to: isoDay.optional(),
    }),
    output: z.object({ items: z.array(z.object({ key: z.string(), label: z.string(), count })) }),
  }),
  suppressFinding: operation({
    id: 'supervision.suppress-finding',
    method: 'POST',
    path: '/findings/{id}/suppression',
    permission: 'supervision.finding.suppress',
    summary: '屏蔽研判结果',
    description:
      'Until the day given, new findings of this indicator about this subject are born suppressed.',
    input: byId.extend({ until: isoDay, reason }),
    output: findingView,
  }),

  findSuppressions: operation({
    id: 'supervision.find-suppressions',
    method: 'GET',
    path: '/suppressions',
    permission: 'supervision.finding.find',
    summary: '查询屏蔽',
    exported: { title: '屏蔽' },
    input: pageQuery.extend({
      state: z.enum(['standing', 'ended', 'all']).default('standing'),
      code: code.optional(),
      unitPath: unitPath.optional(),
      text: z.string().trim().min(1).max(60).optional().describe('Part of subject or reason'),
      sort: sortBy('until', 'suppressedAt'),
    }),
    output: pageOf(suppressionView).extend({
      unlisted: z
        .array(
          suppressionView
            .pick({
              findingId: true,
              code: true,
              title: true,
              subjectLabel: true,
              unitName: true,
              until: true,
            })
            .extend({ reason: z.string().nullable() }),
        )
        .describe(
          'On the first page: findings that were put aside before this list was kept, at most 50. They end by their day',
        ),
    }),
  }),
  liftSuppression: operation({
    id: 'supervision.lift-suppression',
    method: 'POST',
    path: '/suppressions/{id}/lifting',
    permission: 'supervision.finding.suppress',
    summary: '解除屏蔽',
    description: 'Before its last day. The findings it put aside are open again.',
    input: byId.extend({ reason }),
    output: suppressionView,
  }),

  openCase: operation({
    id: 'supervision.open-case',
    method: 'POST',
    path: '/suspect-cases',
    permission: 'supervision.case.open',
    summary: '登记嫌疑业务',
    description: 'From findings of one subject (which join its open case where there is one), or by hand.',
    status: 201,
    input: z.discriminatedUnion('source', [
      z.object({ source: z.literal('finding'), findingIds: z.array(id).min(1).max(200) }),
      z.object({
        source: z.literal('manual'),
        title: z.string().trim().min(2).max(120),
        description: z.string().trim().min(2).max(4000),
        subjectKind: z.enum([
          'vehicle',
          'person',
          'organisation',
          'institution',
          'transaction',
          'user',
          'other',
        ]),
        subjectKey: z.string().trim().min(1).max(200),
        subjectLabel: z.string().trim().min(1).max(120),
        transactionId: id.optional(),
        unitPath: unitPath.optional(),
      }),
    ]),
    output: caseRow,
  }),
  findCases: operation({
    id: 'supervision.find-cases',
    method: 'GET',
    path: '/suspect-cases',
    permission: 'supervision.case.find',
    summary: '查询嫌疑业务',
    exported: { title: '嫌疑业务' },
    input: pageQuery.extend({
      queue: z.enum(['all', 'to_assign', 'mine', 'to_review']).default('all'),
      state: caseState.optional(),
      outcome: caseOutcome.optional(),
      code: code.optional(),
      unitPath: unitPath.optional(),
      overdue: z.boolean().optional(),
      worsened: z.boolean().optional().describe('Closed, and made clearly worse by later data'),
      openedFrom: isoDay.optional(),
      openedTo: isoDay.optional(),
      subjectKey: z.string().max(200).optional(),
      text: z.string().trim().min(1).max(60).optional().describe('Part of number, title or subject'),
      sort: sortBy('openedAt', 'dueAt', 'number'),
    }),
    output: pageOf(caseListRow),
  }),
  getCase: operation({
    id: 'supervision.get-case',
    method: 'GET',
    path: '/suspect-cases/{id}',
    permission: 'supervision.case.find',
    summary: '查看嫌疑业务',
    input: byId,
    output: caseDetail,
  }),
  assignCase: operation({
    id: 'supervision.assign-case',
    method: 'POST',
    path: '/suspect-cases/{id}/assignment',
    permission: 'supervision.case.assign',
    summary: '分派嫌疑业务',
    input: byId.extend({
      unitPath,
      assigneeId: id.optional().describe('Left out: anybody of the unit may start'),
      note: z.string().trim().max(1000).optional(),
    }),
    output: caseRow,
  }),
  startInvestigation: operation({
    id: 'supervision.start-investigation',
    method: 'POST',
    path: '/suspect-cases/{id}/investigation',
    permission: 'supervision.case.investigate',
    summary: '开始调查',
    input: byId,
    output: caseRow,
  }),
  recordInvestigation: operation({
    id: 'supervision.record-investigation',
    method: 'PUT',
    path: '/suspect-cases/{id}/investigation',
    permission: 'supervision.case.investigate',
    summary: '记录调查情况',
    input: byId.extend({
      result: z.string().trim().min(2).max(4000),
      measures: z.string().trim().max(4000).default(''),
      responsible: z
        .array(z.object({ name: z.string().trim().min(1).max(60), role: z.string().trim().max(60) }))
        .max(20)
        .default([]),
    }),
    output: caseRow,
  }),
  submitCase: operation({
    id: 'supervision.submit-case',
    method: 'POST',
    path: '/suspect-cases/{id}/submission',
    permission: 'supervision.case.investigate',
    summary: '提交审核',
    input: byId,
    output: caseRow,
  }),
  reviewCase: operation({
    id: 'supervision.review-case',
    method: 'POST',
    path: '/suspect-cases/{id}/review',
    permission: 'supervision.case.review',
    summary: '审核嫌疑业务',
    input: byId.extend({
      decision: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('close'), outcome: caseOutcome, opinion: reason }),
        z.object({ kind: z.literal('return'), reason }),
      ]),
    }),
    output: caseRow,
  }),
  reopenCase: operation({
    id: 'supervision.reopen-case',
    method: 'POST',
    path: '/suspect-cases/{id}/reopening',
    permission: 'supervision.case.review',
    summary: '重新立案',
    description: 'A closed case is taken up again with a new deadline. Never done automatically.',
    input: byId.extend({ reason }),
    output: caseRow,
  }),
  countCases: operation({
    id: 'supervision.count-cases',
    method: 'GET',
    path: '/suspect-case-counts',
    permission: 'supervision.case.find',
    summary: '嫌疑业务考核统计',
    input: z.object({
      by: z
        .enum(['unit', 'code', 'month', 'all'])
        .default('unit')
        .describe('unit: of the assigned unit, else the own one'),
      from: isoDay.optional(),
      to: isoDay.optional(),
      unitPath: unitPath.optional(),
      code: code.optional(),
    }),
    output: z.object({ items: z.array(caseCount) }),
  }),
  setPushThreshold: operation({
    id: 'supervision.set-push-threshold',
    method: 'PUT',
    path: '/indicators/{code}/push-threshold',
    permission: 'supervision.indicator.update',
    stepUp: true,
    summary: '设置推送队伍管理系统的第二阈值',
    description:
      'Compared as the first one; cases of the unit and those below whose finding crosses it are pushed. Where the unit asks for a second person (parameter supervision.four_eyes), the change waits for one.',
    input: z.object({
      code,
      unitPath,
      value: z.number().nullable().describe('null: nothing is pushed'),
      reason,
    }),
    output: z.object({
      code,
      unitPath: z.string(),
      value: z.number().nullable().describe('That this unit itself has set now'),
      pendingChange: id.nullable().describe('The change that waits for a second person'),
    }),
  }),
  findCasePushes: operation({
    id: 'supervision.find-case-pushes',
    method: 'GET',
    path: '/case-pushes',
    permission: 'supervision.case.find',
    summary: '查询推送队伍管理系统的嫌疑业务',
    exported: { title: '队伍管理推送' },
    input: pageQuery.extend({ state: z.enum(['queued', 'failing', 'delivered']).optional() }),
    output: pageOf(casePushView),
  }),
  repeatCasePush: operation({
    id: 'supervision.repeat-case-push',
    method: 'POST',
    path: '/case-pushes/{id}/repetition',
    permission: 'supervision.case.review',
    summary: '重新推送队伍管理系统',
    status: 202,
    input: byId,
    output: z.object({ caseId: id }),
  }),
  findOutcomes: operation({
    id: 'supervision.find-outcomes',
    method: 'GET',
    path: '/supervision-outcomes',
    permission: 'supervision.case.find',
    summary: '监管成效：研判结果、嫌疑业务与结论',
    description: 'Findings by the instant they were found, cases by that of their opening.',
    exported: { title: '监管成效', report: true },
    input: z.object({
      by: z.enum(['code', 'unit', 'month', 'all']).default('code'),
      from: isoDay,
      to: isoDay,
      unitPath: unitPath.optional(),
      code: code.optional(),
    }),
    output: z.object({ items: z.array(outcomeRow), nextCursor: z.null() }),
  }),

  getWorkbench: operation({
    id: 'supervision.get-workbench',
    method: 'GET',
    path: '/workbench',
    permission: 'signed-in',
    summary: '我的工作台',
    input: z.object({}),
    output: workbench,
  }),
  ...themeOperations,
}
