/** Arithmetic of unit paths: `/45/4503/450302/` lies under `/45/4503/`, `/45/` and `/`. */
import { type Actor, scopeOf } from '@hengjian/platform/context'
import { rangeOf } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'

/** The path itself and all above it, from the top. */
export function pathsAbove(path: string): string[] {
  const codes = path.split('/').filter(Boolean)
  return ['/', ...codes.map((_, i) => `/${codes.slice(0, i + 1).join('/')}/`)]
}

/** May the actor set something for this unit? Scope `own` reaches no unit's settings. */
export function mayWrite(actor: Actor, path: string): boolean {
  const { lo, hi } = rangeOf(scopeOf(actor))
  return actor.scope !== 'own' && path >= lo && path < hi
}

/** What holds for a unit is known within its scope and, because it is inherited, below it. */
export function assertReadable(actor: Actor, path: string): void {
  const { lo, hi } = rangeOf(scopeOf(actor))
  if ((path >= lo && path < hi) || actor.unitPath.startsWith(path)) return
  throw new Problem(platformErrors.forbidden)
}
