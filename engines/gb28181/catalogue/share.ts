import { type DeviceKind, readDeviceId } from '../device-id.ts'
import type { CatalogueItem } from '../manscdp/catalogue-item.ts'

/** What an upper platform is shown. */
export interface SharePolicy {
  /** Whether an item is shared. */
  readonly isShared: (id: string) => boolean
  /** The id under which the upper platform knows it (per upper; pain 23). The same id twice is a fault of the mapping. */
  readonly idFor: (id: string) => string
  /** Parent of what is shared without any of its own parents: our system or an organisation, by its shared id. */
  readonly root: string
}

const ORDER: readonly DeviceKind[] = ['system', 'region', 'group', 'organisation', 'device', 'camera']

/**
 * The items an upper platform is sent: only what is shared, under its ids, above before below: system, divisions, groups,
 * organisations, devices, channels (2022: annex J). A system bears no ParentID; parents not shared are left out. Of
 * several items with one id (redundant resources) each is kept.
 */
export function shareCatalogue(items: readonly CatalogueItem[], policy: SharePolicy): CatalogueItem[] {
  const shared = items.filter((item) => policy.isShared(item.deviceId))
  const ids = new Set(shared.map((item) => item.deviceId))
  return shared
    .map((item) => ({ item: sharedItem(item, ids, policy), rank: rankOf(item.deviceId) }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item)
}

function rankOf(id: string): number {
  const read = readDeviceId(id)
  const at = read ? ORDER.indexOf(read.kind) : -1
  const rank = at < 0 ? ORDER.length : at
  return read?.kind === 'region' ? rank + id.length / 100 : rank
}

function sharedItem(item: CatalogueItem, ids: ReadonlySet<string>, policy: SharePolicy): CatalogueItem {
  const kind = readDeviceId(item.deviceId)?.kind
  const { parentId, businessGroupId, ...rest } = item
  const own = { ...rest, deviceId: policy.idFor(item.deviceId) }
  if (kind === 'region' || kind === 'system') return own
  const named = (parentId ?? '').split('/').filter((id) => ids.has(id))
  const parents = named.length > 0 ? named.map(policy.idFor) : [policy.root]
  const group =
    businessGroupId !== undefined && ids.has(businessGroupId) ? policy.idFor(businessGroupId) : undefined
  return { ...own, parentId: parents.join('/'), ...(group === undefined ? {} : { businessGroupId: group }) }
}
