/** Loading institutions, staff and agents in bulk: importers and the sample. Rows that exist are left as they are. */
import type { RequestContext } from '@hengjian/platform/context'
import type { FilingState, InstitutionKind } from './contract.ts'
import { agentIdOf, institutionIdOf, staffIdOf } from './rules/derived-id.ts'
import { agent, institution, staffMember } from './tables.ts'

/** Rows of one INSERT: far below the 65,535 parameters of a statement. */
const BATCH = 2000

/** An institution as a source names it; (source, kind, name) tells institutions apart. */
export interface InstitutionSeed {
  /** Given where facts already name the id; otherwise it follows from the source. */
  readonly id?: string
  readonly source: string
  readonly kind: InstitutionKind
  readonly name: string
  readonly unitPath: string
  readonly code?: string | null
  /** Region code of where it stands. */
  readonly region?: string | null
  readonly state?: FilingState
}

/** A member of staff; (source, key) tells them apart. */
export interface StaffSeed {
  readonly id?: string
  readonly source: string
  readonly key: string
  readonly name: string
  readonly unitPath: string
  readonly staffNumber?: string | null
  readonly institutionId?: string | null
  readonly post?: string | null
}

/** An agent; (source, key) tells them apart. */
export interface AgentSeed {
  readonly id?: string
  readonly source: string
  readonly key: string
  readonly name: string
  readonly unitPath: string
  readonly company?: string | null
  readonly state?: FilingState
}

/** Make the institutions that are missing; answers the id of each seed, in their order. */
export async function ensureInstitutions(
  ctx: RequestContext,
  seeds: readonly InstitutionSeed[],
): Promise<string[]> {
  const rows = seeds.map((seed) => ({
    id: seed.id ?? institutionIdOf(seed.source, seed.kind, seed.name),
    kind: seed.kind,
    code: seed.code ?? null,
    name: seed.name,
    unitPath: seed.unitPath,
    region: seed.region ?? null,
    state: seed.state ?? 'active',
    source: seed.source,
  }))
  for (const batch of batches(rows)) await ctx.db.insert(institution).values(batch).onConflictDoNothing()
  return recorded(ctx, 'institutions', rows)
}

/** Make the staff that are missing; answers the id of each seed, in their order. */
export async function ensureStaff(ctx: RequestContext, seeds: readonly StaffSeed[]): Promise<string[]> {
  const rows = seeds.map((seed) => ({
    id: seed.id ?? staffIdOf(seed.source, seed.key),
    nameEnc: ctx.cipher.encrypt(seed.name),
    nameDigest: ctx.cipher.digest('name', seed.name)!,
    staffNumber: seed.staffNumber ?? null,
    unitPath: seed.unitPath,
    institutionId: seed.institutionId ?? null,
    post: seed.post ?? null,
  }))
  for (const batch of batches(rows)) await ctx.db.insert(staffMember).values(batch).onConflictDoNothing()
  return recorded(ctx, 'staff', rows)
}

/** Make the agents that are missing; answers the id of each seed, in their order. */
export async function ensureAgents(ctx: RequestContext, seeds: readonly AgentSeed[]): Promise<string[]> {
  const rows = seeds.map((seed) => ({
    id: seed.id ?? agentIdOf(seed.source, seed.key),
    nameEnc: ctx.cipher.encrypt(seed.name),
    nameDigest: ctx.cipher.digest('name', seed.name)!,
    company: seed.company ?? null,
    unitPath: seed.unitPath,
    state: seed.state ?? 'active',
  }))
  for (const batch of batches(rows)) await ctx.db.insert(agent).values(batch).onConflictDoNothing()
  return recorded(ctx, 'agents', rows)
}

/** One audit entry for the whole load. */
async function recorded(
  ctx: RequestContext,
  what: string,
  rows: readonly { id: string }[],
): Promise<string[]> {
  if (rows.length > 0)
    await ctx.audit.record({ action: `registry.ensure-${what}`, after: { given: rows.length } })
  return rows.map(({ id }) => id)
}

/** Each id once: a file names the same institution in many rows. */
function* batches<R extends { id: string }>(rows: readonly R[]): Generator<R[]> {
  const distinct = [...new Map(rows.map((row) => [row.id, row])).values()]
  for (let at = 0; at < distinct.length; at += BATCH) yield distinct.slice(at, at + BATCH)
}
