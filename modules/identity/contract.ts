/** Operations of identity: sign-in and sessions, own account, users, units, roles (PLT-1…5, PLT-10, PLT-13). */
import { isoDay, isoInstant, operationsOf, pageOf, pageQuery, sortBy } from '@hengjian/platform/contract'
import { z } from 'zod'
import { identityPermissions } from './permissions.ts'

export { identityPermissions } from './permissions.ts'

const operation = operationsOf(identityPermissions, '机构、用户与权限')

/** Levels of a unit, from the top: ministry 部, corps 总队, detachment 支队, brigade 大队, window 窗口, section 科室, institution 社会化机构, other. */
export const unitLevels = [
  'ministry',
  'corps',
  'detachment',
  'brigade',
  'window',
  'section',
  'institution',
  'other',
] as const
export const unitLevel = z.enum(unitLevels)
export type UnitLevel = z.infer<typeof unitLevel>

/** How far a user sees (PLT-4), in words. */
export const dataScopes = {
  own: '本人经办',
  unit: '本机构',
  unit_and_below: '本机构及下级',
  all: '全部',
} as const
export const dataScope = z.enum(['own', 'unit', 'unit_and_below', 'all'])

/**
 * Class of a role. An account holds roles of one class only (PLT-5): business, or one of the three administrators.
 */
export const roleClasses = ['business', 'system', 'security', 'audit'] as const
export const roleClass = z.enum(roleClasses)
export type RoleClass = z.infer<typeof roleClass>

const unitState = z.enum(['active', 'closed'])
const userState = z.enum(['active', 'disabled'])
const empty = z.object({})
/** Input of a write that takes none: the body may be left out. */
const nothing = z.object({}).optional()
const byId = z.object({ id: z.uuid() })
const userName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.@-]{1,63}$/, '用户名为 2–64 位字母、数字或 _ . @ -，以字母或数字开头')
const password = z.string().min(1).max(200)
const mobile = z.string().regex(/^(\+?86)?1[3-9]\d{9}$/, '手机号码格式有误')
const idNumber = z.string().regex(/^\d{17}[\dXx]$/, '身份证号码应为 18 位')
const region = z.string().regex(/^\d{2,6}$/, '行政区划代码为 2–6 位数字')

/** `09:00`–`18:30` on the named ISO weekdays (1 = Monday … 7 = Sunday). */
export const permittedHours = z
  .object({
    days: z.array(z.number().int().min(1).max(7)).min(1),
    from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
    to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  })
  .describe('允许登录的星期与时段（北京时间），起止相同为全天；止早于起为跨零点')
export type PermittedHours = z.infer<typeof permittedHours>

const addressRange = z
  .union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], '应为 IP 地址或 CIDR 网段')
  .describe('允许登录的地址或网段')

/** Who is signed in, and what the console needs to draw itself. */
export const sessionView = z.object({
  user: z.object({
    id: z.uuid(),
    userName: z.string(),
    name: z.string(),
    staffNumber: z.string().nullable(),
  }),
  unit: z.object({ id: z.uuid(), name: z.string(), path: z.string(), level: unitLevel }),
  permissions: z.array(z.string()).describe('须先修改密码时为空'),
  scope: dataScope,
  csrfToken: z.string().describe('写操作随 x-csrf-token 头提交'),
  mustChangePassword: z.boolean(),
  secondFactorDue: z
    .enum(['enrol', 'code'])
    .nullable()
    .describe('本单位要求登录使用动态口令：须先绑定 / 须先验证；此时 permissions 为空'),
  totpEnrolled: z.boolean(),
  steppedUpUntil: isoInstant.nullable(),
  idleMinutes: z.number().int(),
})
export type SessionView = z.infer<typeof sessionView>

export const unitView = z.object({
  id: z.uuid(),
  code: z.string(),
  name: z.string(),
  level: unitLevel,
  parentId: z.uuid().nullable(),
  path: z.string(),
  localRegions: z.array(z.string()).describe('本机构自设的本地行政区划；空则沿用上级'),
  state: unitState,
  validFrom: isoDay.nullable(),
  validUntil: isoDay.nullable(),
  hasChildren: z.boolean(),
})
export type UnitView = z.infer<typeof unitView>

export const roleView = z.object({
  id: z.uuid(),
  code: z.string(),
  name: z.string(),
  roleClass,
  builtIn: z.boolean(),
  permissions: z.array(z.string()),
})
export type RoleView = z.infer<typeof roleView>

export const userView = z.object({
  id: z.uuid(),
  userName: z.string(),
  name: z.string(),
  staffNumber: z.string().nullable(),
  idNumberMasked: z.string().nullable(),
  mobileMasked: z.string().nullable(),
  unit: z.object({ id: z.uuid(), name: z.string(), path: z.string() }),
  roles: z.array(z.object({ id: z.uuid(), code: z.string(), name: z.string() })),
  roleClass,
  scope: dataScope,
  state: userState,
  lockedUntil: isoInstant.nullable(),
  mustChangePassword: z.boolean(),
  totpEnrolled: z.boolean(),
  oneSessionOnly: z.boolean(),
  validFrom: isoDay.nullable(),
  validUntil: isoDay.nullable(),
  permittedAddresses: z.array(z.string()),
  permittedHours: permittedHours.nullable(),
  passwordChangedAt: isoInstant,
  lastSignedInAt: isoInstant.nullable(),
  version: z.number().int(),
})
export type UserView = z.infer<typeof userView>

/** What an administrator may set on an account. Null clears. */
const userFields = z.object({
  name: z.string().trim().min(1).max(60),
  staffNumber: z.string().trim().max(20).nullable(),
  idNumber: idNumber.nullable(),
  mobile: mobile.nullable(),
  unitId: z.uuid(),
  validFrom: isoDay.nullable(),
  validUntil: isoDay.nullable(),
  permittedAddresses: z.array(addressRange).max(50),
  permittedHours: permittedHours.nullable(),
  oneSessionOnly: z.boolean(),
})

const unitFields = z.object({
  name: z.string().trim().min(1).max(100),
  level: unitLevel,
  localRegions: z.array(region).max(200),
  validFrom: isoDay.nullable(),
  validUntil: isoDay.nullable(),
})

/** A password made by the system, shown this once; the user must change it at first sign-in. */
const initialPassword = z.string().describe('系统生成的初始密码，仅显示一次')

export const identityContract = {
  signIn: operation({
    id: 'identity.sign-in',
    method: 'POST',
    path: '/sessions',
    permission: 'public',
    // It writes its own audit entries, for success and for refusal: no generic one beside them.
    transaction: 'read',
    summary: '用户名密码登录',
    description: '失败一律 401 identity.sign_in_failed，不区分原因。成功时下发会话 Cookie。',
    status: 201,
    input: z.object({ userName: z.string().trim().min(1).max(64), password }),
    output: sessionView,
  }),
  currentSession: operation({
    id: 'identity.current-session',
    method: 'GET',
    path: '/sessions/current',
    permission: 'signed-in',
    summary: '当前会话',
    input: empty,
    output: sessionView,
  }),
  signOut: operation({
    id: 'identity.sign-out',
    method: 'DELETE',
    path: '/sessions/current',
    permission: 'signed-in',
    summary: '退出登录',
    input: nothing,
    output: empty,
  }),
  signOutEverywhere: operation({
    id: 'identity.sign-out-everywhere',
    method: 'DELETE',
    path: '/sessions',
    permission: 'signed-in',
    summary: '退出本人全部会话',
    input: nothing,
    output: z.object({ ended: z.number().int() }),
  }),
  stepUp: operation({
    id: 'identity.step-up',
    method: 'POST',
    path: '/sessions/current/step-up',
    permission: 'signed-in',
    summary: '以动态口令完成二次验证',
    input: z.object({ code: z.string().regex(/^\d{6}$/, '动态口令为 6 位数字') }),
    output: z.object({ steppedUpUntil: isoInstant }),
  }),
  changePassword: operation({
    id: 'identity.change-password',
    method: 'POST',
    path: '/accounts/current/password',
    permission: 'signed-in',
    summary: '修改本人密码',
    description: '其他会话随即结束；当前会话继续有效。',
    input: z.object({ currentPassword: password, newPassword: password }),
    output: sessionView,
  }),
  enrolTotp: operation({
    id: 'identity.enrol-totp',
    method: 'POST',
    path: '/accounts/current/totp',
    permission: 'signed-in',
    summary: '开始绑定动态口令',
    description: '返回 otpauth 地址供扫码；确认前不生效。已绑定者须先完成二次验证。',
    input: z.object({ currentPassword: password }),
    output: z.object({ secret: z.string(), uri: z.string() }),
  }),
  confirmTotp: operation({
    id: 'identity.confirm-totp',
    method: 'POST',
    path: '/accounts/current/totp/confirm',
    permission: 'signed-in',
    summary: '确认绑定动态口令',
    description: '确认即视为完成一次二次验证。',
    input: z.object({ code: z.string().regex(/^\d{6}$/, '动态口令为 6 位数字') }),
    output: z.object({ steppedUpUntil: isoInstant }),
  }),

  findUsers: operation({
    id: 'identity.find-users',
    method: 'GET',
    path: '/users',
    permission: 'identity.user.find',
    summary: '查询用户',
    exported: { title: '用户', personal: ['text'] },
    input: pageQuery.extend({
      text: z.string().trim().max(60).optional().describe('用户名或警号前缀；姓名、证件号、手机号须完整'),
      under: z.string().optional().describe('机构路径，含下级'),
      roleId: z.uuid().optional(),
      state: userState.optional(),
      locked: z.boolean().optional(),
      sort: sortBy('userName', 'lastSignedInAt'),
    }),
    output: pageOf(userView),
  }),
  getUser: operation({
    id: 'identity.get-user',
    method: 'GET',
    path: '/users/{id}',
    permission: 'identity.user.find',
    summary: '用户详情',
    input: byId,
    output: userView,
  }),
  revealUser: operation({
    id: 'identity.reveal-user',
    method: 'POST',
    path: '/users/{id}/reveal',
    permission: 'identity.user.reveal',
    summary: '查看用户个人信息明文（留痕）',
    input: byId.extend({ reason: z.string().trim().min(2).max(200) }),
    output: z.object({ idNumber: z.string().nullable(), mobile: z.string().nullable() }),
  }),
  createUser: operation({
    id: 'identity.create-user',
    method: 'POST',
    path: '/users',
    permission: 'identity.user.create',
    summary: '新建用户',
    status: 201,
    input: userFields
      .partial({
        staffNumber: true,
        idNumber: true,
        mobile: true,
        validFrom: true,
        validUntil: true,
        permittedAddresses: true,
        permittedHours: true,
        oneSessionOnly: true,
      })
      .extend({ userName }),
    output: z.object({ user: userView, initialPassword }),
  }),
  updateUser: operation({
    id: 'identity.update-user',
    method: 'PATCH',
    path: '/users/{id}',
    permission: 'identity.user.update',
    summary: '修改用户',
    input: userFields
      .partial()
      .extend({ id: z.uuid(), version: z.number().int(), state: userState.optional() }),
    output: userView,
  }),
  lockUser: operation({
    id: 'identity.lock-user',
    method: 'POST',
    path: '/users/{id}/lock',
    permission: 'identity.user.lock',
    summary: '停用用户并结束其会话',
    input: byId.extend({ reason: z.string().trim().min(2).max(200) }),
    output: userView,
  }),
  unlockUser: operation({
    id: 'identity.unlock-user',
    method: 'POST',
    path: '/users/{id}/unlock',
    permission: 'identity.user.lock',
    summary: '解除锁定并恢复启用',
    input: byId,
    output: userView,
  }),
  resetPassword: operation({
    id: 'identity.reset-password',
    method: 'POST',
    path: '/users/{id}/password',
    permission: 'identity.user.reset',
    summary: '重置密码并结束其会话',
    input: byId,
    output: z.object({ initialPassword }),
  }),
  resetTotp: operation({
    id: 'identity.reset-totp',
    method: 'DELETE',
    path: '/users/{id}/totp',
    permission: 'identity.totp.reset',
    summary: '解除动态口令绑定',
    input: byId,
    output: userView,
  }),
  assignRoles: operation({
    id: 'identity.assign-roles',
    method: 'PUT',
    path: '/users/{id}/roles',
    permission: 'identity.role.assign',
    summary: '分配角色与数据范围',
    description: '三类管理员角色互斥，且不得兼任业务角色（PLT-5）。',
    input: byId.extend({ roleIds: z.array(z.uuid()).max(50), scope: dataScope }),
    output: userView,
  }),

  findUnits: operation({
    id: 'identity.find-units',
    method: 'GET',
    path: '/units',
    permission: 'signed-in',
    summary: '查询机构',
    description: '给出 parentId 时为其直接下级；roots 为真时为本人数据范围的顶层机构；按路径排序。',
    input: pageQuery.extend({
      parentId: z.uuid().optional(),
      roots: z.boolean().optional(),
      under: z.string().optional().describe('机构路径，含下级'),
      text: z.string().trim().max(60).optional().describe('名称片段或代码前缀'),
      level: unitLevel.optional(),
      state: unitState.optional(),
    }),
    output: pageOf(unitView),
  }),
  getUnit: operation({
    id: 'identity.get-unit',
    method: 'GET',
    path: '/units/{id}',
    permission: 'signed-in',
    summary: '机构详情',
    input: byId,
    output: unitView,
  }),
  createUnit: operation({
    id: 'identity.create-unit',
    method: 'POST',
    path: '/units',
    permission: 'identity.unit.create',
    summary: '新建机构',
    status: 201,
    input: unitFields.partial({ localRegions: true, validFrom: true, validUntil: true }).extend({
      code: z.string().regex(/^[0-9A-Za-z_-]{1,32}$/, '机构代码为字母、数字、- 或 _，至多 32 位'),
      parentId: z.uuid().nullable(),
    }),
    output: unitView,
  }),
  updateUnit: operation({
    id: 'identity.update-unit',
    method: 'PATCH',
    path: '/units/{id}',
    permission: 'identity.unit.update',
    summary: '修改机构',
    input: unitFields.partial().extend({ id: z.uuid(), state: unitState.optional() }),
    output: unitView,
  }),

  findRoles: operation({
    id: 'identity.find-roles',
    method: 'GET',
    path: '/roles',
    permission: 'identity.role.find',
    summary: '查询角色',
    input: empty,
    output: z.object({ items: z.array(roleView) }),
  }),
  createRole: operation({
    id: 'identity.create-role',
    method: 'POST',
    path: '/roles',
    permission: 'identity.role.create',
    summary: '新建角色',
    status: 201,
    input: z.object({
      code: z.string().regex(/^[a-z][a-z0-9_]{1,39}$/, '角色代码为小写字母、数字与 _'),
      name: z.string().trim().min(1).max(40),
      roleClass: roleClass.default('business'),
      permissions: z.array(z.string()).max(500),
    }),
    output: roleView,
  }),
  updateRole: operation({
    id: 'identity.update-role',
    method: 'PATCH',
    path: '/roles/{id}',
    permission: 'identity.role.update',
    summary: '修改角色名称与权限',
    input: z.object({
      id: z.uuid(),
      name: z.string().trim().min(1).max(40).optional(),
      permissions: z.array(z.string()).max(500).optional(),
    }),
    output: roleView,
  }),
  listPermissions: operation({
    id: 'identity.list-permissions',
    method: 'GET',
    path: '/permissions',
    permission: 'identity.role.find',
    summary: '全部权限',
    input: empty,
    output: z.object({
      items: z.array(
        z.object({
          permission: z.string(),
          label: z.string(),
          module: z.string(),
          roleClasses: z.array(roleClass).describe('可持有该权限的角色类别'),
        }),
      ),
    }),
  }),
}
