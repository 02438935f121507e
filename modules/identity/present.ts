/** Records → responses. Personal data is masked here; the clear text leaves only through `revealUser`. */
import { mask } from '@hengjian/identifiers'
import type { RequestContext, Services } from '@hengjian/platform/context'
import { hmacSm3 } from '@hengjian/sm'
import {
  type Account,
  type AccountRow,
  classOfAccount,
  dueOf,
  permissionsOf,
  type RoleRow,
  rolesOf,
  scopeOfAccount,
  type UnitRow,
} from './accounts.ts'
import type { RoleClass, SessionView, UnitLevel, UnitView, UserView } from './contract.ts'
import { isLocked } from './rules/lockout.ts'
import { mustChangePassword } from './rules/password.ts'
import { steppedUpUntil } from './rules/session.ts'
import { settingsOf } from './security-settings.ts'

/** Token that writes must carry, bound to the session: HMAC-SM3 under the session key, hex. */
export const csrfTokenOf = (services: Pick<Services, 'keys'>, sessionId: string): string =>
  hmacSm3(services.keys.sessionKey, `csrf:${sessionId}`).toString('hex')

const iso = (at: Date | null): string | null => (at === null ? null : at.toISOString())

/** What the console is told of the session. Permissions are withheld until a due password change is done. */
export async function presentSession(
  ctx: RequestContext,
  { account, unit }: Account,
  session: { id: string; steppedUpAt: Date | null },
): Promise<SessionView> {
  const now = ctx.clock.now()
  const settings = await settingsOf(ctx, account.unitPath)
  const due = dueOf(account, session.steppedUpAt, now, settings)
  return {
    user: {
      id: account.id,
      userName: account.userName,
      name: ctx.cipher.decrypt(account.nameEnc),
      staffNumber: account.staffNumber,
    },
    unit: { id: unit.id, name: unit.name, path: unit.unitPath, level: unit.level as UnitLevel },
    permissions: due.password || due.secondFactor ? [] : await permissionsOf(ctx, account.id),
    scope: scopeOfAccount(account),
    csrfToken: csrfTokenOf(ctx, session.id),
    mustChangePassword: due.password,
    secondFactorDue: due.secondFactor,
    totpEnrolled: account.totpSecretEnc !== null,
    steppedUpUntil: iso(steppedUpUntil(session.steppedUpAt, now)),
    idleMinutes: settings.idleMinutes,
  }
}

export function presentUnit(row: UnitRow, hasChildren: boolean): UnitView {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    level: row.level as UnitLevel,
    parentId: row.parentId,
    path: row.unitPath,
    localRegions: row.localRegions,
    state: row.state as UnitView['state'],
    validFrom: row.validFrom,
    validUntil: row.validUntil,
    hasChildren,
  }
}

/** An account with its roles. Staff names are shown in full: who handled public business is answerable for it. */
export async function presentUser(
  ctx: RequestContext,
  { account, unit }: Account,
  roles: readonly RoleRow[],
): Promise<UserView> {
  const settings = await settingsOf(ctx, account.unitPath)
  const now = ctx.clock.now()
  return {
    id: account.id,
    userName: account.userName,
    name: ctx.cipher.decrypt(account.nameEnc),
    staffNumber: account.staffNumber,
    idNumberMasked: mask('id_number', ctx.cipher.decrypt(account.idNumberEnc)),
    mobileMasked: mask('mobile', ctx.cipher.decrypt(account.mobileEnc)),
    unit: { id: unit.id, name: unit.name, path: unit.unitPath },
    roles: roles.map(({ id, code, name }) => ({ id, code, name })),
    roleClass: classOfAccount(account),
    scope: scopeOfAccount(account),
    state: account.state as UserView['state'],
    lockedUntil: isLocked(account, now) ? iso(account.lockedUntil) : null,
    mustChangePassword: mustChangePassword(account, now, settings),
    totpEnrolled: account.totpSecretEnc !== null,
    oneSessionOnly: account.oneSessionOnly,
    validFrom: account.validFrom,
    validUntil: account.validUntil,
    permittedAddresses: account.permittedAddresses,
    permittedHours: account.permittedHours,
    passwordChangedAt: account.passwordChangedAt.toISOString(),
    lastSignedInAt: iso(account.lastSignedInAt),
    version: account.version,
  }
}

/** The account as it stands now, with its roles. */
export const presentUserNow = async (ctx: RequestContext, found: Account): Promise<UserView> =>
  presentUser(ctx, found, await rolesOf(ctx, found.account.id))

export const presentRole = (row: RoleRow, permissions: readonly string[]) => ({
  id: row.id,
  code: row.code,
  name: row.name,
  roleClass: row.roleClass as RoleClass,
  builtIn: row.builtIn,
  permissions: [...permissions].sort(),
})

/** What the audit log may keep of an account: no personal data. */
export const auditOfAccount = (account: AccountRow) => ({
  userName: account.userName,
  staffNumber: account.staffNumber,
  unitPath: account.unitPath,
  state: account.state,
  scope: account.scope,
  validFrom: account.validFrom,
  validUntil: account.validUntil,
  permittedAddresses: account.permittedAddresses,
  permittedHours: account.permittedHours,
  oneSessionOnly: account.oneSessionOnly,
})
