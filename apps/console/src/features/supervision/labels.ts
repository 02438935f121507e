import { formatCount, formatInstant, formatValue } from '../../formats.ts'
import type { StateLabels } from '../../parts/state-tag.tsx'

export const warningStates: StateLabels = {
  shown: { label: '待确认', tone: 'warn' },
  acknowledged: { label: '已确认', tone: 'good' },
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
export const settingChangeStates: StateLabels = {
  proposed: { label: '待批准', tone: 'warn' },
  approved: { label: '已批准', tone: 'good' },
  refused: { label: '未批准', tone: 'bad' },
  withdrawn: { label: '已撤回', tone: 'plain' },
}
export const composedStates: StateLabels = {
  draft: { label: '暂存', tone: 'plain' },
  submitted: { label: '待批准', tone: 'warn' },
  approved: { label: '已批准', tone: 'good' },
  refused: { label: '未批准', tone: 'bad' },
}
export const backTestStates: StateLabels = {
  queued: { label: '排队中', tone: 'plain' },
  running: { label: '运行中', tone: 'active' },
  done: { label: '完成', tone: 'good' },
  failed: { label: '失败', tone: 'bad' },
  cancelled: { label: '已取消', tone: 'plain' },
}
export const suppressionStates: StateLabels = {
  standing: { label: '有效', tone: 'active' },
  expired: { label: '已到期', tone: 'plain' },
  lifted: { label: '已解除', tone: 'plain' },
}
export const runStates: StateLabels = {
  queued: { label: '排队中', tone: 'plain' },
  running: { label: '运行中', tone: 'active' },
  retrying: { label: '失败，待重试', tone: 'warn' },
  done: { label: '完成', tone: 'good' },
  failed: { label: '失败', tone: 'bad' },
  cancelled: { label: '已取消', tone: 'plain' },
}
export const runTriggers: Readonly<Record<string, string>> = {
  manual: '手工',
  daily: '每日',
  monthly: '每月',
  incremental: '变化追溯',
}
export const runExtents: Readonly<Record<string, string>> = {
  chosen: '所选指标',
  due: '到期指标',
  changed: '有变化的期间',
  all: '全部指标',
}
export const changeKinds: StateLabels = {
  appeared: { label: '新出现', tone: 'warn' },
  changed: { label: '数值变化', tone: 'active' },
  vanished: { label: '不再成立', tone: 'plain' },
}
export const runOutcomes: StateLabels = {
  findings: { label: '有结果', tone: 'warn' },
  nothing: { label: '无异常', tone: 'good' },
  missing_fields: { label: '无法计算：缺少字段', tone: 'plain' },
  failed: { label: '失败', tone: 'bad' },
}
export const findingStates: StateLabels = {
  open: { label: '待处理', tone: 'warn' },
  in_case: { label: '已立嫌疑业务', tone: 'active' },
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
  address: '联系地址',
  mobile: '手机号码',
  country: '签发国家',
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

/** Units of what is measured and compared with: growth is measured in counts, a difference of rates in percent. */
const MEASURED_UNITS: Readonly<Record<string, string>> = {
  ...UNITS,
  percent_growth: '',
  percentage_points: ' %',
}

/** A measured or base value with its unit. */
export const formatMeasured = (value: number | null, unit: string): string =>
  value === null ? '—' : `${formatCount(value)}${MEASURED_UNITS[unit] ?? ''}`

/** A threshold or deviation with its unit. */
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
  /^\/(transactions|vehicles|persons|findings|suspect-cases|authorisations|analysis-runs)\//.test(link)

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

/** Columns of facts in words; ids and technical columns are not shown. */
export const factColumns: Readonly<Record<string, string>> = {
  business_kind: '业务类型',
  reason: '原因',
  state: '状态',
  channel: '渠道',
  subject_kind: '业务对象',
  accepted_at: '受理时间',
  completed_at: '办结时间',
  due_at: '时限',
  local: '本地',
  working_time: '工作时间内',
  licence_class: '准驾车型',
  issuing_country: '签发国家',
  origin_region: '车籍地',
  permit_number_valid: '居住证号合规',
  step: '环节',
  ordinal: '次序',
  opened_at: '开始时间',
  done_at: '完成时间',
  field: '项目',
  from: '起',
  to: '止',
  co_owner: '共同所有人',
  selected_at: '选号时间',
  withdrawn_at: '退办时间',
  original_number: '原号',
  ground: '理由',
  line: '检验线',
  model: '车型',
  brand: '品牌',
  plate_kind: '号牌种类',
  vehicle_type: '车辆类型',
  use_nature: '使用性质',
  colour: '颜色',
  status: '状态',
  attempt: '次数',
  passed: '合格',
  vehicle_age_years: '车龄（年）',
  accident: '事故车',
  key_vehicle: '重点车辆',
  submitted_at: '提交时间',
  audited_at: '审核时间',
  first_audit_passed: '一次审核通过',
  item: '项目',
  subject: '科目',
  device_id: '设备',
  car_id: '考车',
  make_up: '补考',
  full_mark: '满分考试',
  score: '成绩',
  started_at: '开始时间',
  ended_at: '结束时间',
  deduction: '扣分',
  misjudged: '误判',
  kind: '类别',
  outcome: '结果',
  duration_ms: '耗时（毫秒）',
  system: '系统',
  minutes: '误差（分钟）',
  elsewhere: '异地驾驶证',
  direction: '转入转出',
  id_changed: '变更身份证明号码',
  combined_replacement: '合并补证',
  downloaded_at: '下载时间',
  clearing_required: '须异地清分',
  cleared_at: '清分时间',
  checked_at: '核对结果录入时间',
  delta: '记分变动',
  cause: '变动原因',
  cross_district: '跨行政辖区',
  issued_at: '核发时间',
}

const FACT_WORDS: Readonly<Record<string, string>> = {
  subject1: '科目一',
  subject2: '科目二',
  subject3_road: '科目三道路',
  subject3_safety: '科目三安全文明',
  window: '窗口办',
  institution: '社会办',
  online: '网上办',
  kiosk: '自助办',
  vehicle: '机动车',
  licence: '驾驶证',
  reissue: '补领',
  exchange: '换领',
  brake: '制动',
  lamp: '灯光',
  exam: '考试系统',
  accept: '受理',
  review: '复核',
  issue: '制证',
  archive: '归档',
  completed: '办结',
  withdrawn: '退办',
  accepted: '已受理',
  in_review: '复核中',
  issued: '已制证',
  archived: '已归档',
  in: '转入',
  out: '转出',
  violation: '违法记分',
  study: '学习减分',
  population: '人口信息',
  deceased: '死亡',
  found: '查到',
  name: '姓名',
  id_number: '身份证明号码',
  class: '准驾车型',
  validity: '有效期限',
}

/** A value of a fact in words: times as everywhere, codes that people know by name. */
export const formatFactValue = (value: string | number | boolean | null | undefined): string => {
  if (typeof value !== 'string') return formatValue(value)
  if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return formatInstant(value)
  return FACT_WORDS[value] ?? value
}
