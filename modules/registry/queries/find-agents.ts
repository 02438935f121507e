/** List agents in the caller's reach, by id, masked. A name is found only when it is given whole. */
import type { RequestContext } from '@hengjian/platform/context'
import { keysetPage, type Sort, type SortKey } from '@hengjian/platform/db'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { AgentView, FilingState } from '../contract.ts'
import { presentAgent } from '../present.ts'
import { agent } from '../tables.ts'
import { below, patternOf } from './conditions.ts'

const sortKeys = {
  id: { by: agent.id, type: 'uuid' },
  company: { by: sql`coalesce(${agent.company}, '')`, type: 'text' },
} as const satisfies Record<string, SortKey>

interface Input {
  cursor?: string | undefined
  limit: number
  sort?: Sort<'company'> | undefined
  under?: string | undefined
  text?: string | undefined
  state?: FilingState | undefined
}

export async function findAgents(
  ctx: RequestContext,
  input: Input,
): Promise<{ items: AgentView[]; nextCursor: string | null }> {
  const conditions: SQL[] = []
  if (input.under) conditions.push(below(agent.unitPath, input.under))
  if (input.state) conditions.push(eq(agent.state, input.state))
  if (input.text)
    conditions.push(
      sql`(${agent.nameDigest} = ${ctx.cipher.digest('name', input.text)}
        OR ${agent.company} ILIKE ${`%${patternOf(input.text)}%`})`,
    )
  const page = keysetPage(sortKeys, agent.id, input.sort ?? 'id', input)
  const found = await ctx.db
    .select({ row: agent, key: page.key })
    .from(agent)
    .where(and(...conditions, page.after))
    .orderBy(...page.orderBy)
    .limit(page.limit)
  const { rows, nextCursor } = page.cut(found, ({ row }) => row.id)
  return { items: rows.map(({ row }) => presentAgent(ctx, row)), nextCursor }
}
