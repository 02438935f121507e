/** How long a session lives (PLT-10) and a second factor stays fresh (PLT-13). */

/** A session unused for so long has ended. */
export const IDLE_MINUTES = 30
/** A session ends so long after sign-in, used or not. */
export const ABSOLUTE_HOURS = 12
/** A second factor counts for so long; platform/http holds operations to it. */
export const STEP_UP_MINUTES = 10

export const isAlive = (session: { createdAt: Date; lastSeenAt: Date }, now: Date): boolean =>
  now.getTime() - session.lastSeenAt.getTime() < IDLE_MINUTES * 60_000 &&
  now.getTime() - session.createdAt.getTime() < ABSOLUTE_HOURS * 3_600_000

/** Until when the second factor given at `steppedUpAt` counts; null when it was never given or no longer does. */
export function steppedUpUntil(steppedUpAt: Date | null, now: Date): Date | null {
  if (steppedUpAt === null) return null
  const until = new Date(steppedUpAt.getTime() + STEP_UP_MINUTES * 60_000)
  return until > now ? until : null
}
