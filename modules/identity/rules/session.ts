/** How long a session lives (PLT-10) and a second factor stays fresh (PLT-13). */
import type { RoleClass } from '../contract.ts'
import type { SecuritySettings } from '../security-settings.ts'

/** A second factor counts for so long; platform/http holds operations to it. */
export const STEP_UP_MINUTES = 10

export const isAlive = (
  session: { createdAt: Date; lastSeenAt: Date },
  now: Date,
  settings: Pick<SecuritySettings, 'idleMinutes' | 'sessionHours'>,
): boolean =>
  now.getTime() - session.lastSeenAt.getTime() < settings.idleMinutes * 60_000 &&
  now.getTime() - session.createdAt.getTime() < settings.sessionHours * 3_600_000

/** What a session lacks before its user may do anything: a factor of his own, its code, or nothing. */
export function secondFactorDue(
  account: { roleClass: RoleClass; enrolled: boolean },
  steppedUpAt: Date | null,
  { totpRequired }: Pick<SecuritySettings, 'totpRequired'>,
): 'enrol' | 'code' | null {
  const asked =
    totpRequired === 'all' || (totpRequired === 'administrators' && account.roleClass !== 'business')
  if (!asked) return null
  if (!account.enrolled) return 'enrol'
  return steppedUpAt === null ? 'code' : null
}

/** Until when the second factor given at `steppedUpAt` counts; null when it was never given or no longer does. */
export function steppedUpUntil(steppedUpAt: Date | null, now: Date): Date | null {
  if (steppedUpAt === null) return null
  const until = new Date(steppedUpAt.getTime() + STEP_UP_MINUTES * 60_000)
  return until > now ? until : null
}
