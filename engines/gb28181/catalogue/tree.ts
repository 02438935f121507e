import { type DeviceKind, readDeviceId } from '../device-id.ts'
import type { CatalogueItem } from '../manscdp/catalogue-item.ts'

/** A node of a catalogue. */
export interface CatalogueNode {
  readonly id: string
  readonly kind: DeviceKind
  /** The item; of several with one id the last, with all their parents. */
  readonly item: CatalogueItem
  /** Nodes above; none for those at the top. A resource may stand under several. */
  readonly parents: readonly string[]
  readonly children: readonly string[]
}

/** What was wrong with an item's place. */
export interface TreeFault {
  readonly id: string
  readonly fault: 'unknown-parent' | 'cycle'
  /** The parents it named. */
  readonly named: readonly string[]
}

export interface CatalogueTree {
  readonly nodes: ReadonlyMap<string, CatalogueNode>
  /** Ids without parents, in the order they came. */
  readonly tops: readonly string[]
  readonly faults: readonly TreeFault[]
}

/** By which relation the tree is built: business groups and organisations, or administrative divisions. */
export type TreeOrder = 'business' | 'division'

type Items = ReadonlyMap<string, Named>

interface Named {
  readonly item: CatalogueItem
  readonly kind: DeviceKind
  /** Ids in ParentID, in order, of all its items. */
  readonly parentIds: readonly string[]
  readonly groupIds: readonly string[]
}

/**
 * Builds the tree of a catalogue (2022: annex J; pain 23). An item whose parents are not there goes to its division, else
 * to the top; one that would stand below itself goes to the top; both are told.
 */
export function buildCatalogueTree(
  items: readonly CatalogueItem[],
  order: TreeOrder = 'business',
): CatalogueTree {
  const named = nameItems(items)
  const faults: TreeFault[] = []
  const parents = new Map<string, readonly string[]>()
  for (const [id, it] of named) {
    if (order === 'division' && (it.kind === 'group' || it.kind === 'organisation')) continue
    parents.set(id, placeOf(id, it, named, order, faults))
  }
  for (const id of parents.keys()) cutCycle(id, parents, faults)
  return assemble(named, parents, faults)
}

/** One entry an id, the fields of the last item, the parents of all (redundant resources). */
function nameItems(items: readonly CatalogueItem[]): Map<string, Named> {
  const named = new Map<string, Named>()
  for (const item of items) {
    const before = named.get(item.deviceId)
    const group = item.businessGroupId ?? item.info?.businessGroupId
    named.set(item.deviceId, {
      item,
      kind: readDeviceId(item.deviceId)?.kind ?? 'other',
      parentIds: [...new Set([...(before?.parentIds ?? []), ...splitIds(item.parentId)])],
      groupIds: [...new Set([...(before?.groupIds ?? []), ...splitIds(group)])],
    })
  }
  return named
}

const splitIds = (ids: string | undefined): string[] => (ids ?? '').split(/[/;,]/).filter(Boolean)

function placeOf(
  id: string,
  it: Named,
  all: Items,
  order: TreeOrder,
  faults: TreeFault[],
): readonly string[] {
  if (it.kind === 'region') return regionAbove(id.slice(0, -2), all)
  const known = (order === 'division' ? devicesOf(it, all) : businessParents(id, it, all)).filter(
    (parent) => parent !== id,
  )
  if (known.length > 0) return known
  // A system stands at the top, and what hangs on one that does not list itself is no fault.
  const strangers = it.parentIds.filter((parent) => parent !== id && readDeviceId(parent)?.kind !== 'system')
  if (order === 'business' && strangers.length > 0)
    faults.push({ id, fault: 'unknown-parent', named: strangers })
  return regionAbove(it.item.civilCode ?? '', all)
}

/** Channels stay with the device that carries them. */
function devicesOf(it: Named, all: Items): string[] {
  return it.parentIds.filter((parent) => all.get(parent)?.kind === 'device')
}

function businessParents(id: string, it: Named, all: Items): string[] {
  const known = it.parentIds.filter((parent) => parent !== id && all.has(parent))
  const groups = it.groupIds.filter((group) => all.has(group))
  if (it.kind === 'organisation') {
    const above = known.filter((parent) => all.get(parent)?.kind === 'organisation')
    return above.length > 0 ? above : groups.length > 0 ? groups : known
  }
  if (it.kind === 'group') return known
  // The system is named beside the real place: it is the parent only of what has no other.
  const places = known.filter((parent) => all.get(parent)?.kind !== 'system')
  return places.length > 0 ? places : groups.length > 0 ? groups : known
}

/** The nearest division that is there: 6 digits under 4 under 2. */
function regionAbove(code: string, all: Items): string[] {
  for (let prefix = code.slice(0, 8); prefix.length >= 2; prefix = prefix.slice(0, -2)) {
    if (all.get(prefix)?.kind === 'region') return [prefix]
  }
  return []
}

function cutCycle(start: string, parents: Map<string, readonly string[]>, faults: TreeFault[]): void {
  const cyclic = (parents.get(start) ?? []).filter((parent) => reaches(parent, start, parents))
  if (cyclic.length === 0) return
  faults.push({ id: start, fault: 'cycle', named: cyclic })
  parents.set(
    start,
    parents.get(start)!.filter((parent) => !cyclic.includes(parent)),
  )
}

function reaches(from: string, wanted: string, parents: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>()
  const open = [from]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === wanted) return true
    if (seen.has(id)) continue
    seen.add(id)
    open.push(...(parents.get(id) ?? []))
  }
  return false
}

function assemble(
  named: Items,
  parents: ReadonlyMap<string, readonly string[]>,
  faults: readonly TreeFault[],
): CatalogueTree {
  const children = new Map<string, string[]>()
  for (const [id, above] of parents) {
    for (const parent of above) {
      const list = children.get(parent)
      if (list) list.push(id)
      else children.set(parent, [id])
    }
  }
  const nodes = new Map<string, CatalogueNode>()
  for (const [id, above] of parents) {
    const { item, kind } = named.get(id)!
    nodes.set(id, { id, kind, item, parents: above, children: children.get(id) ?? [] })
  }
  return {
    nodes,
    tops: [...nodes.values()].filter((it) => it.parents.length === 0).map((it) => it.id),
    faults,
  }
}
