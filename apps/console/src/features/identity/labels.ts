import type { RoleClass, UnitLevel, UserView } from '@hengjian/identity/contract'
import type { StateLabels } from '../../parts/state-tag.tsx'

export const levels: Record<UnitLevel, string> = {
  ministry: '部级',
  corps: '总队',
  detachment: '支队',
  brigade: '大队',
  window: '窗口',
  section: '科室',
  institution: '社会化机构',
  other: '其他',
}

export const scopes: Record<UserView['scope'], string> = {
  own: '本人经办',
  unit: '本机构',
  unit_and_below: '本机构及下级',
  all: '全部',
}

export const roleClasses: Record<RoleClass, string> = {
  business: '业务',
  system: '系统管理员',
  security: '安全管理员',
  audit: '审计管理员',
}

export const userStates: StateLabels = {
  active: { label: '正常', tone: 'good' },
  locked: { label: '已锁定', tone: 'warn' },
  disabled: { label: '已停用', tone: 'bad' },
}

export const unitStates: StateLabels = {
  active: { label: '正常', tone: 'good' },
  closed: { label: '已撤销', tone: 'plain' },
}

/** State of an account as the lists show it: a running lockout counts before the rest. */
export const userStateOf = (user: Pick<UserView, 'state' | 'lockedUntil'>): string => {
  if (user.state === 'disabled') return 'disabled'
  return user.lockedUntil && new Date(user.lockedUntil) > new Date() ? 'locked' : 'active'
}

export const optionsOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }))

/** Faults named by field, where the form has no field for them. */
export const userFieldLabels = {
  userName: '用户名',
  name: '姓名',
  staffNumber: '警号/工号',
  idNumber: '身份证号码',
  mobile: '手机号码',
  unitId: '所属机构',
}

/** Modules in words, for the list of permissions. */
export const moduleNames: Readonly<Record<string, string>> = {
  identity: '机构、用户与权限',
  registry: '备案',
  business: '业务办理',
  supervision: '综合监管',
  administration: '系统管理',
  notifications: '消息',
}

/** Days of the week, Monday first. */
export const WEEKDAYS = ['一', '二', '三', '四', '五', '六', '日']
