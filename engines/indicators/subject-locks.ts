/** Which advisory locks must be held before counters that decide are read. */
import type { AtHand } from './compile-in-process.ts'
import type { IndicatorDefinition, LockSubject } from './definition.ts'

/**
 * Takes the locks of `subjectLocks` ($1: text[]) one after the other in the given order, to the end of the transaction.
 * A statement of its own: run it before the rows at hand are written and before `accepted_at` is taken.
 */
export const LOCK_SUBJECTS_SQL =
  'SELECT pg_advisory_xact_lock(hashtextextended(k, 0)) FROM unnest($1::text[]) WITH ORDINALITY AS u(k, n) ORDER BY n'

/** Keys of the subjects whose counters the definitions read, sorted: the same order in every transaction. */
export function subjectLocks(
  definitions: readonly IndicatorDefinition[],
  atHand: Pick<AtHand, 'vehicleId' | 'personId' | 'organisationId' | 'agentId' | 'mobileDigest'>,
): string[] {
  const ids: Record<LockSubject, string | null | undefined> = {
    vehicle: atHand.vehicleId,
    person: atHand.personId,
    organisation: atHand.organisationId,
    agent: atHand.agentId,
    mobile: atHand.mobileDigest,
  }
  const keys = new Set<string>()
  for (const { locks } of definitions) {
    for (const subject of locks ?? []) if (ids[subject]) keys.add(`${subject}:${ids[subject]}`)
  }
  return [...keys].sort()
}
