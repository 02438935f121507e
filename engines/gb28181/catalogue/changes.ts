import type { CatalogueEvent, CatalogueItem } from '../manscdp/catalogue-item.ts'
import { catalogueItemKey } from './keys.ts'

/** A change of an item, as a NOTIFY tells it. ON, OFF, VLOST, DEFECT and DEL bear the id alone. */
export interface CatalogueChange {
  readonly event: CatalogueEvent
  /** Whole for ADD and UPDATE. */
  readonly item: CatalogueItem
}

/** What differs between two states of a catalogue. */
export function diffCatalogue(
  before: readonly CatalogueItem[],
  after: readonly CatalogueItem[],
): CatalogueChange[] {
  const old = new Map(before.map((item) => [catalogueItemKey(item), item]))
  const oldIds = new Set(before.map((item) => item.deviceId))
  const changes: CatalogueChange[] = []
  for (const item of after) {
    const key = catalogueItemKey(item)
    const was = old.get(key)
    old.delete(key)
    if (!was) changes.push({ event: oldIds.has(item.deviceId) ? 'UPDATE' : 'ADD', item })
    else changes.push(...changesOf(was, item))
  }
  // An id that is still listed under another parent was moved, not deleted.
  const ids = new Set(after.map((item) => item.deviceId))
  const gone = [...old.values()].filter((item) => !ids.has(item.deviceId))
  return [...changes, ...gone.map((item) => ({ event: 'DEL' as const, item: bare(item) }))]
}

function changesOf(was: CatalogueItem, item: CatalogueItem): CatalogueChange[] {
  if (!isEqual({ ...was, status: item.status }, { ...item })) return [{ event: 'UPDATE', item }]
  if (was.status === item.status || item.status === undefined) return []
  return [{ event: item.status, item: bare(item) }]
}

const bare = (item: CatalogueItem): CatalogueItem => ({ deviceId: item.deviceId })

function isEqual(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].every((key) =>
    isEqual((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  )
}

/** The first NOTIFY of a subscription: only what is not online, as the subscriber assumes the rest (2022: N.2.1.2.1). */
export function firstNotification(items: readonly CatalogueItem[]): CatalogueChange[] {
  return items.filter(({ status }) => status === 'OFF').map((item) => ({ event: 'OFF', item: bare(item) }))
}

/** Items of a NOTIFY for changes. */
export function notifyItems(changes: readonly CatalogueChange[]): CatalogueItem[] {
  return changes.map(({ event, item }) => ({ ...item, event }))
}

/** Changes waiting for a subscriber, told in batches (2022 annex N: some hundred, or a minute). Has state, no clock. */
export interface ChangeLog {
  /** Takes a change; several of one id become one. */
  push(change: CatalogueChange, nowMs: number): void
  /** When the next batch is due in Unix milliseconds; `null` when nothing waits. */
  readonly dueMs: number | null
  /** The next batch, at most so many as the limit says; empty when nothing waits. */
  take(nowMs: number): CatalogueChange[]
  readonly size: number
}

export interface ChangeLogLimits {
  /** Default 100. */
  readonly items?: number
  /** Longest wait in milliseconds; default one minute. */
  readonly waitMs?: number
}

/** An empty log. */
export function createChangeLog({ items = 100, waitMs = 60_000 }: ChangeLogLimits = {}): ChangeLog {
  const waiting = new Map<string, CatalogueChange>()
  let since: number | null = null
  return {
    push(change, nowMs) {
      const { deviceId } = change.item
      const before = waiting.get(deviceId)
      const merged = before ? mergeChanges(before, change) : change
      if (merged) waiting.set(deviceId, merged)
      else waiting.delete(deviceId)
      since = waiting.size === 0 ? null : (since ?? nowMs)
    },
    get dueMs() {
      if (since === null) return null
      return waiting.size >= items ? since : since + waitMs
    },
    take(nowMs) {
      const batch = [...waiting].slice(0, items)
      for (const [id] of batch) waiting.delete(id)
      since = waiting.size === 0 ? null : nowMs
      return batch.map(([, change]) => change)
    },
    get size() {
      return waiting.size
    },
  }
}

/** One change for two; `null` when they cancel each other. */
function mergeChanges(before: CatalogueChange, next: CatalogueChange): CatalogueChange | null {
  if (next.event === 'DEL') return before.event === 'ADD' ? null : next
  if (before.event === 'DEL') return next.event === 'ADD' ? { event: 'UPDATE', item: next.item } : next
  const isState = next.event !== 'ADD' && next.event !== 'UPDATE'
  const isWhole = before.event === 'ADD' || before.event === 'UPDATE'
  if (isState && isWhole) {
    const status = next.event === 'ON' ? 'ON' : 'OFF'
    return { event: before.event, item: { ...before.item, status } }
  }
  return before.event === 'ADD' ? { event: 'ADD', item: next.item } : next
}
