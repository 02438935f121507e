/** List institutions, by id. Names are open to all who may look: findings compare institutions across units. */
import type { RequestContext } from '@hengjian/platform/context'
import { and, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { FilingState, InstitutionKind, InstitutionView } from '../contract.ts'
import { presentInstitution } from '../present.ts'
import { institution } from '../tables.ts'
import { below, pageBy, patternOf } from './conditions.ts'

interface Input {
  cursor?: string | undefined
  limit: number
  kind?: InstitutionKind | undefined
  under?: string | undefined
  text?: string | undefined
  state?: FilingState | undefined
}

export async function findInstitutions(
  ctx: RequestContext,
  input: Input,
): Promise<{ items: InstitutionView[]; nextCursor: string | null }> {
  const conditions: SQL[] = []
  if (input.cursor !== undefined) conditions.push(gt(institution.id, input.cursor))
  if (input.kind) conditions.push(eq(institution.kind, input.kind))
  if (input.under) conditions.push(below(institution.unitPath, input.under))
  if (input.state) conditions.push(eq(institution.state, input.state))
  if (input.text) {
    const text = patternOf(input.text)
    conditions.push(
      sql`(${institution.name} ILIKE ${`%${text}%`} OR ${institution.code} ILIKE ${`${text}%`})`,
    )
  }
  const rows = await ctx.db
    .select()
    .from(institution)
    .where(and(...conditions))
    .orderBy(institution.id)
    .limit(input.limit + 1)
  return pageBy(rows, input.limit, presentInstitution)
}
