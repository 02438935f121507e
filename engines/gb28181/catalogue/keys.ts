import type { CatalogueItem, RecordItem } from '../manscdp/catalogue-item.ts'

/** Key of an item of a catalogue: one resource may be listed under several parents. */
export function catalogueItemKey(item: Partial<CatalogueItem>): string {
  return `${item.deviceId ?? ''} ${item.parentId ?? ''} ${item.businessGroupId ?? ''}`
}

/** Key of a record: of one channel, a piece of time, in a file. */
export function recordItemKey(item: RecordItem): string {
  return `${item.deviceId ?? ''} ${item.startTime ?? ''} ${item.endTime ?? ''} ${item.filePath ?? ''} ${item.type ?? ''}`
}
