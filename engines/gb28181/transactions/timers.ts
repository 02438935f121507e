import type { SipMessage } from '../sip/message.ts'

/** Base intervals of transactions in milliseconds (RFC 3261 §17.1.1.1). */
export interface TimerBases {
  /** Round trip, first retransmission. */
  readonly t1: number
  /** Longest interval between retransmissions. */
  readonly t2: number
  /** Longest time a message stays in the net. */
  readonly t4: number
}

export const RFC3261_TIMERS: TimerBases = { t1: 500, t2: 4000, t4: 5000 }

/** Timers of RFC 3261 table 4 and RFC 6026. */
export type Timer = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M'

/** What a transaction wants done by whoever drives it. Timers that fire too late are harmless: they are passed over. */
export type TransactionEffect<Told> =
  /** To the transaction's other end. */
  | { readonly do: 'send'; readonly message: SipMessage }
  | { readonly do: 'start-timer'; readonly timer: Timer; readonly afterMs: number }
  | { readonly do: 'tell'; readonly event: Told }
  /** The transaction is over: forget it and its timers. */
  | { readonly do: 'end' }
