/** Columns of the exported lists, as the console shows them. */
import { type ExportColumn, exportInstant } from '@hengjian/platform/http'
import { dataScopes, type UserView } from './contract.ts'

/** A running lockout counts before the rest. */
const stateOf = ({ state, lockedUntil }: UserView): string => {
  if (state === 'disabled') return '已停用'
  return lockedUntil && new Date(lockedUntil) > new Date() ? '已锁定' : '正常'
}

const users: readonly ExportColumn<UserView>[] = [
  { key: 'name', title: '姓名', of: (row) => row.name },
  { key: 'userName', title: '用户名', of: (row) => row.userName },
  { key: 'staffNumber', title: '警号/工号', of: (row) => row.staffNumber },
  { key: 'unit', title: '机构', of: (row) => row.unit.name },
  { key: 'roles', title: '角色', of: (row) => row.roles.map(({ name }) => name).join('、') },
  { key: 'scope', title: '数据范围', of: (row) => dataScopes[row.scope] },
  { key: 'state', title: '状态', of: stateOf },
  { key: 'totp', title: '动态口令', of: (row) => (row.totpEnrolled ? '已绑定' : '未绑定') },
  { key: 'lastSignedInAt', title: '最近登录', of: (row) => exportInstant(row.lastSignedInAt) },
  { key: 'validUntil', title: '有效期至', of: (row) => row.validUntil ?? '长期' },
]

export const identityExports = { findUsers: users }
