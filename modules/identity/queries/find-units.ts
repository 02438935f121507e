/** List units by path; open to every signed-in user. */
import type { RequestContext } from '@hengjian/platform/context'
import { endOfSubtree, isUnitPath } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { UnitLevel, UnitView } from '../contract.ts'
import { presentUnit } from '../present.ts'
import { unit } from '../tables.ts'

interface Input {
  cursor?: string | undefined
  limit: number
  parentId?: string | undefined
  roots?: boolean | undefined
  under?: string | undefined
  text?: string | undefined
  level?: UnitLevel | undefined
  state?: 'active' | 'closed' | undefined
}

export async function findUnits(
  ctx: RequestContext,
  input: Input,
): Promise<{ items: UnitView[]; nextCursor: string | null }> {
  const rows = await ctx.db
    .select({
      unit,
      hasChildren: sql<boolean>`EXISTS (SELECT 1 FROM unit AS child WHERE child.parent_id = unit.id)`,
    })
    .from(unit)
    .where(and(...conditionsOf(ctx, input)))
    .orderBy(unit.unitPath)
    .limit(input.limit + 1)
  const page = rows.slice(0, input.limit)
  return {
    items: page.map((row) => presentUnit(row.unit, row.hasChildren)),
    nextCursor: rows.length > input.limit ? page.at(-1)!.unit.unitPath : null,
  }
}

function conditionsOf({ actor }: RequestContext, input: Input): SQL[] {
  const conditions: SQL[] = []
  if (input.cursor !== undefined) conditions.push(sql`${unit.unitPath} > ${input.cursor}`)
  if (input.parentId) conditions.push(eq(unit.parentId, input.parentId))
  if (input.roots)
    conditions.push(actor.scope === 'all' ? isNull(unit.parentId) : eq(unit.unitPath, actor.unitPath))
  if (input.under !== undefined) {
    if (!isUnitPath(input.under)) throw new Problem(platformErrors.invalid_input)
    conditions.push(
      sql`${unit.unitPath} >= ${input.under} AND ${unit.unitPath} < ${endOfSubtree(input.under)}`,
    )
  }
  if (input.text) {
    const text = input.text.replace(/[\\%_]/g, '\\$&')
    conditions.push(sql`(${unit.name} ILIKE ${`%${text}%`} OR ${unit.code} ILIKE ${`${text}%`})`)
  }
  if (input.level) conditions.push(eq(unit.level, input.level))
  if (input.state) conditions.push(eq(unit.state, input.state))
  return conditions
}
