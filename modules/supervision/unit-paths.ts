/** Arithmetic of unit paths: `/45/4503/450302/` lies under `/45/4503/`, `/45/` and `/`. */
import { type Actor, scopeOf } from '@hengjian/platform/context'
import { endOfSubtree, rangeOf } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { and, gte, lt, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** The path itself and all above it, from the top. */
export function pathsAbove(path: string): string[] {
  const codes = path.split('/').filter(Boolean)
  return ['/', ...codes.map((_, i) => `/${codes.slice(0, i + 1).join('/')}/`)]
}

/** Does `path` equal `top` or lie below it? */
export const liesUnder = (path: string, top: string): boolean => path.startsWith(top)

/** First element: the agency. */
export const agencyOf = (path: string): string => path.split('/')[1] ?? ''

/** Condition that a path column lies under `top`, as a range that its index serves. */
export const under = (column: PgColumn, top: string | undefined): SQL | undefined =>
  top === undefined || top === '/' ? undefined : and(gte(column, top), lt(column, endOfSubtree(top)))

/** Can the actor read records of this unit, as row-level security decides it? Scope `own` reads own records only. */
export function inScope(actor: Actor, path: string): boolean {
  const { lo, hi } = rangeOf(scopeOf(actor))
  return actor.scope !== 'own' && path >= lo && path < hi
}

/** Throws `forbidden` for a unit outside the actor's scope. */
export function refuseOutside(actor: Actor, path: string): void {
  const { lo, hi } = rangeOf(scopeOf(actor))
  if (path < lo || path >= hi) throw new Problem(platformErrors.forbidden)
}
