/** Users as other modules ask for them. */
import type { RequestContext } from '@hengjian/platform/context'
import { and, eq, inArray } from 'drizzle-orm'
import { scopeOfAccount } from './accounts.ts'
import { acrossUnits } from './across-units.ts'
import { lineage, reaches } from './rules/reach.ts'
import { rolePermission, unit, userAccount, userRole } from './tables.ts'

/** Someone who may do something for a unit. */
export interface PermissionHolder {
  readonly id: string
  readonly name: string
  readonly unitId: string
  readonly unitPath: string
}

/**
 * Enabled users who hold a permission, belong to the unit or one above it, and whose data scope reaches it: who may
 * authorise there, who can be given a case. Nearest unit first. Looks beyond the caller's scope; answers names only.
 */
export async function usersHolding(
  ctx: RequestContext,
  permission: string,
  unitPath: string,
): Promise<PermissionHolder[]> {
  const line = lineage(unitPath)
  if (line.length === 0) return []
  const rows = await acrossUnits(ctx, () =>
    ctx.db
      .selectDistinct({ account: userAccount })
      .from(rolePermission)
      .innerJoin(userRole, eq(userRole.roleId, rolePermission.roleId))
      .innerJoin(userAccount, eq(userAccount.id, userRole.userId))
      .innerJoin(unit, eq(unit.id, userAccount.unitId))
      .where(
        and(
          eq(rolePermission.permission, permission),
          inArray(userAccount.unitPath, line),
          eq(userAccount.state, 'active'),
          eq(unit.state, 'active'),
        ),
      ),
  )
  const today = Temporal.Instant.fromEpochMilliseconds(ctx.clock.now().getTime())
    .toZonedDateTimeISO('Asia/Shanghai')
    .toPlainDate()
    .toString()
  return rows
    .map(({ account }) => account)
    .filter((account) => reaches({ scope: scopeOfAccount(account), unitPath: account.unitPath }, unitPath))
    .filter(({ validFrom, validUntil }) => (validFrom ?? today) <= today && today <= (validUntil ?? today))
    .sort((a, b) => b.unitPath.length - a.unitPath.length || (a.userName < b.userName ? -1 : 1))
    .map((account) => ({
      id: account.id,
      name: ctx.cipher.decrypt(account.nameEnc),
      unitId: account.unitId,
      unitPath: account.unitPath,
    }))
}

/** Names of users in the caller's reach, by id; others are left out. */
export async function userNamesOf(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await ctx.db
    .select({ id: userAccount.id, nameEnc: userAccount.nameEnc })
    .from(userAccount)
    .where(inArray(userAccount.id, [...new Set(ids)]))
  return new Map(rows.map(({ id, nameEnc }) => [id, ctx.cipher.decrypt(nameEnc)]))
}

/** Name and unit of an enabled user, also beyond the caller's scope; null when there is none. */
export async function userOf(
  ctx: RequestContext,
  id: string,
): Promise<{ name: string; unitPath: string } | null> {
  const [row] = await acrossUnits(ctx, () =>
    ctx.db
      .select({ nameEnc: userAccount.nameEnc, unitPath: userAccount.unitPath })
      .from(userAccount)
      .where(and(eq(userAccount.id, id), eq(userAccount.state, 'active'))),
  )
  return row ? { name: ctx.cipher.decrypt(row.nameEnc), unitPath: row.unitPath } : null
}
