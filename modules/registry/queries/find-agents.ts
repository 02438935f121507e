/** List agents in the caller's reach, by id, masked. A name is found only when it is given whole. */
import type { RequestContext } from '@hengjian/platform/context'
import { and, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { AgentView, FilingState } from '../contract.ts'
import { presentAgent } from '../present.ts'
import { agent } from '../tables.ts'
import { below, pageBy, patternOf } from './conditions.ts'

interface Input {
  cursor?: string | undefined
  limit: number
  under?: string | undefined
  text?: string | undefined
  state?: FilingState | undefined
}

export async function findAgents(
  ctx: RequestContext,
  input: Input,
): Promise<{ items: AgentView[]; nextCursor: string | null }> {
  const conditions: SQL[] = []
  if (input.cursor !== undefined) conditions.push(gt(agent.id, input.cursor))
  if (input.under) conditions.push(below(agent.unitPath, input.under))
  if (input.state) conditions.push(eq(agent.state, input.state))
  if (input.text)
    conditions.push(
      sql`(${agent.nameDigest} = ${ctx.cipher.digest('name', input.text)}
        OR ${agent.company} ILIKE ${`%${patternOf(input.text)}%`})`,
    )
  const rows = await ctx.db
    .select()
    .from(agent)
    .where(and(...conditions))
    .orderBy(agent.id)
    .limit(input.limit + 1)
  return pageBy(rows, input.limit, (row) => presentAgent(ctx, row))
}
