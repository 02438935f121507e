/** Errors of identity. */
import { defineErrors } from '@hengjian/platform/errors'

export const identityErrors = defineErrors('identity', {
  sign_in_failed: {
    status: 401,
    title: '用户名或密码不正确，或该账号当前不可登录；连续失败多次将暂时锁定',
  },
  wrong_password: { status: 400, title: '当前密码不正确，或连续失败次数过多已被锁定' },
  weak_password: { status: 400, title: '新密码不符合要求' },
  reused_password: { status: 400, title: '新密码不得与最近使用过的密码相同' },
  wrong_code: { status: 400, title: '动态口令不正确、已使用过，或连续失败次数过多已被锁定' },
  totp_not_enrolled: { status: 409, title: '尚未绑定动态口令' },
  mixed_role_classes: { status: 409, title: '系统、安全、审计管理员角色互斥，且不得兼任业务角色' },
  permission_not_for_class: { status: 400, title: '该类角色不得持有所选权限' },
  unknown_permission: { status: 400, title: '所选权限不存在' },
  unknown_role: { status: 400, title: '所选角色不存在' },
  unknown_unit: { status: 400, title: '所选机构不存在或已撤销' },
  built_in_role: { status: 409, title: '内置角色由系统维护，不可修改' },
  own_account: { status: 409, title: '不得对本人账号执行该操作' },
  scope_too_wide: { status: 403, title: '授予的数据范围超出您本人的数据范围' },
  unit_in_use: { status: 409, title: '该机构尚有在用的下级机构或用户，不可撤销' },
  validity_reversed: { status: 400, title: '有效期止早于有效期起' },
})
