/** List staff in the caller's reach, by id. */
import type { RequestContext } from '@hengjian/platform/context'
import { keysetPage, type SortKey } from '@hengjian/platform/db'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { StaffView } from '../contract.ts'
import { presentStaff } from '../present.ts'
import { staffMember } from '../tables.ts'
import { below, patternOf } from './conditions.ts'

const sortKeys = { id: { by: staffMember.id, type: 'uuid' } } as const satisfies Record<string, SortKey>

interface Input {
  cursor?: string | undefined
  limit: number
  under?: string | undefined
  institutionId?: string | undefined
  text?: string | undefined
}

export async function findStaff(
  ctx: RequestContext,
  input: Input,
): Promise<{ items: StaffView[]; nextCursor: string | null }> {
  const conditions: SQL[] = []
  if (input.under) conditions.push(below(staffMember.unitPath, input.under))
  if (input.institutionId) conditions.push(eq(staffMember.institutionId, input.institutionId))
  if (input.text)
    conditions.push(
      sql`(${staffMember.staffNumber} ILIKE ${`${patternOf(input.text)}%`}
        OR ${staffMember.nameDigest} = ${ctx.cipher.digest('name', input.text)})`,
    )
  const page = keysetPage(sortKeys, staffMember.id, 'id', input)
  const found = await ctx.db
    .select({ row: staffMember, key: page.key })
    .from(staffMember)
    .where(and(...conditions, page.after))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
  return { items: rows.map(({ row }) => presentStaff(ctx, row)), nextCursor }
}
