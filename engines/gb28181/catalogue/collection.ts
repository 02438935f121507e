/** Answers that come in parts (Catalog, RecordInfo), put together by SN and DeviceID (pains 3, 16). */

/** Key of the answer a part belongs to. */
export function collectionKey(deviceId: string, sn: string): string {
  return `${deviceId} ${sn}`
}

/** How far an answer has come. */
export interface CollectionProgress {
  /** `partial`: no part came for too long; what there is, is kept. */
  readonly state: 'collecting' | 'complete' | 'partial'
  /** Different items received. */
  readonly received: number
  /** SumNum; `null` when no part told it. */
  readonly expected: number | null
  /** Items that came more than once. */
  readonly duplicates: number
  /** Items that came damaged and could not be used. */
  readonly broken: number
  /** `已收 18 / 24`, for the user. */
  readonly zh: string
}

/** One part. */
export interface CollectionPart<T> {
  readonly sumNum?: number | undefined
  readonly items?: readonly T[] | undefined
  /** Items of this part that could not be read. */
  readonly broken?: number
}

/** An answer being put together. Has state but no clock. */
export interface Collection<T> {
  /** Takes a part, in whatever order and however often it comes; also after the end, where a SumNum was too low. */
  add(part: CollectionPart<T>, nowMs: number): CollectionProgress
  /** Ends the answer when its time is up; call it at `deadlineMs`. */
  expire(nowMs: number): CollectionProgress
  /** When `expire` is due: slides on with each part (pain 16). */
  readonly deadlineMs: number
  readonly progress: CollectionProgress
  items(): T[]
}

export interface CollectionOptions<T> {
  /** Items of the same key are one: the last that came counts. */
  readonly keyOf: (item: T) => string
  readonly nowMs: number
  /** Longest time between parts; default 15 s. */
  readonly idleMs?: number
}

/** Begins to collect, when the query was sent. */
export function createCollection<T>({ keyOf, nowMs, idleMs = 15_000 }: CollectionOptions<T>): Collection<T> {
  const items = new Map<string, T>()
  let expected: number | null = null
  let duplicates = 0
  let broken = 0
  let state: CollectionProgress['state'] = 'collecting'
  let deadlineMs = nowMs + idleMs

  const progress = (): CollectionProgress => ({
    state,
    received: items.size,
    expected,
    duplicates,
    broken,
    zh: words(items.size, expected, broken),
  })

  return {
    add(part, atMs) {
      deadlineMs = atMs + idleMs
      if (part.sumNum !== undefined) expected = Math.max(expected ?? 0, part.sumNum)
      broken += part.broken ?? 0
      for (const item of part.items ?? []) {
        const key = keyOf(item)
        if (items.has(key)) duplicates += 1
        items.set(key, item)
      }
      if (expected !== null && items.size >= expected) state = 'complete'
      return progress()
    },
    expire(atMs) {
      if (state !== 'collecting' || atMs < deadlineMs) return progress()
      // Some count in SumNum what they send twice: then all has come.
      const isAll = expected !== null && broken === 0 && items.size > 0 && items.size + duplicates >= expected
      state = isAll ? 'complete' : 'partial'
      return progress()
    },
    get deadlineMs() {
      return deadlineMs
    },
    get progress() {
      return progress()
    },
    items: () => [...items.values()],
  }
}

function words(received: number, expected: number | null, broken: number): string {
  const count = expected === null ? `已收 ${received}` : `已收 ${received} / ${expected}`
  return broken === 0 ? count : `${count}，另有 ${broken} 条损坏`
}
