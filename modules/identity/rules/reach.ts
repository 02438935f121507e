/** How far a scope reaches. */
import { type DataScope, rangeOf } from '@hengjian/platform/db'

const WIDTH: readonly DataScope[] = ['own', 'unit', 'unit_and_below', 'all']

/** Whether `granted` is no wider than `own`. */
export const isWithinScope = (granted: DataScope, own: DataScope): boolean =>
  WIDTH.indexOf(granted) <= WIDTH.indexOf(own)

/** Whether someone with this scope in `unitPath` reaches records of `path`. */
export function reaches(holder: { scope: DataScope; unitPath: string }, path: string): boolean {
  const { lo, hi } = rangeOf({ kind: holder.scope, unitPath: holder.unitPath, actorId: '' })
  return path >= lo && path < hi
}

/** `/45/4503/` → `/45/`, `/45/4503/`: the unit and those above it, from the top. */
export function lineage(unitPath: string): string[] {
  const codes = unitPath.split('/').filter(Boolean)
  return codes.map((_, at) => `/${codes.slice(0, at + 1).join('/')}/`)
}
