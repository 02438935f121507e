/** Lockout after repeated failures (PLT-10). Wrong passwords and wrong codes count alike. */

/** So many failures within the window lock the account. */
const MAX_FAILURES = 5
/** Length of the window, and of the lock, in minutes. */
const LOCKOUT_MINUTES = 15

const WINDOW = LOCKOUT_MINUTES * 60_000

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
export function afterFailure(state: FailureState, now: Date): FailureState {
  if (isLocked(state, now)) return state
  const running = state.failedSince !== null && now.getTime() - state.failedSince.getTime() < WINDOW
  // A lock that has run out starts a new window.
  const fresh = !running || state.lockedUntil !== null
  const failedCount = fresh ? 1 : state.failedCount + 1
  return {
    failedCount,
    failedSince: fresh ? now : state.failedSince,
    lockedUntil: failedCount >= MAX_FAILURES ? new Date(now.getTime() + WINDOW) : null,
  }
}
