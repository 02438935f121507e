/**
 * Failed sign-ins by account and address, so that one address guessing at one account is stopped without stopping the
 * others behind it. Counted in this process, for names that exist and names that do not alike.
 */
import type { Services } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'

/** Length of a window in milliseconds. */
const WINDOW_MS = 15 * 60_000
/** Beyond so many pairs those whose window is over are forgotten, then all. */
const MAX_PAIRS = 50_000

interface Failures {
  readonly since: number
  readonly count: number
}
const failures = new WeakMap<Database, Map<string, Failures>>()

function pairsOf(database: Database): Map<string, Failures> {
  const known = failures.get(database) ?? new Map<string, Failures>()
  failures.set(database, known)
  return known
}

/** A name as typed may be long, or a password: it is kept in no other form than this key, in memory. */
const keyOf = (userName: string, address: string): string => `${address} ${userName.toLowerCase()}`

/** Seconds until this account may be tried again from this address; 0: now. */
export function waitBeforeSignIn(
  services: Pick<Services, 'database' | 'clock'>,
  userName: string,
  address: string,
  attempts: number,
): number {
  const known = pairsOf(services.database).get(keyOf(userName, address))
  if (!known || known.count < attempts) return 0
  return Math.max(0, Math.ceil((known.since + WINDOW_MS - services.clock.now().getTime()) / 1000))
}

/** Count a wrong password, or a name nobody has. */
export function countFailedSignIn(
  services: Pick<Services, 'database' | 'clock'>,
  userName: string,
  address: string,
): void {
  const now = services.clock.now().getTime()
  const pairs = pairsOf(services.database)
  if (pairs.size >= MAX_PAIRS) {
    for (const [key, { since }] of pairs) if (now - since >= WINDOW_MS) pairs.delete(key)
    if (pairs.size >= MAX_PAIRS) pairs.clear()
  }
  const key = keyOf(userName, address)
  const known = pairs.get(key)
  const running = known !== undefined && now - known.since < WINDOW_MS
  pairs.set(key, running ? { ...known, count: known.count + 1 } : { since: now, count: 1 })
}
