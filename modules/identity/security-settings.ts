/**
 * Settings of sign-in, kept as parameters by unit (PLT-7, PLT-10, PLT-13). The security administrator sets them; their
 * bounds keep anyone from setting them to nothing.
 */
import type { RequestContext } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'

/** Who must have given a second factor before holding any permission. */
export type TotpRequired = 'none' | 'administrators' | 'all'

/** What holds for the accounts of one unit. */
export interface SecuritySettings {
  /** Characters of a new password, at least. */
  readonly passwordLength: number
  /** Of lower case, upper case, digits and others, at least so many. */
  readonly passwordClasses: number
  /** A password serves so many days. */
  readonly passwordDays: number
  /** A new password differs from so many before, the current one among them. */
  readonly passwordHistory: number
  /** So many failures within the minutes lock an account, for as long. */
  readonly lockoutFailures: number
  readonly lockoutMinutes: number
  /** A session unused for so long has ended; so has one this long after sign-in. */
  readonly idleMinutes: number
  readonly sessionHours: number
  readonly totpRequired: TotpRequired
  /** Failed sign-ins at one account from one address within 15 minutes; of the installation. */
  readonly signInAttempts: number
}

export const shippedSettings: SecuritySettings = {
  passwordLength: 8,
  passwordClasses: 3,
  passwordDays: 90,
  passwordHistory: 5,
  lockoutFailures: 5,
  lockoutMinutes: 15,
  idleMinutes: 30,
  sessionHours: 12,
  totpRequired: 'none',
  signInAttempts: 20,
}

/** Greatest values: what is older than these is over in every unit. */
export const LONGEST_IDLE_MINUTES = 120
export const LONGEST_SESSION_HOURS = 24
/** Former passwords kept, whatever is compared. */
export const HISTORY_KEPT = 24

const number = (title: string, measure: string, min: number, max: number) => ({
  type: 'number' as const,
  title,
  measure,
  min,
  max,
})

/** How each setting is declared; the bounds hold whoever sets it. */
const DECLARED = {
  passwordLength: { code: 'identity.password_length', ...number('密码最小长度', '位', 8, 32) },
  passwordClasses: {
    code: 'identity.password_classes',
    ...number('密码字符种类', '类', 3, 4),
    description: '大写字母、小写字母、数字、符号中至少包含的种类数',
  },
  passwordDays: { code: 'identity.password_days', ...number('密码有效期', '天', 1, 365) },
  passwordHistory: {
    code: 'identity.password_history',
    ...number('不得重复的历史密码', '个', 1, HISTORY_KEPT),
    description: '新密码不得与最近使用的若干个密码相同，含当前密码',
  },
  lockoutFailures: { code: 'identity.lockout_failures', ...number('锁定前允许的失败次数', '次', 3, 10) },
  lockoutMinutes: {
    code: 'identity.lockout_minutes',
    ...number('失败计数与锁定时长', '分钟', 5, 1440),
  },
  idleMinutes: { code: 'identity.idle_minutes', ...number('空闲退出', '分钟', 5, LONGEST_IDLE_MINUTES) },
  sessionHours: {
    code: 'identity.session_hours',
    ...number('登录最长时间', '小时', 1, LONGEST_SESSION_HOURS),
  },
  totpRequired: {
    code: 'identity.totp_required',
    type: 'text' as const,
    title: '登录须用动态口令',
    description: '要求范围内的用户未绑定或本次登录未验证动态口令前，不持有任何权限',
    options: [
      { value: 'none', title: '不要求（敏感操作仍需验证）' },
      { value: 'administrators', title: '三类管理员' },
      { value: 'all', title: '所有用户' },
    ],
  },
  signInAttempts: {
    code: 'identity.sign_in_attempts',
    ...number('同一地址对同一账号的失败次数', '次', 5, 100),
    description: '15 分钟内超过后，该地址暂不能再尝试该账号；账号本身的锁定另行计算',
    level: 'installation',
  },
} as const

/** Definitions for the keeper of parameters. */
export const securityParameters = Object.entries(DECLARED).map(([key, declared]) => ({
  level: 'unit' as const,
  ...declared,
  default: shippedSettings[key as keyof SecuritySettings],
  keptBy: 'security' as const,
}))

/** Value of a parameter for a unit, as the keeper of parameters answers it. */
export type ParameterValueOf = (ctx: RequestContext, code: string, unitPath: string) => Promise<unknown>

const readers = new WeakMap<Database, ParameterValueOf>()

/** Tell where the settings of this database's accounts stand; without, they are as shipped. */
export function readSecuritySettingsFrom(database: Database, read: ParameterValueOf): void {
  readers.set(database, read)
}

/**
 * Settings in force for accounts of a unit. Where a value was altered in the database the shipped one holds: a forged
 * setting must not weaken sign-in, nor lock out who would repair it.
 */
export async function settingsOf(ctx: RequestContext, unitPath: string): Promise<SecuritySettings> {
  const read = readers.get(ctx.database)
  if (!read) return shippedSettings
  const values: Record<string, unknown> = {}
  for (const [key, { code }] of Object.entries(DECLARED))
    values[key] = await read(ctx, code, unitPath).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.entry !== platformErrors.integrity) throw error
      return shippedSettings[key as keyof SecuritySettings]
    })
  return values as unknown as SecuritySettings
}
