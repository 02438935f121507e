/** The published versions of composed indicators, checked by the engine whenever they are read into a process. */
import { factCatalogue } from '@hengjian/business'
import { checkDefinition, type IndicatorDefinition } from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import { assertIntact } from '@hengjian/platform/guard'
import { and, eq, isNotNull } from 'drizzle-orm'
import { composedIndicator, indicatorVersion } from '../tables.ts'

/** A composed indicator as the book keeps it. */
export interface PublishedComposed {
  readonly unitPath: string
  readonly number: number
  readonly switchedOn: boolean
  /** null: it does not fit the facts of this program any more. */
  readonly definition: IndicatorDefinition | null
}

/** Read them; versions that are known already are not read again: a published version never changes. */
export async function loadComposed(
  ctx: RequestContext,
  known: ReadonlyMap<string, PublishedComposed>,
): Promise<ReadonlyMap<string, PublishedComposed>> {
  const rows = await ctx.db.select().from(composedIndicator).where(isNotNull(composedIndicator.published))
  const loaded = new Map<string, PublishedComposed>()
  for (const row of rows.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())) {
    assertIntact(ctx, composedIndicator, row)
    const { code, unitPath, switchedOn } = row
    const number = row.published!
    const before = known.get(code)
    const definition = before?.number === number ? before.definition : await definitionOf(ctx, code, number)
    loaded.set(code, { unitPath, number, switchedOn, definition })
  }
  return loaded
}

async function definitionOf(
  ctx: RequestContext,
  code: string,
  number: number,
): Promise<IndicatorDefinition | null> {
  const published = await publishedDefinition(ctx, code, number)
  const faults = checkDefinition(published, factCatalogue)
  if (faults.length === 0) return published
  ctx.log.error({ code, number, faults }, 'composed indicator does not fit the catalogue')
  return null
}

/** A definition as it was published under a number. An altered row throws `platform.integrity`. */
export async function publishedDefinition(
  ctx: RequestContext,
  code: string,
  number: number,
): Promise<IndicatorDefinition | null> {
  const [row] = await ctx.db
    .select()
    .from(indicatorVersion)
    .where(and(eq(indicatorVersion.code, code), eq(indicatorVersion.number, number)))
  if (!row) return null
  assertIntact(ctx, indicatorVersion, row)
  return row.definition as unknown as IndicatorDefinition
}
