/** List staff in the caller's reach, by id. */
import type { RequestContext } from '@hengjian/platform/context'
import { and, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { StaffView } from '../contract.ts'
import { presentStaff } from '../present.ts'
import { staffMember } from '../tables.ts'
import { below, pageBy, patternOf } from './conditions.ts'

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
  if (input.cursor !== undefined) conditions.push(gt(staffMember.id, input.cursor))
  if (input.under) conditions.push(below(staffMember.unitPath, input.under))
  if (input.institutionId) conditions.push(eq(staffMember.institutionId, input.institutionId))
  if (input.text)
    conditions.push(
      sql`(${staffMember.staffNumber} ILIKE ${`${patternOf(input.text)}%`}
        OR ${staffMember.nameDigest} = ${ctx.cipher.digest('name', input.text)})`,
    )
  const rows = await ctx.db
    .select()
    .from(staffMember)
    .where(and(...conditions))
    .orderBy(staffMember.id)
    .limit(input.limit + 1)
  return pageBy(rows, input.limit, (row) => presentStaff(ctx, row))
}
