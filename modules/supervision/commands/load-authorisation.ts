import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import { eq } from 'drizzle-orm'
import { authorisation } from '../tables.ts'
import type { Authorisation } from './request-authorisation.ts'

/** The authorisation as the caller may see it, locked for this command; checked against alteration. */
export async function loadAuthorisation(ctx: RequestContext, id: string): Promise<Authorisation> {
  const [row] = await ctx.db.select().from(authorisation).where(eq(authorisation.id, id)).for('update')
  if (!row) throw new Problem(platformErrors.not_found)
  assertIntact(ctx, authorisation, row)
  return row
}
