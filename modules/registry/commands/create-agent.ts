/** Register an agent under a unit in the caller's reach (BIZ-40). */
import { unitOf } from '@hengjian/identity'
import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import type { AgentView } from '../contract.ts'
import { registryErrors } from '../errors.ts'
import { presentAgent } from '../present.ts'
import { agent } from '../tables.ts'

interface Input {
  name: string
  company: string | null
  unitId?: string | undefined
}

export async function createAgent(ctx: RequestContext, input: Input): Promise<AgentView> {
  const unit = await unitOf(ctx, input.unitId ?? ctx.actor.unitId)
  if (unit?.state !== 'active') throw new Problem(registryErrors.unknown_unit)
  const row = {
    id: newId(),
    nameEnc: ctx.cipher.encrypt(input.name),
    nameDigest: ctx.cipher.digest('name', input.name)!,
    company: input.company,
    unitPath: unit.path,
    state: 'active',
  }
  // Row-level security refuses a unit outside the caller's scope.
  await ctx.db.insert(agent).values(row)
  await ctx.audit.record({
    action: 'registry.create-agent',
    object: { kind: 'agent', id: row.id },
    after: { company: row.company, unitPath: row.unitPath, state: row.state },
  })
  return presentAgent(ctx, row)
}
