import { formatCount } from '../../formats.ts'
import type { StateLabels } from '../../parts/state-tag.tsx'

export const warningStates: StateLabels = {
  shown: { label: '待确认', tone: 'warn' },
  acknowledged: { label: '已确认', tone: 'good' },
}
export const effects: Readonly<Record<string, string>> = {
  prompt: '业务提示',
  authorise: '需授权',
  finding: '研判结果',
}
export const effectTones: StateLabels = {
  prompt: { label: '业务提示', tone: 'active' },
  authorise: { label: '需授权', tone: 'warn' },
  finding: { label: '研判', tone: 'plain' },
}
export const authorisationStates: StateLabels = {
  requested: { label: '待授权', tone: 'warn' },
  granted: { label: '已同意', tone: 'good' },
  refused: { label: '不予授权', tone: 'bad' },
  expired: { label: '已过期', tone: 'plain' },
  withdrawn: { label: '已撤回', tone: 'plain' },
}
export const runStates: StateLabels = {
  queued: { label: '排队中', tone: 'plain' },
  running: { label: '运行中', tone: 'active' },
  done: { label: '完成', tone: 'good' },
  failed: { label: '失败', tone: 'bad' },
  cancelled: { label: '已取消', tone: 'plain' },
}
export const runTriggers: Readonly<Record<string, string>> = {
  manual: '手工',
  daily: '每日',
  monthly: '每月',
}
export const runOutcomes: StateLabels = {
  findings: { label: '有结果', tone: 'warn' },
  nothing: { label: '无异常', tone: 'good' },
  missing_fields: { label: '无法计算：缺少字段', tone: 'plain' },
  failed: { label: '失败', tone: 'bad' },
}
export const findingStates: StateLabels = {
  open: { label: '待处理', tone: 'warn' },
  in_case: { label: '已立案查办', tone: 'active' },
  suppressed: { label: '已屏蔽', tone: 'plain' },
  superseded: { label: '已被取代', tone: 'plain' },
}
export const caseStates: StateLabels = {
  pending: { label: '待处理', tone: 'warn' },
  investigating: { label: '调查中', tone: 'active' },
  under_review: { label: '待审核', tone: 'active' },
  returned: { label: '退回重办', tone: 'bad' },
  closed: { label: '已办结', tone: 'good' },
}
export const caseOutcomes: StateLabels = {
  confirmed: { label: '属实', tone: 'bad' },
  valuable: { label: '情况存在', tone: 'warn' },
  false_positive: { label: '误报', tone: 'plain' },
}
export const subjects: Readonly<Record<string, string>> = {
  vehicle: '机动车',
  licence: '驾驶证',
  owner: '所有人',
  applicant: '申请人',
  driver: '驾驶人',
  candidate: '考生',
  agent: '代理人',
  auditor: '检验审核员',
  exam_site: '考场',
  place: '地区',
  person: '人员',
  organisation: '单位',
  institution: '社会化机构',
  transaction: '业务流水',
  user: '经办人员',
  unit: '机构',
  handler: '经办人员',
  examiner: '考试员',
  school: '驾校',
  other: '其他',
}
export const modes: Readonly<Record<string, string>> = { in_process: '事中预警', post_hoc: '事后研判' }

const UNITS: Readonly<Record<string, string>> = {
  count: '',
  percent_share: ' %',
  percentage_points: ' 个百分点',
  percent_growth: ' %',
  working_days: ' 个工作日',
  months: ' 个月',
  minutes: ' 分钟',
}

/** A measured value with its unit. */
export const formatMeasure = (value: number | null, unit: string): string =>
  value === null ? '—' : `${formatCount(value)}${UNITS[unit] ?? ''}`

/** Unit alone, for axis and column titles. */
export const measureUnit = (unit: string): string => (UNITS[unit] ?? '').trim()

export const formatParameter = (value: number | string | readonly string[] | null): string => {
  if (value === null) return '未设'
  if (Array.isArray(value)) return value.join('、') || '空'
  return typeof value === 'number' ? formatCount(value) : String(value)
}

/** Whether the console has a page for a link that the server gave. */
export const hasPage = (link: string | null | undefined): link is string =>
  link !== null &&
  link !== undefined &&
  /^\/(transactions|findings|suspect-cases|authorisations|analysis-runs)\//.test(link)

/** A definition's sentence with the values in force in the place of its parameters' names: 超过F1次 → 超过 3 次. */
export const sentenceWith = (
  sentence: string,
  parameters: readonly { name: string; value: number | string | readonly string[] | null }[],
): string =>
  parameters.reduce((text, { name, value }) => {
    const mark = /^[A-Z]\d+(?=_)/.exec(name)?.[0]
    return mark ? text.replaceAll(new RegExp(`${mark}(?!\\d)`, 'g'), ` ${formatParameter(value)} `) : text
  }, sentence)

const COMPARISONS: Readonly<Record<string, string>> = { '>': '＞', '>=': '≥', '<': '＜', '<=': '≤' }

/** `≥ 80 %` of a comparison, a threshold and its unit. */
export const formatThreshold = (comparison: string, threshold: number | null, unit: string): string =>
  threshold === null ? '—' : `${COMPARISONS[comparison] ?? comparison} ${formatMeasure(threshold, unit)}`
