import type { Actor } from '@hengjian/platform/context'

/** Chinese names of fact kinds, and where the console shows a record. */
const factLabels: Readonly<Record<string, string>> = {
  person: '人员',
  vehicle: '机动车',
  vehicle_owner: '机动车所有权',
  licence: '驾驶证',
  transaction: '业务流水',
  transaction_step: '办理环节',
  transaction_change: '变更事项',
  amendment: '流水修改',
  correction: '档案更正',
  number_selection: '选号',
  inspection: '检验',
  inspection_item: '检验项目',
  examination: '考试',
  examination_item: '考试扣分',
  external_check: '外部核查',
  person_change: '信息变更',
  clock_offset: '时钟误差',
  temporary_plate: '临时行驶车号牌',
  licence_transfer: '驾驶证转入转出',
  validation: '审验',
  medical_report: '身体条件证明',
  full_mark_study: '满分学习',
  points_change: '记分变动',
  investigation: '调查',
  non_compliant_product: '违规产品',
  agent_quota: '代理人限额',
}

/** Chinese name of a fact kind; the code itself for one that is not known here. */
export const factLabel = (fact: string): string => factLabels[fact] ?? fact

const pages: Readonly<Record<string, { path: string; permission: string }>> = {
  transaction: { path: '/transactions', permission: 'business.transaction.find' },
  vehicle: { path: '/vehicles', permission: 'business.vehicle.find' },
  person: { path: '/persons', permission: 'business.person.find' },
}

/** Page of the console that shows a record in the reader's scope. Null where it has none, or the reader may not. */
export function linkOf(
  record: { fact: string; id: string },
  reader: Pick<Actor, 'permissions'>,
): string | null {
  const page = pages[record.fact]
  return page && reader.permissions.has(page.permission) ? `${page.path}/${record.id}` : null
}

/** A number a reader may recognise but not use: first and last two characters, `26*******45`. */
export const masked = (number: string): string =>
  number.length <= 4
    ? '*'.repeat(number.length)
    : `${number.slice(0, 2)}${'*'.repeat(number.length - 4)}${number.slice(-2)}`

const columnLabels: Readonly<Record<string, string>> = {
  serial: '流水号',
  subject_kind: '业务类别',
  business_kind: '业务类型',
  reason: '业务原因',
  state: '状态',
  channel: '办理渠道',
  accepted_at: '受理时间',
  completed_at: '办结时间',
  due_at: '办理时限',
  local: '本地',
  working_time: '工作时间内',
  licence_class: '准驾车型',
  issuing_country: '签发国家',
  origin_region: '原籍地区',
  permit_number_valid: '居住证号有效',
  step: '环节',
  ordinal: '序号',
  opened_at: '开始时间',
  done_at: '完成时间',
  field: '项目',
  at: '时间',
  number: '号码',
  selected_at: '选号时间',
  withdrawn_at: '退办时间',
  original_number: '使用原号',
  ground: '依据',
  issued_at: '核发时间',
  cross_district: '跨行政辖区',
  line: '检测线',
  owner: '所有人标识',
  model: '车型',
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
  make_up: '补考',
  full_mark: '满分考试',
  score: '成绩',
  started_at: '开始时间',
  ended_at: '结束时间',
  deduction: '扣分',
  misjudged: '误判',
  kind: '种类',
  outcome: '结果',
  duration_ms: '耗时（毫秒）',
  system: '系统',
  minutes: '误差（分钟）',
  plate_kind: '号牌种类',
  vehicle_type: '车辆类型',
  use_nature: '使用性质',
  brand: '品牌',
  colour: '颜色',
  first_registered_at: '初次登记日期',
  scrap_due_at: '强制报废期止',
  status: '状态',
  from: '起',
  to: '止',
  co_owner: '共同所有人',
  id_region: '证件地区',
  address_region: '住址地区',
  birth_year: '出生年份',
  classes: '准驾车型',
  first_issued_at: '初次领证日期',
  valid_until: '有效期止',
  issued_region: '发证地区',
  points: '累积记分',
  target_kind: '对象种类',
  before_region: '原地区',
  after_region: '新地区',
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
}

/** Chinese name of a fact's column; the column's own name where none is known. */
export const columnLabel = (column: string): string => columnLabels[column] ?? column

const codeLabels: Readonly<Record<string, string>> = {
  subject1: '科目一',
  subject2: '科目二',
  subject3_road: '科目三道路',
  subject3_safety: '科目三安全文明',
  brake: '制动',
  lamp: '灯光',
}

/** A code by which findings are grouped, in Chinese; undefined for what is none or stands for itself. */
export const codeLabel = (code: string): string | undefined => codeLabels[code]
