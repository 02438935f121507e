import { callIdOf } from '../sip/core.ts'
import type { SipMessage } from '../sip/message.ts'

/** What a call is for: with the channel, the key of which there is one call at a time (pain 12). */
export type CallPurpose = 'play' | 'playback' | 'download' | 'talk' | 'broadcast'

/**
 * Key of single flight: one live call per channel and stream; of history, one per wish (`detail`: start, end, viewer).
 */
export function flightKey(channelId: string, purpose: CallPurpose, detail = ''): string {
  return `${channelId} ${purpose} ${detail}`
}

/** All calls of one endpoint, by Call-ID, with at most one per flight key. */
export interface CallTable<C> {
  /**
   * Claims a flight. When a call is in flight already, that one is given and nothing changes: wait for it instead of
   * inviting twice.
   */
  claim(
    flight: string,
    callId: string,
    call: C,
  ): { claimed: true } | { claimed: false; callId: string; call: C }
  /** Call a message belongs to. */
  of(message: SipMessage): C | undefined
  get(callId: string): C | undefined
  /** Puts a call's next state. Without effect for one not in the table. */
  set(callId: string, call: C): void
  /** The call is over: its flight is free. */
  release(callId: string): void
  entries(): IterableIterator<[callId: string, call: C]>
  readonly size: number
}

/** An empty table. */
export function createCallTable<C>(): CallTable<C> {
  const calls = new Map<string, C>()
  const callIdByFlight = new Map<string, string>()
  const flightByCallId = new Map<string, string>()
  return {
    claim(flight, callId, call) {
      const other = callIdByFlight.get(flight)
      if (other !== undefined) return { claimed: false, callId: other, call: calls.get(other)! }
      calls.set(callId, call)
      callIdByFlight.set(flight, callId)
      flightByCallId.set(callId, flight)
      return { claimed: true }
    },
    of: (message) => calls.get(callIdOf(message)),
    get: (callId) => calls.get(callId),
    set(callId, call) {
      if (calls.has(callId)) calls.set(callId, call)
    },
    release(callId) {
      calls.delete(callId)
      callIdByFlight.delete(flightByCallId.get(callId) ?? '')
      flightByCallId.delete(callId)
    },
    entries: () => calls.entries(),
    get size() {
      return calls.size
    },
  }
}
