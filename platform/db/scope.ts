/**
 * Data scope (PLT-4). A transaction carries the caller's scope as `SET LOCAL` settings; row-level security compares
 * them with `unit_path`. Without a setting there are no rows.
 */

/** How far a user sees: own records, own unit, own unit and those below, everything. */
export type DataScope = 'own' | 'unit' | 'unit_and_below' | 'all'

/** The scope of one transaction. */
export interface ScopeSetting {
  readonly kind: DataScope
  /** Path of the caller's unit, `/45/4503/450302/`. */
  readonly unitPath: string
  /** Caller's id; decides in scope `own` and for personal tables. */
  readonly actorId: string
  /** May read the audit log. */
  readonly auditReader?: boolean
}

const PATH = /^\/([0-9A-Za-z_-]+\/)*$/

/** True for `/`, `/45/`, `/45/4503/` … */
export const isUnitPath = (path: string): boolean => PATH.test(path)

/** First path that is no longer below `path`: the closing slash (0x2F) becomes `0` (0x30). */
export const endOfSubtree = (path: string): string => `${path.slice(0, -1)}0`

/** Half-open range of unit paths that the scope covers, compared byte-wise. */
export function rangeOf(scope: ScopeSetting): { lo: string; hi: string } {
  if (!isUnitPath(scope.unitPath)) throw new Error(`not a unit path: ${scope.unitPath}`)
  if (scope.kind === 'all') return { lo: '/', hi: '0' }
  if (scope.kind === 'unit_and_below') return { lo: scope.unitPath, hi: endOfSubtree(scope.unitPath) }
  return { lo: scope.unitPath, hi: `${scope.unitPath}!` }
}

/** City (detachment) of a unit path: its first two codes, `/45/4503/`; shorter paths are their own city. */
export function cityOf(unitPath: string): string {
  const codes = unitPath.split('/').filter(Boolean)
  return codes.length <= 2 ? unitPath : `/${codes.slice(0, 2).join('/')}/`
}
