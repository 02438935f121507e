import type { Endpoint } from '../sip/routing.ts'

/** What is known of whether a peer is there (2022: 9.6; pain 13). Plain data; time comes in. */
export interface Presence {
  readonly online: boolean
  /** Unix milliseconds of the last valid request. */
  readonly heardMs: number
  /** Since when it is online or offline. */
  readonly sinceMs: number
  /** Where its packets come from: follows each of them. */
  readonly address: Endpoint
  readonly heartbeat: Heartbeat
  /** Until when it is registered; renewed by REGISTER only. */
  readonly registeredUntilMs: number
}

/** How often a peer is to be heard. */
export interface Heartbeat {
  readonly intervalMs: number
  /** Missed beats until it counts as offline. */
  readonly misses: number
}

/** What changed. */
export type PresenceChange =
  | { readonly kind: 'online' }
  | { readonly kind: 'offline'; readonly why: 'unheard' | 'unregistered' }
  | { readonly kind: 'moved'; readonly from: Endpoint; readonly to: Endpoint }

export interface PresenceStep {
  readonly presence: Presence
  readonly changes: readonly PresenceChange[]
}

/** 60 s, three times: what holds where a peer says nothing, or nonsense (null, 0, negative, hours). */
export const DEFAULT_HEARTBEAT: Heartbeat = { intervalMs: 60_000, misses: 3 }

/** Heartbeat of what a device's configuration says, in seconds; parts that cannot be meant fall back to the default. */
export function heartbeatOf(
  intervalSeconds: number | null | undefined,
  count: number | null | undefined,
): Heartbeat {
  const isSound = (value: number | null | undefined, least: number, most: number): value is number =>
    typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most
  return {
    intervalMs: isSound(intervalSeconds, 5, 3600) ? intervalSeconds * 1000 : DEFAULT_HEARTBEAT.intervalMs,
    misses: isSound(count, 1, 255) ? Math.round(count) : DEFAULT_HEARTBEAT.misses,
  }
}

/** A peer has registered. */
export function startPresence(
  address: Endpoint,
  nowMs: number,
  expiresSeconds: number,
  heartbeat: Heartbeat = DEFAULT_HEARTBEAT,
): Presence {
  const registeredUntilMs = nowMs + expiresSeconds * 1000
  return { online: true, heardMs: nowMs, sinceMs: nowMs, address, heartbeat, registeredUntilMs }
}

/** A valid request of the peer came, of whatever method: it is there, at the packet's source. */
export function hear(presence: Presence, source: Endpoint, nowMs: number): PresenceStep {
  const { address, online } = presence
  const hasMoved =
    address.address !== source.address ||
    address.port !== source.port ||
    address.transport !== source.transport
  const changes: PresenceChange[] = []
  if (!online) changes.push({ kind: 'online' })
  if (hasMoved) changes.push({ kind: 'moved', from: address, to: source })
  return {
    presence: {
      ...presence,
      online: true,
      heardMs: nowMs,
      sinceMs: online ? presence.sinceMs : nowMs,
      address: source,
    },
    changes,
  }
}

/** REGISTER renewed the registration; that the peer is there `hear` has said. */
export function renew(presence: Presence, nowMs: number, expiresSeconds: number): Presence {
  return { ...presence, registeredUntilMs: nowMs + expiresSeconds * 1000 }
}

/** The peer logged off (Expires 0). */
export function logOff(presence: Presence, nowMs: number): PresenceStep {
  const step = goOffline(presence, nowMs, 'unregistered')
  return { ...step, presence: { ...step.presence, registeredUntilMs: nowMs } }
}

/** When `checkPresence` is due next; `null` while offline. */
export function presenceDueMs({ online, heardMs, heartbeat }: Presence): number | null {
  // Half an interval more, for the way and the sender's own clock.
  return online ? heardMs + heartbeat.intervalMs * (heartbeat.misses + 0.5) : null
}

/**
 * Whether a peer that said nothing has missed too many beats. A registration that ran out does not by itself mean that
 * the peer is gone: while it is heard it is there, but must be asked to register again (`isRegistered`).
 */
export function checkPresence(presence: Presence, nowMs: number): PresenceStep {
  const dueMs = presenceDueMs(presence)
  if (dueMs === null || nowMs < dueMs) return { presence, changes: [] }
  return goOffline(presence, nowMs, 'unheard')
}

/** Whether its registration holds; if not, its MESSAGEs are answered by 403, so that it registers again. */
export function isRegistered(presence: Presence, nowMs: number, graceMs = 60_000): boolean {
  return nowMs <= presence.registeredUntilMs + graceMs
}

function goOffline(presence: Presence, nowMs: number, why: 'unheard' | 'unregistered'): PresenceStep {
  if (!presence.online) return { presence, changes: [] }
  return { presence: { ...presence, online: false, sinceMs: nowMs }, changes: [{ kind: 'offline', why }] }
}
