/** Loading composed indicators and their versions for a command. */
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import { and, eq } from 'drizzle-orm'
import type { Composition } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import { type ComposedEvent, type ComposedState, nextComposed } from '../lifecycle.ts'
import { composedIndicator, composedVersion } from '../tables.ts'
import { inScope } from '../unit-paths.ts'
import { defineComposed } from './define.ts'

export type ComposedIndicator = typeof composedIndicator.$inferSelect
export type ComposedVersion = typeof composedVersion.$inferSelect

/** The indicator, locked, when it belongs to the caller's scope; 404 otherwise. */
export async function loadComposedIndicator(ctx: RequestContext, code: string): Promise<ComposedIndicator> {
  const [row] = await ctx.db
    .select()
    .from(composedIndicator)
    .where(eq(composedIndicator.code, code))
    .for('update')
  // Everybody reads the table, since it judges the units below: the scope is asked for here.
  if (!row || !inScope(ctx.actor, row.unitPath)) throw new Problem(platformErrors.not_found)
  assertIntact(ctx, composedIndicator, row)
  return row
}

/** One version of it, within the caller's scope. */
export async function loadVersion(
  ctx: RequestContext,
  code: string,
  number: number,
): Promise<ComposedVersion> {
  const [row] = await ctx.db
    .select()
    .from(composedVersion)
    .where(and(eq(composedVersion.code, code), eq(composedVersion.number, number)))
  if (!row) throw new Problem(platformErrors.not_found)
  assertIntact(ctx, composedVersion, row)
  return row
}

/** The state after an event; throws where it is not allowed. */
export function composedAfter(row: ComposedVersion, event: ComposedEvent): ComposedState {
  const state = nextComposed(row.state as ComposedState, event)
  if (!state) throw new Problem(supervisionErrors.not_allowed_in_state, { data: { state: row.state } })
  return state
}

/** The definition of a composition; throws with each fault at its field. */
export function definedOrRefused(code: string, composition: Composition) {
  const { definition, faults } = defineComposed(code, composition)
  if (definition) return JSON.parse(JSON.stringify(definition)) as Record<string, unknown>
  throw new Problem(supervisionErrors.composition_invalid, {
    issues: faults.map(({ path, message }) => ({ path: `composition.${path}`, message })),
  })
}
