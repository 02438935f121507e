/**
 * Kinds of personal value. Digests of one kind are comparable with each other and with nothing else. `generic` is for
 * values without a kind of their own, such as permit and certificate numbers.
 */
export const IDENTIFIER_KINDS = ['id_number', 'name', 'mobile', 'address', 'plate', 'vin', 'generic'] as const
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number]

/** White space of any script, zero-width characters, the byte-order mark and other invisible format characters. */
const BLANKS = /[\s\p{Cf}\p{Cc}]/gu
/** The ways an interpunct is typed in plates (桂A·12345) and in transliterated names. */
const INTERPUNCTS = /[·•‧∙⋅・･.．]/gu

/**
 * One spelling for values that mean the same: NFKC (full-width to half-width), no blanks, upper case; plates without
 * separators, mobile numbers without +86 and hyphens, names with one kind of interpunct. Applied before digests and
 * before checks. Idempotent. Validates nothing.
 */
export function normalise(kind: IdentifierKind, value: string): string {
  const bare = withoutSeparators(kind, value.normalize('NFKC').replace(BLANKS, ''))
  // Composed once more: what stood apart may now stand together, and upper case may bring its own combining marks.
  const spelt = bare.toUpperCase().normalize('NFKC')
  return kind === 'mobile' ? withoutCountryCode(spelt) : spelt
}

function withoutSeparators(kind: IdentifierKind, value: string): string {
  if (kind === 'mobile') return value.replace(/[-()]/g, '')
  if (kind === 'plate') return value.replace(INTERPUNCTS, '').replaceAll('-', '')
  if (kind === 'name') return value.replace(INTERPUNCTS, '·')
  return value
}

/** Only in front of a number of eleven digits, so that a short number starting with 86 keeps its digits. */
function withoutCountryCode(digits: string): string {
  return /^(?:\+|00)?86(1\d{10})$/.exec(digits)?.[1] ?? digits
}
