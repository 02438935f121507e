/** List institutions, by id. Names are open to all who may look: findings compare institutions across units. */
import type { RequestContext } from '@hengjian/platform/context'
import { keysetPage, type Sort, type SortKey } from '@hengjian/platform/db'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { FilingState, InstitutionKind, InstitutionView } from '../contract.ts'
import { presentInstitution } from '../present.ts'
import { institution } from '../tables.ts'
import { below, patternOf } from './conditions.ts'

const sortKeys = {
  name: { by: institution.name, type: 'text' },
  code: { by: sql`coalesce(${institution.code}, '')`, type: 'text' },
} as const satisfies Record<string, SortKey>

interface Input {
  cursor?: string | undefined
  limit: number
  sort?: Sort<keyof typeof sortKeys> | undefined
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
  if (input.kind) conditions.push(eq(institution.kind, input.kind))
  if (input.under) conditions.push(below(institution.unitPath, input.under))
  if (input.state) conditions.push(eq(institution.state, input.state))
  if (input.text) {
    const text = patternOf(input.text)
    conditions.push(
      sql`(${institution.name} ILIKE ${`%${text}%`} OR ${institution.code} ILIKE ${`${text}%`})`,
    )
  }
  const page = keysetPage(sortKeys, institution.id, input.sort ?? 'name', input)
  const found = await ctx.db
    .select({ row: institution, key: page.key })
    .from(institution)
    .where(and(...conditions, page.after))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
  return { items: rows.map(({ row }) => presentInstitution(row)), nextCursor }
}
