import { headerOf, type SipMessage } from '../sip/message.ts'
import { readParameters } from '../sip/parameters.ts'

/** What can be subscribed to (2022: 9.11): the catalogue; alarms and positions go by `presence`. */
export type EventPackage = 'Catalog' | 'presence'

/** Value of Event. @param id tells subscriptions of one kind apart */
export function writeEvent(name: EventPackage, id: string): string {
  return `${name};id=${id}`
}

/** Reads Event, in any letter case; what is neither is read by its body. */
export function readEvent(message: SipMessage): { name: EventPackage | null; id: string | null } {
  const value = headerOf(message, 'Event') ?? ''
  const word = value.split(';')[0]!.trim().toLowerCase()
  const name = word === 'catalog' ? 'Catalog' : word === 'presence' ? 'presence' : null
  return { name, id: readParameters(value)['id'] ?? null }
}

/** What a NOTIFY says of its subscription (RFC 6665 §4.1.3). */
export interface SubscriptionState {
  readonly state: 'active' | 'pending' | 'terminated'
  /** Seconds left; `null` when not said. */
  readonly expires: number | null
  /** Why it ended: `timeout`, `deactivated`, `rejected`, … */
  readonly reason: string | null
}

/** Value of Subscription-State. */
export function writeSubscriptionState({ state, expires, reason }: SubscriptionState): string {
  return `${state}${expires === null ? '' : `;expires=${expires}`}${reason === null ? '' : `;reason=${reason}`}`
}

/** Reads Subscription-State; where there is none the subscription is active (plain NOTIFYs of devices). */
export function readSubscriptionState(message: SipMessage): SubscriptionState {
  const value = headerOf(message, 'Subscription-State') ?? ''
  const word = value.split(';')[0]!.trim().toLowerCase()
  const { expires, reason } = readParameters(value)
  return {
    state: word === 'terminated' || word === 'pending' ? word : 'active',
    expires: expires !== undefined && /^\d{1,9}$/.test(expires) ? Number(expires) : null,
    reason: reason ?? null,
  }
}
