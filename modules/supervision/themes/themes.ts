/**
 * Themes of analysis (专题分析, SUP-11) as data: which facts a theme reads, what it measures, by what it may be divided.
 * Expressions are read by DuckDB over the lake; those of dimensions by PostgreSQL too, which shows the records.
 */
import { businessKinds, transactionStates } from '@hengjian/business'

/** Facts of a theme: one table under a condition, its columns under the names that dimensions and measures use. */
export interface ThemePart {
  readonly fact: 'transaction' | 'inspection' | 'examination'
  readonly where?: string
  /** By dimension: expression over the fact's columns, common to DuckDB and PostgreSQL. */
  readonly dimensions: Readonly<Record<string, string>>
  /** By the name that measures use: expression of DuckDB. */
  readonly inputs: Readonly<Record<string, string>>
}

/** A figure of a group of facts. `whole` and `part` are conditions, `of` a number; facts without a value do not count. */
export type ThemeMeasure = { readonly title: string } & (
  | { readonly kind: 'count'; readonly unit: string }
  | { readonly kind: 'share'; readonly unit: '%'; readonly whole: string; readonly part: string }
  | { readonly kind: 'average'; readonly unit: string; readonly of: string }
)

/** What facts may be divided by. `names`: words of codes, or `party` where the values are ids of people and institutions. */
export interface ThemeDimension {
  readonly title: string
  readonly names: 'party' | Readonly<Record<string, string>>
}

export interface Theme {
  readonly code: string
  readonly title: string
  readonly parts: readonly ThemePart[]
  /** In the order of the page; the first counts. */
  readonly measures: readonly (keyof typeof themeMeasures)[]
  /** In the order of the page, beside the unit, which every theme has. */
  readonly dimensions: readonly (keyof typeof themeDimensions)[]
}

const share = (title: string, part: string, whole = `${part} IS NOT NULL`) =>
  ({ title, kind: 'share', unit: '%', part, whole }) as const

export const themeMeasures = {
  acts: { title: '办理量', kind: 'count', unit: '件' },
  completed: share('办结率', 'done'),
  late: share('超期率', 'late'),
  withdrawn: share('退办率', 'given_up'),
  by_agent: share('代理比例', 'by_agent'),
  off_hours: share('非工作时间比例', 'off_hours'),
  hours: { title: '平均办理时长', kind: 'average', unit: '小时', of: 'hours' },
  passed: share('合格率', 'passed'),
  first_passed: share('初次合格率', 'passed', 'first AND passed IS NOT NULL'),
  audit_minutes: { title: '平均审核时长', kind: 'average', unit: '分钟', of: 'audit_minutes' },
  score: { title: '平均成绩', kind: 'average', unit: '分', of: 'score' },
} as const satisfies Record<string, ThemeMeasure>

const kindNames = {
  ...Object.fromEntries(businessKinds.map(({ code, title }) => [code, title])),
  // Comes with imported registers only; no window accepts it.
  vehicle_file_recreation: '补建机动车档案',
}

export const themeDimensions = {
  activity: {
    title: '业务类别',
    names: { vehicle: '机动车业务', licence: '驾驶证业务', inspection: '检验', examination: '考试' },
  },
  business_kind: { title: '业务类型', names: kindNames },
  channel: {
    title: '办理渠道',
    names: { window: '窗口办', institution: '社会办', online: '网上办', kiosk: '自助办' },
  },
  state: { title: '办理状态', names: transactionStates },
  outcome: { title: '结果', names: { passed: '合格', failed: '不合格' } },
  subject: {
    title: '考试科目',
    names: {
      subject1: '科目一',
      subject2: '科目二',
      subject3_road: '科目三道路',
      subject3_safety: '科目三安全',
    },
  },
  licence_class: { title: '准驾车型', names: {} },
  attempt: { title: '初检复检', names: { first: '初次', again: '再次' } },
  vehicle_age: {
    title: '车龄',
    names: { a: '6 年以内', b: '6 至 10 年', c: '10 至 15 年', d: '15 年以上' },
  },
  institution: { title: '社会机构', names: 'party' },
  school: { title: '驾校', names: 'party' },
  handler: { title: '经办人', names: 'party' },
} as const satisfies Record<string, ThemeDimension>

const outcome = "CASE WHEN passed THEN 'passed' WHEN NOT passed THEN 'failed' END"

const transactions = (where?: string): ThemePart => ({
  fact: 'transaction',
  ...(where ? { where } : {}),
  dimensions: {
    activity: 'subject_kind',
    business_kind: 'business_kind',
    channel: 'channel',
    state: 'state',
    institution: 'institution_id',
    handler: 'handler_id',
  },
  inputs: {
    done: 'completed_at IS NOT NULL',
    late: 'CASE WHEN completed_at IS NOT NULL AND due_at IS NOT NULL THEN completed_at > due_at END',
    given_up: "state = 'withdrawn'",
    by_agent: 'agent_id IS NOT NULL',
    off_hours: 'NOT working_time',
    hours: "date_diff('minute', accepted_at, completed_at) / 60.0",
  },
})

const inspections = (where?: string): ThemePart => ({
  fact: 'inspection',
  ...(where ? { where } : {}),
  dimensions: {
    activity: "'inspection'",
    outcome,
    attempt: "CASE WHEN attempt = 1 THEN 'first' WHEN attempt > 1 THEN 'again' END",
    vehicle_age:
      "CASE WHEN vehicle_age_years < 6 THEN 'a' WHEN vehicle_age_years < 10 THEN 'b' WHEN vehicle_age_years < 15 THEN 'c' WHEN vehicle_age_years >= 15 THEN 'd' END",
    institution: 'institution_id',
    handler: 'auditor_id',
  },
  inputs: {
    passed: 'passed',
    first: 'attempt = 1',
    audit_minutes: "date_diff('second', submitted_at, audited_at) / 60.0",
  },
})

const examinations = (where?: string): ThemePart => ({
  fact: 'examination',
  ...(where ? { where } : {}),
  dimensions: {
    activity: "'examination'",
    outcome,
    subject: 'subject',
    licence_class: 'licence_class',
    institution: 'site_id',
    school: 'school_id',
    handler: 'examiner_id',
  },
  inputs: { passed: 'passed', first: 'attempt = 1', off_hours: 'NOT working_time', score: 'score' },
})

const HANDLING = ['completed', 'late', 'withdrawn', 'hours', 'by_agent', 'off_hours'] as const

/** All themes in the order of the page. */
export const themes: readonly Theme[] = [
  {
    code: 'vehicle',
    title: '机动车业务',
    parts: [transactions("subject_kind = 'vehicle'")],
    measures: ['acts', ...HANDLING],
    dimensions: ['business_kind', 'channel', 'state', 'handler', 'institution'],
  },
  {
    code: 'licence',
    title: '驾驶证业务',
    parts: [transactions("subject_kind = 'licence'")],
    measures: ['acts', ...HANDLING],
    dimensions: ['business_kind', 'channel', 'state', 'handler', 'institution'],
  },
  {
    code: 'inspection',
    title: '机动车检验',
    parts: [inspections()],
    measures: ['acts', 'passed', 'first_passed', 'audit_minutes'],
    dimensions: ['outcome', 'attempt', 'vehicle_age', 'institution', 'handler'],
  },
  {
    code: 'examination',
    title: '驾驶人考试',
    parts: [examinations()],
    measures: ['acts', 'passed', 'first_passed', 'score', 'off_hours'],
    dimensions: ['subject', 'outcome', 'licence_class', 'institution', 'school', 'handler'],
  },
  {
    code: 'channel',
    title: '办理渠道',
    parts: [transactions()],
    measures: ['acts', ...HANDLING],
    dimensions: ['channel', 'activity', 'business_kind', 'state', 'institution'],
  },
  {
    code: 'institution',
    title: '社会机构',
    parts: [
      transactions('institution_id IS NOT NULL'),
      inspections('institution_id IS NOT NULL'),
      examinations('site_id IS NOT NULL'),
    ],
    measures: ['acts', 'passed', 'first_passed', 'completed', 'late'],
    dimensions: ['institution', 'activity', 'outcome'],
  },
  {
    code: 'handler',
    title: '经办人',
    parts: [
      transactions('handler_id IS NOT NULL'),
      inspections('auditor_id IS NOT NULL'),
      examinations('examiner_id IS NOT NULL'),
    ],
    measures: ['acts', 'completed', 'late', 'withdrawn', 'passed', 'off_hours'],
    dimensions: ['handler', 'activity', 'outcome'],
  },
]

/** Words of a value of a dimension that has them; undefined where it stands for itself or is somebody's id. */
export function nameOfValue(dimension: keyof typeof themeDimensions, value: string): string | undefined {
  const { names }: ThemeDimension = themeDimensions[dimension]
  return names === 'party' ? undefined : names[value]
}
