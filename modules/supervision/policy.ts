/** Who may do what to which record. Pure; tested as a matrix. `null` = allowed, otherwise the reason it is not. */
import type { Actor } from '@hengjian/platform/context'
import type { ErrorEntry } from '@hengjian/platform/errors'
import { supervisionErrors as errors } from './errors.ts'
import { agencyOf, liesUnder } from './unit-paths.ts'

/** Leader's decision: in the handler's unit or above, not the handler, handled no step of the transaction. */
export function mayDecide(
  actor: Pick<Actor, 'id' | 'unitPath'>,
  authorisation: { handlerId: string; unitPath: string },
  operatorIds: readonly (string | null)[],
): ErrorEntry | null {
  if (actor.id === authorisation.handlerId) return errors.own_transaction
  if (operatorIds.includes(actor.id)) return errors.handled_a_step
  if (!liesUnder(authorisation.unitPath, actor.unitPath)) return errors.wrong_unit
  return null
}

/** A handler may put an expired authorisation before the leaders again. */
export const mayRenew = (
  actor: Pick<Actor, 'id'>,
  authorisation: { handlerId: string },
): ErrorEntry | null => (actor.id === authorisation.handlerId ? null : errors.not_the_handler)

/** Unit in whose hands a case lies. */
const keeperOf = (row: { unitPath: string; assignedPath: string | null }) => row.assignedPath ?? row.unitPath

/**
 * Assign: by the unit that opened it, the one it is assigned to, or one above either. To any unit of the same agency;
 * to another agency only with scope `all`.
 */
export function mayAssign(
  actor: Pick<Actor, 'unitPath' | 'scope'>,
  row: { unitPath: string; assignedPath: string | null },
  target: string,
): ErrorEntry | null {
  if (!liesUnder(row.unitPath, actor.unitPath) && !liesUnder(keeperOf(row), actor.unitPath))
    return errors.wrong_unit
  if (agencyOf(target) !== agencyOf(row.unitPath) && actor.scope !== 'all') return errors.wrong_unit
  return null
}

/** Investigate: the person assigned; where only a unit is named, anybody of that unit. */
export function mayInvestigate(
  actor: Pick<Actor, 'id' | 'unitPath'>,
  row: { unitPath: string; assignedPath: string | null; assigneeId: string | null },
): ErrorEntry | null {
  if (row.assigneeId !== null) return row.assigneeId === actor.id ? null : errors.not_assigned_to_you
  return keeperOf(row) === actor.unitPath ? null : errors.not_assigned_to_you
}

/** Review: in the investigating unit or above, and not by the investigator. */
export function mayReview(
  actor: Pick<Actor, 'id' | 'unitPath'>,
  row: { unitPath: string; assignedPath: string | null; investigatorId: string | null },
): ErrorEntry | null {
  if (row.investigatorId === actor.id) return errors.investigator_reviews
  return liesUnder(keeperOf(row), actor.unitPath) ? null : errors.wrong_unit
}

/** Reopen: in the unit in whose hands the closed case lies, or above. */
export const mayReopen = (
  actor: Pick<Actor, 'unitPath'>,
  row: { unitPath: string; assignedPath: string | null },
): ErrorEntry | null => (liesUnder(keeperOf(row), actor.unitPath) ? null : errors.wrong_unit)

/** Approve or refuse a change of a setting: in the unit of who proposed it or above, and by somebody else. */
export function mayDecideChange(
  actor: Pick<Actor, 'id' | 'unitPath'>,
  change: { proposedBy: string; proposedPath: string },
): ErrorEntry | null {
  if (actor.id === change.proposedBy) return errors.own_change
  return liesUnder(change.proposedPath, actor.unitPath) ? null : errors.wrong_unit
}

/** Approve or refuse a composed version: in the unit of who composed it or above, and by somebody else. */
export function mayDecideVersion(
  actor: Pick<Actor, 'id' | 'unitPath'>,
  composed: { proposedBy: string; proposedPath: string },
): ErrorEntry | null {
  if (actor.id === composed.proposedBy) return errors.own_version
  return liesUnder(composed.proposedPath, actor.unitPath) ? null : errors.wrong_unit
}
