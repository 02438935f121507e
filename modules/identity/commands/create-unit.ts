/** Add a unit below one in reach, or a root by who reaches everything (PLT-1). */
import { newId, type RequestContext } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { eq } from 'drizzle-orm'
import { requireReach } from '../accounts.ts'
import type { UnitLevel, UnitView } from '../contract.ts'
import { identityErrors } from '../errors.ts'
import { presentUnit } from '../present.ts'
import { unit } from '../tables.ts'
import { forgetRegions } from '../units.ts'

interface Input {
  code: string
  name: string
  level: UnitLevel
  parentId: string | null
  localRegions?: string[] | undefined
  validFrom?: string | null | undefined
  validUntil?: string | null | undefined
}

export async function createUnit(ctx: RequestContext, input: Input): Promise<UnitView> {
  const parentPath = input.parentId === null ? '/' : await pathOfParent(ctx, input.parentId)
  const unitPath = `${parentPath}${input.code}/`
  requireReach(ctx, unitPath)
  if (input.validFrom && input.validUntil && input.validUntil < input.validFrom)
    throw new Problem(identityErrors.validity_reversed)
  const [row] = await ctx.db
    .insert(unit)
    .values({
      id: newId(),
      code: input.code,
      name: input.name,
      level: input.level,
      parentId: input.parentId,
      unitPath,
      localRegions: input.localRegions ?? [],
      validFrom: input.validFrom ?? null,
      validUntil: input.validUntil ?? null,
    })
    .returning()
  await ctx.audit.record({
    action: 'identity.create-unit',
    object: { kind: 'unit', id: row!.id },
    after: row,
  })
  ctx.tx.afterCommit(() => forgetRegions(ctx.database))
  return presentUnit(row!, false)
}

async function pathOfParent(ctx: RequestContext, parentId: string): Promise<string> {
  const [parent] = await ctx.db.select().from(unit).where(eq(unit.id, parentId))
  if (parent?.state !== 'active') throw new Problem(identityErrors.unknown_unit)
  return parent.unitPath
}
