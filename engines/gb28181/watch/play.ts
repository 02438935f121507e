/**
 * The way from a wish to a picture, step by step, each with its time, so that a picture that does not come has a named
 * reason (pain 6).
 */

/** Steps in their order. `trying` may be left out by the device; `connected` is of TCP. */
export type PlayStep =
  | 'requested'
  | 'port'
  | 'invited'
  | 'trying'
  | 'answered'
  | 'acknowledged'
  | 'connected'
  | 'packet'
  | 'key-frame'

/** Why there is no picture. */
export type PlayFault =
  | 'no-port'
  | 'not-sent'
  | 'no-100'
  | 'no-200'
  | 'ack-not-sent'
  | 'no-tcp'
  | 'no-rtp'
  | 'no-key-frame'
  | 'busy'
  | 'not-supported'
  | 'unknown-channel'
  | 'forbidden'
  | 'unavailable'
  | 'refused'
  | 'media-lost'
  | 'device-ended'

export interface PlayTrace {
  readonly channelId: string
  readonly transport: 'udp' | 'tcp'
  readonly state: 'starting' | 'playing' | 'failed' | 'stopped'
  readonly steps: readonly { readonly step: PlayStep; readonly atMs: number; readonly note?: string }[]
  /** When failed. */
  readonly fault?: PlayFault
  /** What the device said: status, reason, Warning. */
  readonly said?: string
  readonly endedMs?: number
}

export type PlayEvent =
  /** A step was reached. `note`: port, ssrc, codec, …, shown as it is. */
  | { readonly kind: PlayStep; readonly note?: string }
  /** The device refused by a status. */
  | { readonly kind: 'refused'; readonly status: number; readonly said: string }
  /** The time for the next step is over: the first step missing names the reason. */
  | { readonly kind: 'deadline' }
  /** No packet came for too long while playing. */
  | { readonly kind: 'media-lost' }
  /** BYE of the device, or its end of file. */
  | { readonly kind: 'device-ended' }
  /** We stopped it. */
  | { readonly kind: 'stopped' }

/** A wish for a picture. */
export function startPlay(channelId: string, transport: 'udp' | 'tcp', nowMs: number): PlayTrace {
  return { channelId, transport, state: 'starting', steps: [{ step: 'requested', atMs: nowMs }] }
}

/** Moves a trace on. Steps may come in any order (packets may outrun the 200); each counts once. */
export function stepPlay(trace: PlayTrace, event: PlayEvent, nowMs: number): PlayTrace {
  if (trace.state === 'failed' || trace.state === 'stopped') return trace
  switch (event.kind) {
    case 'refused':
      return fail(trace, faultOfStatus(event.status), nowMs, `${event.status} ${event.said}`.trim())
    case 'deadline':
      return trace.state === 'starting' ? fail(trace, missing(trace) ?? 'no-rtp', nowMs) : trace
    case 'media-lost':
    case 'device-ended':
      return fail(trace, event.kind, nowMs)
    case 'stopped':
      return { ...trace, state: 'stopped', endedMs: nowMs }
    default:
      return reach(trace, event.kind, nowMs, event.note)
  }
}

function fail(trace: PlayTrace, fault: PlayFault, nowMs: number, said?: string): PlayTrace {
  return { ...trace, state: 'failed', fault, endedMs: nowMs, ...(said ? { said } : {}) }
}

function reach(trace: PlayTrace, step: PlayStep, atMs: number, note?: string): PlayTrace {
  if (has(trace, step)) return trace
  const next = { ...trace, steps: [...trace.steps, { step, atMs, ...(note ? { note } : {}) }] }
  return missing(next) === null ? { ...next, state: 'playing' } : next
}

const has = (trace: PlayTrace, step: PlayStep) => trace.steps.some((it) => it.step === step)

/** The reason that the first missing step gives; `null` when all are there. */
function missing(trace: PlayTrace): PlayFault | null {
  if (!has(trace, 'port')) return 'no-port'
  if (!has(trace, 'invited')) return 'not-sent'
  if (!has(trace, 'answered')) return has(trace, 'trying') ? 'no-200' : 'no-100'
  if (!has(trace, 'acknowledged')) return 'ack-not-sent'
  if (trace.transport === 'tcp' && !has(trace, 'connected') && !has(trace, 'packet')) return 'no-tcp'
  if (!has(trace, 'packet')) return 'no-rtp'
  return has(trace, 'key-frame') ? null : 'no-key-frame'
}

function faultOfStatus(status: number): PlayFault {
  if (status === 486 || status === 600) return 'busy'
  if (status === 488 || status === 415 || status === 606) return 'not-supported'
  if (status === 404 || status === 604) return 'unknown-channel'
  if (status === 401 || status === 403 || status === 407) return 'forbidden'
  if (status === 480 || status === 503 || status === 408) return 'unavailable'
  return 'refused'
}

/** How long the next step may take in milliseconds. */
export interface PlayLimits {
  readonly port: number
  readonly answer: number
  readonly media: number
  readonly keyFrame: number
}

export const DEFAULT_PLAY_LIMITS: PlayLimits = { port: 2000, answer: 10_000, media: 8000, keyFrame: 8000 }

/** When `deadline` is due; `null` when nothing is waited for. */
export function playDueMs(trace: PlayTrace, limits: PlayLimits = DEFAULT_PLAY_LIMITS): number | null {
  const fault = trace.state === 'starting' ? missing(trace) : null
  if (fault === null) return null
  const last = trace.steps.at(-1)!.atMs
  if (fault === 'no-port' || fault === 'not-sent') return last + limits.port
  if (fault === 'no-100' || fault === 'no-200') return last + limits.answer
  return last + (fault === 'no-key-frame' ? limits.keyFrame : limits.media)
}
