/** What kind of file a stream is, told from its first bytes where they tell. */

const startsWith = (head: Buffer, text: string, at = 0): boolean =>
  head.subarray(at, at + text.length).equals(Buffer.from(text, 'latin1'))

/** Types that are known by their first bytes, and are shown in a browser's window. */
const KNOWN: readonly (readonly [type: string, fits: (head: Buffer) => boolean])[] = [
  ['image/jpeg', (head) => startsWith(head, '\xff\xd8\xff')],
  ['image/png', (head) => startsWith(head, '\x89PNG\r\n\x1a\n')],
  ['image/webp', (head) => startsWith(head, 'RIFF') && startsWith(head, 'WEBP', 8)],
  ['application/pdf', (head) => startsWith(head, '%PDF-')],
]

/** First bytes that are needed to tell. */
export const HEAD_BYTES = 12

/**
 * The type of a content: what its first bytes say, else what was declared. Null: it was declared to be of a known type
 * and is not.
 */
export function mediaTypeOf(declared: string, head: Buffer): string | null {
  const type = declared.split(';')[0]!.trim().toLowerCase()
  const told = KNOWN.find(([, fits]) => fits(head))?.[0]
  if (KNOWN.some(([known]) => known === type)) return told === type ? type : null
  return told ?? type
}

/** Types that a browser may show in its window; anything else is saved. */
export const isShown = (type: string): boolean => KNOWN.some(([known]) => known === type)

/** Types that get a thumbnail. */
export const isImage = (type: string): boolean => type.startsWith('image/') && isShown(type)
