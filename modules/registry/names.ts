/** Names to show for ids of whatever kind, in lists, findings and explanations. */
import { mask } from '@hengjian/identifiers'
import { userNamesOf } from '@hengjian/identity'
import { type RequestContext, scopeOf } from '@hengjian/platform/context'
import { rangeOf } from '@hengjian/platform/db'
import { and, eq, gte, inArray, lt } from 'drizzle-orm'
import { agent, institution, staffMember } from './tables.ts'

/**
 * Display name by id of institutions (everywhere), and of staff, users and agents in the caller's reach; agents
 * masked. Ids that are none of these, or out of reach, are left out.
 */
export async function namesOf(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  const { db, cipher } = ctx
  const institutions = await db
    .select({ id: institution.id, name: institution.name })
    .from(institution)
    .where(inArray(institution.id, wanted))
  const staff = await db
    .select({ id: staffMember.id, nameEnc: staffMember.nameEnc })
    .from(staffMember)
    .where(inArray(staffMember.id, wanted))
  const agents = await db
    .select({ id: agent.id, nameEnc: agent.nameEnc })
    .from(agent)
    .where(inArray(agent.id, wanted))
  return new Map([
    ...(await userNamesOf(ctx, wanted)),
    ...institutions.map(({ id, name }) => [id, name] as const),
    ...staff.map(({ id, nameEnc }) => [id, cipher.decrypt(nameEnc)] as const),
    ...agents.map(({ id, nameEnc }) => [id, mask('name', cipher.decrypt(nameEnc))] as const),
  ])
}

/** Ids of the institutions of a kind within the caller's scope, by name: how imported files name them. */
export async function institutionsByName(ctx: RequestContext, kind: string): Promise<Map<string, string>> {
  const { lo, hi } = rangeOf(scopeOf(ctx.actor))
  const rows = await ctx.db
    .select({ id: institution.id, name: institution.name })
    .from(institution)
    .where(and(eq(institution.kind, kind), gte(institution.unitPath, lo), lt(institution.unitPath, hi)))
  return new Map(rows.map(({ id, name }) => [name, id]))
}
