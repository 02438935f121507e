import { readDeviceId } from '../device-id.ts'
import type { CatalogueItem } from '../manscdp/catalogue-item.ts'
import { buildCatalogueTree, type CatalogueTree } from './tree.ts'

/**
 * The items that answer a Catalog query (2022: annex J): of our own id everything; of a division what lies in it; of a
 * system, group, organisation or device the item itself and all below it, in the order they were given. `null` for an id
 * that is not among them: answer with SumNum 0.
 */
export function catalogueScope(
  items: readonly CatalogueItem[],
  queriedId: string,
  ownId: string,
): CatalogueItem[] | null {
  if (queriedId === ownId) return [...items]
  const isDivision = readDeviceId(queriedId)?.kind === 'region'
  const tree = buildCatalogueTree(items, isDivision ? 'division' : 'business')
  if (!tree.nodes.has(queriedId)) return null
  const below = idsBelow(tree, queriedId)
  return items.filter((item) => below.has(item.deviceId))
}

/** An id and all that stand below it. */
function idsBelow(tree: CatalogueTree, top: string): Set<string> {
  const below = new Set<string>()
  const open = [top]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (below.has(id)) continue
    below.add(id)
    open.push(...(tree.nodes.get(id)?.children ?? []))
  }
  return below
}
