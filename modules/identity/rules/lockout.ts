/** Lockout after repeated failures (PLT-10). Wrong passwords and wrong codes count alike. */

import type { SecuritySettings } from '../security-settings.ts'

export interface FailureState {
  readonly failedCount: number
  /** First failure of the running window. */
  readonly failedSince: Date | null
  readonly lockedUntil: Date | null
}

export const noFailures: FailureState = { failedCount: 0, failedSince: null, lockedUntil: null }

export const isLocked = (state: Pick<FailureState, 'lockedUntil'>, now: Date): boolean =>
  state.lockedUntil !== null && now < state.lockedUntil

/** State after one more failure. While locked nothing is counted, so that the lock ends when it said. */
export function afterFailure(
  state: FailureState,
  now: Date,
  settings: Pick<SecuritySettings, 'lockoutFailures' | 'lockoutMinutes'>,
): FailureState {
  const window = settings.lockoutMinutes * 60_000
  if (isLocked(state, now)) return state
  const running = state.failedSince !== null && now.getTime() - state.failedSince.getTime() < window
  // A lock that has run out starts a new window.
  const fresh = !running || state.lockedUntil !== null
  const failedCount = fresh ? 1 : state.failedCount + 1
  return {
    failedCount,
    failedSince: fresh ? now : state.failedSince,
    lockedUntil: failedCount >= settings.lockoutFailures ? new Date(now.getTime() + window) : null,
  }
}
