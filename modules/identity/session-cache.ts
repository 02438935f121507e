/**
 * Sessions as authenticated in the last seconds, so that a page's burst of calls costs one look-up. One cache per
 * process and database; what a command changes is forgotten here at its commit, elsewhere within `FRESH_MS`.
 */
import type { Actor } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'
import type { Entrance } from './rules/entry.ts'
import type { SecuritySettings } from './security-settings.ts'

/** How long an entry counts, in milliseconds. */
const FRESH_MS = 5000
const MAX_ENTRIES = 20_000

export interface CachedSession {
  readonly actor: Actor
  readonly entrance: Entrance
  readonly settings: SecuritySettings
  readonly createdAt: Date
  readonly lastSeenAt: Date
}

interface Entry {
  readonly value: CachedSession
  readonly loadedAt: number
}

const caches = new WeakMap<Database, Map<string, Entry>>()

function cacheOf(database: Database): Map<string, Entry> {
  const known = caches.get(database)
  if (known) return known
  const cache = new Map<string, Entry>()
  caches.set(database, cache)
  return cache
}

/** Key is the hex of the token's hash. Age is measured on a clock that tests do not move and nobody sets back. */
export function recall(database: Database, key: string): CachedSession | null {
  const entry = cacheOf(database).get(key)
  return entry && performance.now() - entry.loadedAt < FRESH_MS ? entry.value : null
}

export function remember(database: Database, key: string, value: CachedSession): void {
  const cache = cacheOf(database)
  if (cache.size >= MAX_ENTRIES) cache.clear()
  cache.set(key, { value, loadedAt: performance.now() })
}

/** Forget the sessions of one user, or all (a role changed). */
export function forgetSessions(database: Database, userId?: string): void {
  const cache = cacheOf(database)
  for (const [key, { value }] of cache)
    if (userId === undefined || value.actor.id === userId) cache.delete(key)
}
