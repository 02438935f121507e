/** Are two answers to one indicator the same, group by group? */

/** A judged group: its period and dimensions, and what was measured. */
export type Answer = Readonly<Record<string, unknown>>

/** What an analysis keeps of one indicator. */
const MOST_FINDINGS = 5_000
const MEASURES = ['measured', 'base', 'sample'] as const
/** Doubles summed in another order differ in their last digits. */
const TOLERANCE = 1e-9

/**
 * Differences of what a run reads, one line each: the number of groups judged, and the groups that fired. The lake hands
 * out its first 5,000 only; where there are more, those it hands out must be among PostgreSQL's.
 */
export function compareFindings(
  dimensions: readonly string[],
  left: readonly Answer[],
  right: readonly Answer[],
): string[] {
  // Statements written by hand number the judged groups only, compiled ones those not judged too.
  const groups = (rows: readonly Answer[]) => rows[0]?.['groups_judged']
  const fired = (rows: readonly Answer[]) => rows.filter((row) => row['fired'])
  const [ours, theirs] = [fired(left), fired(right)]
  const whole = ours.length < MOST_FINDINGS
  const handed = new Set(ours.map((row) => keyOf(row, ['period', ...dimensions])))
  const compared = whole ? theirs : theirs.filter((row) => handed.has(keyOf(row, ['period', ...dimensions])))
  const counts =
    groups(right) === undefined || Number(groups(left)) === Number(groups(right))
      ? []
      : [`${groups(left)} groups in the lake, ${groups(right)} in PostgreSQL`]
  return [...counts, ...compareAnswers(dimensions, ours, compared)]
}

const keyOf = (row: Answer, names: readonly string[]) => names.map((name) => String(row[name])).join(' ')

function sameNumber(a: unknown, b: unknown): boolean {
  if (a === null || b === null) return a === b
  const [x, y] = [Number(a), Number(b)]
  return Math.abs(x - y) <= TOLERANCE * Math.max(1, Math.abs(x), Math.abs(y))
}

/** Differences, one line each. */
export function compareAnswers(
  dimensions: readonly string[],
  left: readonly Answer[],
  right: readonly Answer[],
): string[] {
  const differences: string[] = []
  // A group is of one city; statements written by hand leave it out where the dimensions tell it.
  const names = ['period', ...(right[0] && 'city' in right[0] ? ['city'] : []), ...dimensions]
  const others = new Map(right.map((row) => [keyOf(row, names), row]))
  if (others.size !== right.length) differences.push('PostgreSQL answers a group twice')
  for (const row of left) {
    const key = keyOf(row, names)
    const other = others.get(key)
    others.delete(key)
    if (!other) {
      differences.push(`only in the lake: ${key} measured ${row['measured']}`)
      continue
    }
    for (const name of MEASURES)
      if (!sameNumber(row[name], other[name]))
        differences.push(`${key}: ${name} ${row[name]} in the lake, ${other[name]} in PostgreSQL`)
    if (row['fired'] !== other['fired']) differences.push(`${key}: fired in one only`)
  }
  for (const key of others.keys()) differences.push(`only in PostgreSQL: ${key}`)
  return differences
}
