import type { CatalogueItem, RecordItem } from '../manscdp/catalogue-item.ts'
import { type ManscdpStyle, writeManscdp } from '../manscdp/message.ts'

export interface PartLimits {
  /** Largest body in bytes. Over UDP some 900, so that SIP and all stay below an MTU; over TCP as much as one likes. */
  readonly bytes: number
  /** Most items in a part; default 10,000 (2022 annex M). */
  readonly items?: number
}

interface Answer {
  readonly sn: string
  readonly deviceId: string
}

/**
 * Bodies of a Catalog answer, each within the limits unless a single item is larger: to be sent one after the other, the
 * next after the response to the last (2022: annex M). Nothing found: one body with SumNum 0 and no list.
 */
export function catalogueParts(
  answer: Answer,
  items: readonly CatalogueItem[],
  style: ManscdpStyle,
  limits: PartLimits,
): Buffer[] {
  const write = (some: readonly CatalogueItem[]) =>
    writeManscdp(
      {
        name: 'Response/Catalog',
        ...answer,
        body: { sumNum: items.length, ...(some.length ? { items: some } : {}) },
      },
      style,
    )
  return partsOf(items, write, limits)
}

/** Bodies of a RecordInfo answer, as `catalogueParts`. @param name of the channel */
export function recordParts(
  answer: Answer,
  name: string,
  items: readonly RecordItem[],
  style: ManscdpStyle,
  limits: PartLimits,
): Buffer[] {
  const write = (some: readonly RecordItem[]) =>
    writeManscdp(
      {
        name: 'Response/RecordInfo',
        ...answer,
        body: { name, sumNum: items.length, ...(some.length ? { items: some } : {}) },
      },
      style,
    )
  return partsOf(items, write, limits)
}

function partsOf<T>(
  items: readonly T[],
  write: (some: readonly T[]) => Buffer,
  limits: PartLimits,
): Buffer[] {
  const empty = write([])
  if (items.length === 0) return [empty]
  // An empty part lacks the list around items: count that in once.
  const frame = empty.length + '<DeviceList Num="10000">\r\n</DeviceList>\r\n'.length
  const parts: Buffer[] = []
  let part: T[] = []
  let size = frame
  for (const item of items) {
    const more = write([item]).length - empty.length
    const isFull = part.length >= (limits.items ?? 10_000) || size + more > limits.bytes
    if (part.length > 0 && isFull) {
      parts.push(write(part))
      part = []
      size = frame
    }
    part.push(item)
    size += more
  }
  return [...parts, write(part)]
}
