/**
 * Ids that importers derive from what a source calls something, so that loading a file again, or another file of the
 * same source, meets the same record.
 */
import { sm3 } from '@hengjian/sm'

/** UUIDv8 (RFC 9562 §5.8) from the SM3 of the parts. Parts are compared after NFKC and trimming. */
function derivedId(...parts: readonly string[]): string {
  const bytes = sm3(JSON.stringify(parts.map((part) => part.normalize('NFKC').trim()))).subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Id of an institution as `source` names it. */
export const institutionIdOf = (source: string, kind: string, name: string): string =>
  derivedId('institution', source, kind, name)

/** Id of a member of staff; `key` is the number or name that `source` tells people apart by. */
export const staffIdOf = (source: string, key: string): string => derivedId('staff', source, key)

/** Id of an agent; `key` as for staff. */
export const agentIdOf = (source: string, key: string): string => derivedId('agent', source, key)
