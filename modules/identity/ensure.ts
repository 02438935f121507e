/** Loading units and users in bulk: sample data, importers, the command line. Rows that exist are left as they are. */
import { newId, type RequestContext } from '@hengjian/platform/context'
import { hashPassword } from '@hengjian/platform/crypto'
import type { DataScope } from '@hengjian/platform/db'
import { Problem } from '@hengjian/platform/errors'
import { inArray } from 'drizzle-orm'
import { byUserName, loadAccount, type RoleRow } from './accounts.ts'
import { replaceRoles } from './commands/assign-roles.ts'
import type { UnitLevel } from './contract.ts'
import { identityErrors } from './errors.ts'
import { auditOfAccount } from './present.ts'
import { role, unit, userAccount } from './tables.ts'
import { forgetRegions, type Unit, unitOfRow } from './units.ts'

/** A unit to exist. Parents must stand before their children, or exist already. */
export interface UnitSeed {
  readonly code: string
  readonly name: string
  readonly level: UnitLevel
  readonly parentCode: string | null
  readonly localRegions?: readonly string[]
  /** Given where the id must be the same each time; otherwise a new one is made. */
  readonly id?: string
}

/** Make the units that are missing; answers all of them by code. */
export async function ensureUnits(
  ctx: RequestContext,
  seeds: readonly UnitSeed[],
): Promise<Map<string, Unit>> {
  const codes = [
    ...new Set(seeds.flatMap(({ code, parentCode }) => (parentCode ? [code, parentCode] : [code]))),
  ]
  const rows = codes.length === 0 ? [] : await ctx.db.select().from(unit).where(inArray(unit.code, codes))
  const known = new Map(rows.map((row) => [row.code, unitOfRow(row)]))
  const added: (typeof unit.$inferInsert)[] = []
  for (const seed of seeds) {
    if (known.has(seed.code)) continue
    const parent = seed.parentCode === null ? null : known.get(seed.parentCode)
    if (parent === undefined)
      throw new Problem(identityErrors.unknown_unit, { detail: `上级机构 ${seed.parentCode} 不存在` })
    const row = {
      id: seed.id ?? newId(),
      code: seed.code,
      name: seed.name,
      level: seed.level,
      parentId: parent?.id ?? null,
      unitPath: `${parent?.path ?? '/'}${seed.code}/`,
      localRegions: [...(seed.localRegions ?? [])],
      state: 'active',
      validFrom: null,
      validUntil: null,
    }
    added.push(row)
    known.set(seed.code, unitOfRow(row))
  }
  for (let at = 0; at < added.length; at += 1000) await ctx.db.insert(unit).values(added.slice(at, at + 1000))
  if (added.length > 0) {
    await ctx.audit.record({ action: 'identity.ensure-units', after: { added: added.length } })
    ctx.tx.afterCommit(() => forgetRegions(ctx.database))
  }
  return known
}

/** A user to exist. */
export interface UserSeed {
  readonly userName: string
  readonly name: string
  readonly unitCode: string
  /** Codes of roles, all of one class. */
  readonly roles: readonly string[]
  readonly password: string
  readonly scope?: DataScope
  readonly staffNumber?: string
  /** Default true: the password is an initial one. Demonstration accounts say false. */
  readonly mustChange?: boolean
  /** Second factor already enrolled (base32, see `newTotpSecret`); for demonstration accounts that must step up. */
  readonly totpSecret?: string
  readonly id?: string
}

/** Make the users that are missing, with their roles; answers ids of all by user name. Needs the built-in roles. */
export async function ensureUsers(
  ctx: RequestContext,
  seeds: readonly UserSeed[],
): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const seed of seeds) {
    const found = await loadAccount(ctx, byUserName(seed.userName))
    ids.set(seed.userName, found ? found.account.id : await createFromSeed(ctx, seed))
  }
  return ids
}

async function createFromSeed(ctx: RequestContext, seed: UserSeed): Promise<string> {
  const [home] = await ctx.db
    .select()
    .from(unit)
    .where(inArray(unit.code, [seed.unitCode]))
  if (!home) throw new Problem(identityErrors.unknown_unit, { detail: `机构 ${seed.unitCode} 不存在` })
  const roles = await rolesByCode(ctx, seed.roles)
  const now = ctx.clock.now()
  const [account] = await ctx.db
    .insert(userAccount)
    .values({
      id: seed.id ?? newId(),
      userName: seed.userName,
      nameEnc: ctx.cipher.encrypt(seed.name),
      nameDigest: ctx.cipher.digest('name', seed.name)!,
      staffNumber: seed.staffNumber ?? null,
      unitId: home.id,
      unitPath: home.unitPath,
      scope: seed.scope ?? 'unit',
      passwordHash: await hashPassword(ctx.keys, seed.password),
      passwordChangedAt: now,
      mustChange: seed.mustChange ?? true,
      totpSecretEnc: ctx.cipher.encrypt(seed.totpSecret ?? null),
      createdAt: now,
    })
    .returning()
  await ctx.audit.record({
    action: 'identity.create-user',
    object: { kind: 'user', id: account!.id },
    after: auditOfAccount(account!),
  })
  await replaceRoles(
    ctx,
    { account: account!, unit: home },
    { before: [], after: roles, scope: seed.scope ?? 'unit' },
  )
  return account!.id
}

async function rolesByCode(ctx: RequestContext, codes: readonly string[]): Promise<RoleRow[]> {
  if (codes.length === 0) return []
  const rows = await ctx.db
    .select()
    .from(role)
    .where(inArray(role.code, [...codes]))
  const missing = codes.filter((code) => !rows.some((row) => row.code === code))
  if (missing.length > 0)
    throw new Problem(identityErrors.unknown_role, { detail: `角色 ${missing.join('、')} 不存在` })
  return rows
}
