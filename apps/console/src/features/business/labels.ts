import type { StateLabels } from '../../parts/state-tag.tsx'

export const transactionStates: StateLabels = {
  accepted: { label: '已受理', tone: 'active' },
  held: { label: '待授权', tone: 'warn' },
  in_review: { label: '复核中', tone: 'active' },
  returned: { label: '已退回', tone: 'bad' },
  approved: { label: '已复核', tone: 'active' },
  issued: { label: '已制证', tone: 'active' },
  archived: { label: '已归档', tone: 'active' },
  completed: { label: '办结', tone: 'good' },
  suspended: { label: '已挂起', tone: 'warn' },
  withdrawn: { label: '退办', tone: 'plain' },
}

/** States in which nothing more happens. */
export const ended = (state: string): boolean => state === 'completed' || state === 'withdrawn'

export const subjectKinds: Readonly<Record<string, string>> = { vehicle: '机动车', licence: '驾驶证' }
export const channels: Readonly<Record<string, string>> = {
  window: '窗口办',
  institution: '社会办',
  online: '网上办',
  kiosk: '自助办',
}
export const steps: Readonly<Record<string, string>> = {
  accept: '受理',
  review: '复核',
  issue: '制证',
  archive: '归档',
}
export const stepStates: StateLabels = {
  open: { label: '待办', tone: 'active' },
  done: { label: '完成', tone: 'good' },
  returned: { label: '退回', tone: 'bad' },
}

/** Colours of a body (GA/T 16). */
export const colours: Readonly<Record<string, string>> = {
  A: '白',
  B: '灰',
  C: '黄',
  D: '粉',
  E: '红',
  F: '紫',
  G: '绿',
  H: '蓝',
  I: '棕',
  J: '黑',
}
export const amendmentFields: Readonly<Record<string, string>> = {
  address: '联系地址',
  mobile: '手机号码',
  name: '姓名',
  licence_class: '准驾车型',
  colour: '车身颜色',
}

/** Letters of a vehicle's status; several may apply (GA/T 16). */
const vehicleStatuses: Readonly<Record<string, string>> = {
  A: '正常',
  B: '转出',
  C: '被盗抢',
  D: '停驶',
  E: '注销',
  G: '违法未处理',
  H: '海关监管',
  I: '事故未处理',
  J: '嫌疑车',
  K: '查封',
  L: '暂扣',
  M: '强制注销',
  N: '事故逃逸',
  O: '锁定',
  P: '公告牌证作废',
  Q: '逾期未检验',
}
export const vehicleStatusWords = (status: string | null): string | null =>
  status && [...status].map((letter) => vehicleStatuses[letter] ?? letter).join('、')

export const licenceStates: Readonly<Record<string, string>> = {
  valid: '正常',
  suspended: '锁停',
  revoked: '吊销',
  cancelled: '注销',
  expired: '已过期',
  replaced: '已补换发',
}
export const examSubjects: Readonly<Record<string, string>> = {
  subject1: '科目一',
  subject2: '科目二',
  subject3_road: '科目三（道路驾驶）',
  subject3_safety: '科目三（安全文明）',
}
/** Result of an inspection or examination. */
export const passedWord = (passed: boolean | null): string =>
  passed === null ? '—' : passed ? '合格' : '不合格'

export const importStates: StateLabels = {
  queued: { label: '排队中', tone: 'plain' },
  running: { label: '导入中', tone: 'active' },
  done: { label: '完成', tone: 'good' },
  failed: { label: '失败', tone: 'bad' },
  cancelled: { label: '已取消', tone: 'plain' },
}
/** What the virus scanner said of an uploaded file. */
export const fileScans: StateLabels = {
  off: { label: '未启用扫描', tone: 'plain' },
  own: { label: '系统生成', tone: 'plain' },
  clean: { label: '未发现病毒', tone: 'good' },
  unscanned: { label: '尚未扫描', tone: 'warn' },
  infected: { label: '发现病毒，已停止提供', tone: 'bad' },
}
export const facts: Readonly<Record<string, string>> = {
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
}

/** Words for a code, with the code where there are none. */
export const wordOf = (labels: Readonly<Record<string, string>>, code: string | null | undefined): string =>
  code ? (labels[code] ?? code) : ''

export const optionsOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }))

/** The same with the code shown, for fields where clerks know it by heart. */
export const codedOptionsOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label: `${value} ${label}` }))
