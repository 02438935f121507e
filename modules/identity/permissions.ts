/** Permissions of this module with the words the console shows. */
export const identityPermissions = {
  'identity.unit.create': '新建机构',
  'identity.unit.update': '修改机构',
  'identity.user.find': '查询用户',
  'identity.user.create': '新建用户',
  'identity.user.update': '修改用户',
  'identity.user.lock': '锁定与解锁用户',
  'identity.user.reset': '重置密码',
  'identity.user.reveal': '查看用户个人信息明文',
  'identity.role.find': '查询角色与权限',
  'identity.role.create': '新建角色',
  'identity.role.update': '修改角色',
  'identity.totp.reset': '解除动态口令绑定',
  'identity.role.assign': '分配用户角色与数据范围',
} as const
