import type { IdentifierKind } from './normalise.ts'

/** How many characters of each kind stay readable at the start and at the end. */
const VISIBLE: Record<IdentifierKind, readonly [start: number, end: number]> = {
  id_number: [3, 4],
  name: [1, 0],
  mobile: [3, 4],
  address: [6, 0],
  plate: [2, 2],
  vin: [3, 4],
  generic: [1, 1],
}

/**
 * A personal value for the eyes of people who need not know it: `110***********002X`, `张**`, `138****8000`,
 * `广西壮族自治***`, `桂A***45`. Counts characters as a reader does. A value so short that the rule would show half of
 * it or more keeps its first character only; a single character is hidden.
 */
export function mask(kind: IdentifierKind, value: string): string
export function mask(kind: IdentifierKind, value: string | null): string | null
export function mask(kind: IdentifierKind, value: string | null): string | null {
  if (value === null) return null
  const characters = Array.from(value)
  const [start, end] = VISIBLE[kind]
  const long = characters.length >= start + end + 3 || (kind === 'name' && characters.length > 1)
  const head = long ? start : characters.length > 1 ? 1 : 0
  const tail = long ? end : 0
  return characters
    .map((character, at) => (at < head || at >= characters.length - tail ? character : '*'))
    .join('')
}
