/** List accounts in the caller's reach, by user name unless told. */
import type { RequestContext } from '@hengjian/platform/context'
import { endOfSubtree, isUnitPath, keysetPage, type Sort, type SortKey } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { and, eq, exists, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { RoleRow } from '../accounts.ts'
import type { UserView } from '../contract.ts'
import { presentUser } from '../present.ts'
import { role, unit, userAccount, userRole } from '../tables.ts'

interface Input {
  cursor?: string | undefined
  limit: number
  text?: string | undefined
  under?: string | undefined
  roleId?: string | undefined
  state?: 'active' | 'disabled' | undefined
  locked?: boolean | undefined
  sort?: Sort<keyof typeof sortKeys> | undefined
}

const sortKeys = {
  userName: { by: sql`lower(${userAccount.userName}) COLLATE "C"`, type: 'text' },
  lastSignedInAt: { by: sql`coalesce(${userAccount.lastSignedInAt}, '-infinity')`, type: 'timestamptz' },
} as const satisfies Record<string, SortKey>

export async function findUsers(
  ctx: RequestContext,
  input: Input,
): Promise<{ items: UserView[]; nextCursor: string | null }> {
  const page = keysetPage(sortKeys, userAccount.id, input.sort ?? 'userName', input)
  const found = await ctx.db
    .select({ account: userAccount, unit, key: page.key })
    .from(userAccount)
    .innerJoin(unit, eq(unit.id, userAccount.unitId))
    .where(and(...conditionsOf(ctx, input), page.after))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const { rows, nextCursor } = page.cut(found, ({ account }) => account.id)
  const held = await rolesByUser(
    ctx,
    rows.map(({ account }) => account.id),
  )
  return {
    items: await Promise.all(rows.map((row) => presentUser(ctx, row, held.get(row.account.id) ?? []))),
    nextCursor,
  }
}

function conditionsOf(ctx: RequestContext, input: Input): SQL[] {
  const conditions: (SQL | undefined)[] = []
  if (input.text) conditions.push(matching(ctx, input.text))
  if (input.under !== undefined) {
    if (!isUnitPath(input.under)) throw new Problem(platformErrors.invalid_input)
    conditions.push(
      sql`${userAccount.unitPath} >= ${input.under} AND ${userAccount.unitPath} < ${endOfSubtree(input.under)}`,
    )
  }
  if (input.state) conditions.push(eq(userAccount.state, input.state))
  if (input.locked !== undefined) {
    const now = ctx.clock.now().toISOString()
    conditions.push(sql`(coalesce(${userAccount.lockedUntil}, '-infinity') > ${now}) = ${input.locked}`)
  }
  if (input.roleId) {
    const held = ctx.db
      .select({ one: sql`1` })
      .from(userRole)
      .where(and(eq(userRole.userId, userAccount.id), eq(userRole.roleId, input.roleId)))
    conditions.push(exists(held))
  }
  return conditions.filter((condition) => condition !== undefined)
}

/** Start of user name or staff number; names and numbers of persons only whole, by digest. */
function matching({ cipher }: RequestContext, text: string): SQL | undefined {
  const prefix = `${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  return or(
    sql`lower(${userAccount.userName}) LIKE ${prefix}`,
    sql`lower(${userAccount.staffNumber}) LIKE ${prefix}`,
    sql`${userAccount.nameDigest} = ${cipher.digest('name', text)}`,
    sql`${userAccount.idDigest} = ${cipher.digest('id_number', text)}`,
    sql`${userAccount.mobileDigest} = ${cipher.digest('mobile', text)}`,
  )
}

async function rolesByUser(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, RoleRow[]>> {
  const held = new Map<string, RoleRow[]>()
  if (ids.length === 0) return held
  const rows = await ctx.db
    .select({ userId: userRole.userId, role })
    .from(userRole)
    .innerJoin(role, eq(role.id, userRole.roleId))
    .where(inArray(userRole.userId, [...ids]))
    .orderBy(role.code)
  for (const row of rows) held.set(row.userId, [...(held.get(row.userId) ?? []), row.role])
  return held
}
