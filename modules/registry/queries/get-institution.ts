/** One institution. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { eq } from 'drizzle-orm'
import type { InstitutionView } from '../contract.ts'
import { presentInstitution } from '../present.ts'
import { institution } from '../tables.ts'

export async function getInstitution(ctx: RequestContext, input: { id: string }): Promise<InstitutionView> {
  const [row] = await ctx.db.select().from(institution).where(eq(institution.id, input.id))
  if (!row) throw new Problem(platformErrors.not_found)
  return presentInstitution(row)
}
