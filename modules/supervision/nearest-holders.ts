/** Whom to tell: those of the nearest unit that has somebody, not everybody up to the ministry. */
import type { RequestContext } from '@hengjian/platform/context'
import type { SupervisionPorts } from './ports.ts'
import { pathsAbove } from './unit-paths.ts'

/** Holders of a permission in the unit, else in the nearest one above it; without those named. */
export async function nearestHolders(
  ctx: RequestContext,
  ports: Pick<SupervisionPorts, 'holdersOf'>,
  permission: string,
  unitPath: string,
  without: readonly (string | null)[] = [],
): Promise<readonly string[]> {
  for (const path of pathsAbove(unitPath).reverse()) {
    const holders = (await ports.holdersOf(ctx, permission, path)).filter(
      (holder) => !without.includes(holder),
    )
    if (holders.length > 0) return holders
  }
  return []
}
