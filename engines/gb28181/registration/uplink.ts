/** Our own registration at an upper platform (2022: 9.1), as a pure machine: cascade upwards. */
import { answerChallenge } from '../auth/digest.ts'
import { contactOf } from '../sip/core.ts'
import { type Hop, makeRequest } from '../sip/make-message.ts'
import { headerOf, type SipRequest, type SipResponse } from '../sip/message.ts'
import { type Endpoint, observedAddress, rewriteContact } from '../sip/routing.ts'
import { readUri } from '../sip/uri.ts'
import type { GbVersion } from '../version.ts'

/** Who registers where. */
export interface UplinkAccount {
  /** Our id at the upper platform, and the domain it belongs to. */
  readonly id: string
  readonly domain: string
  /** User name and password of the digest; the user is the id as a rule. */
  readonly user: string
  readonly password: string
  readonly upperId: string
  readonly upperDomain: string
  readonly upper: Endpoint
  /** Seconds; 86,400 by the standard, not below 3600. */
  readonly expires: number
  readonly version: GbVersion
  /** Where we receive. */
  readonly hop: Hop
}

/** Plain data, moved by `stepUplink`. */
export interface Uplink {
  readonly state: 'off' | 'registering' | 'registered' | 'waiting' | 'logging-off'
  readonly callId: string
  readonly cseq: number
  /** Where REGISTER goes: the account's, or a server we were redirected to. */
  readonly server: Endpoint
  readonly redirected: boolean
  /** Whether the challenge of this attempt has been answered: a second one means that we are refused. */
  readonly answered: boolean
  /** Where the upper side sees us; `null` before it said so (pain 9). */
  readonly seen: { readonly address: string; readonly port: number } | null
  /** Keepalives unanswered in a row. */
  readonly missed: number
  /** To be logged off as soon as the answer to REGISTER is there. */
  readonly leaving: boolean
}

export type UplinkEvent =
  | { readonly kind: 'start' }
  /** To REGISTER. */
  | { readonly kind: 'response'; readonly response: SipResponse }
  /** REGISTER was not answered, or could not be sent. */
  | { readonly kind: 'no-answer' }
  /** The time of `start-timer` is up. */
  | { readonly kind: 'due' }
  | { readonly kind: 'keepalive-answered' }
  | { readonly kind: 'keepalive-missed' }
  /** The upper platform answered 403, 404 or 481 to a message of ours: it has forgotten us (pain 22). */
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'log-off' }

export type UplinkEffect =
  | { readonly do: 'request'; readonly request: SipRequest; readonly target: Endpoint }
  /** Give `due` after this time; one started later replaces it. */
  | { readonly do: 'start-timer'; readonly afterMs: number }
  | { readonly do: 'tell'; readonly event: UplinkTold }

export type UplinkTold =
  /** `date`: what the answer says the time is, as written. */
  | {
      readonly kind: 'registered'
      readonly expires: number
      readonly date: string | null
      readonly version: string | null
    }
  | { readonly kind: 'redirected'; readonly to: Endpoint }
  /** Tried again after the retry time. `status` is `null` when nobody answered. */
  | { readonly kind: 'failed'; readonly status: number | null; readonly reason: string }
  | { readonly kind: 'logged-off' }

export interface UplinkStep {
  readonly uplink: Uplink
  readonly effects: readonly UplinkEffect[]
}

/** What the machine cannot make itself. */
export interface UplinkRandom {
  branch(): string
  tag(): string
  cnonce(): string
}

/** Not sooner than this after a failure (2022: 9.1.2). */
const RETRY_MS = 60_000
/** Unanswered keepalives until we register anew (2022: 9.6). */
const MISSES = 3

/** @param callId fresh; kept for all refreshes */
export function createUplink(account: UplinkAccount, callId: string): Uplink {
  return {
    state: 'off',
    callId,
    cseq: 0,
    server: account.upper,
    redirected: false,
    answered: false,
    seen: null,
    missed: 0,
    leaving: false,
  }
}

/** Moves the registration on. What does not fit its state changes nothing. */
export function stepUplink(
  uplink: Uplink,
  event: UplinkEvent,
  account: UplinkAccount,
  random: UplinkRandom,
): UplinkStep {
  switch (event.kind) {
    case 'start':
      return uplink.state === 'off' ? register(uplink, account, random) : unchanged(uplink)
    case 'due':
      return uplink.state === 'registered' || uplink.state === 'waiting'
        ? register(uplink, account, random)
        : unchanged(uplink)
    case 'forgotten':
      return uplink.state === 'registered' ? register(uplink, account, random) : unchanged(uplink)
    case 'keepalive-answered':
      return unchanged({ ...uplink, missed: 0 })
    case 'keepalive-missed':
      return onMissed(uplink, account, random)
    case 'no-answer':
      return onFailure(uplink, null, '', account)
    case 'log-off':
      return logOff(uplink, account, random)
    case 'response':
      return onResponse(uplink, event.response, account, random)
  }
}

const unchanged = (uplink: Uplink): UplinkStep => ({ uplink, effects: [] })

function logOff(uplink: Uplink, account: UplinkAccount, random: UplinkRandom): UplinkStep {
  if (uplink.state === 'registering') return unchanged({ ...uplink, leaving: true })
  if (uplink.state !== 'registered') return unchanged({ ...uplink, state: 'off' })
  return send({ ...uplink, state: 'logging-off', answered: false, leaving: false }, account, random, null)
}

function register(uplink: Uplink, account: UplinkAccount, random: UplinkRandom): UplinkStep {
  return send({ ...uplink, state: 'registering', answered: false, missed: 0 }, account, random, null)
}

function send(
  uplink: Uplink,
  account: UplinkAccount,
  random: UplinkRandom,
  authorization: string | null,
): UplinkStep {
  const { hop } = account
  const own = `sip:${account.id}@${account.domain}`
  const reached = `sip:${account.id}@${hop.host}:${hop.port}`
  const next = { ...uplink, cseq: uplink.cseq + 1 }
  const request = makeRequest({
    method: 'REGISTER',
    uri: upperUri(account),
    hop,
    branch: random.branch(),
    from: `<${own}>;tag=${random.tag()}`,
    to: `<${own}>`,
    callId: uplink.callId,
    cseq: next.cseq,
    headers: [
      { name: 'Contact', value: `<${uplink.seen ? rewriteContact(reached, uplink.seen) : reached}>` },
      { name: 'Expires', value: String(uplink.state === 'logging-off' ? 0 : account.expires) },
      { name: 'X-GB-ver', value: account.version },
      ...(authorization ? [{ name: 'Authorization', value: authorization }] : []),
    ],
  })
  return { uplink: next, effects: [{ do: 'request', request, target: uplink.server }] }
}

const upperUri = ({ upperId, upperDomain }: UplinkAccount) => `sip:${upperId}@${upperDomain}`

function onResponse(
  uplink: Uplink,
  response: SipResponse,
  account: UplinkAccount,
  random: UplinkRandom,
): UplinkStep {
  if (uplink.state !== 'registering' && uplink.state !== 'logging-off') return unchanged(uplink)
  const { status } = response
  const known = { ...uplink, seen: observedAddress(response) ?? uplink.seen }
  if (status < 200) return unchanged(known)
  if (status === 401 && !uplink.answered) return onChallenge(known, response, account, random)
  if (uplink.state === 'logging-off') return loggedOff(known)
  if (status < 300 && uplink.leaving) return logOff({ ...known, state: 'registered' }, account, random)
  if (status < 300) return onAccepted(known, response, account)
  if (status === 302) return onRedirect(known, response, account, random)
  return onFailure(known, status, response.reason, account)
}

const loggedOff = (uplink: Uplink): UplinkStep => ({
  uplink: { ...uplink, state: 'off', leaving: false },
  effects: [{ do: 'tell', event: { kind: 'logged-off' } }],
})

function onChallenge(
  uplink: Uplink,
  response: SipResponse,
  account: UplinkAccount,
  random: UplinkRandom,
): UplinkStep {
  const authorization = answerChallenge(headerOf(response, 'WWW-Authenticate') ?? '', {
    user: account.user,
    password: account.password,
    method: 'REGISTER',
    uri: upperUri(account),
    cnonce: random.cnonce(),
  })
  if (!authorization) return onFailure(uplink, 401, 'no digest that is known here', account)
  return send({ ...uplink, answered: true }, account, random, authorization)
}

function onAccepted(uplink: Uplink, response: SipResponse, account: UplinkAccount): UplinkStep {
  const granted = Number(headerOf(response, 'Expires') ?? contactOf(response)?.parameters['expires'])
  const expires = Number.isInteger(granted) && granted > 0 ? granted : account.expires
  const event: UplinkTold = {
    kind: 'registered',
    expires,
    date: headerOf(response, 'Date') ?? null,
    version: headerOf(response, 'X-GB-ver') ?? null,
  }
  return {
    uplink: { ...uplink, state: 'registered' },
    effects: [
      { do: 'tell', event },
      { do: 'start-timer', afterMs: refreshAfterMs(expires) },
    ],
  }
}

/** Two thirds of the time, so that a failed refresh leaves room for another. */
function refreshAfterMs(expires: number): number {
  return Math.max(1, Math.floor((expires * 2) / 3)) * 1000
}

function onRedirect(
  uplink: Uplink,
  response: SipResponse,
  account: UplinkAccount,
  random: UplinkRandom,
): UplinkStep {
  const uri = readUri(contactOf(response)?.uri ?? '')
  if (!uri?.host || uplink.redirected) return onFailure(uplink, 302, 'no server to be redirected to', account)
  const { transport } = account.upper
  const server: Endpoint = { transport, address: uri.host, port: uri.port ?? 5060 }
  const next = send({ ...uplink, server, redirected: true, answered: false }, account, random, null)
  return { ...next, effects: [{ do: 'tell', event: { kind: 'redirected', to: server } }, ...next.effects] }
}

/** After a failure back to the account's own server (2022: 9.1.2.3), not sooner than after a minute. */
function onFailure(
  uplink: Uplink,
  status: number | null,
  reason: string,
  account: UplinkAccount,
): UplinkStep {
  if (uplink.state === 'logging-off' || (uplink.state === 'registering' && uplink.leaving))
    return loggedOff(uplink)
  if (uplink.state !== 'registering') return unchanged(uplink)
  return {
    uplink: { ...uplink, state: 'waiting', server: account.upper, redirected: false, answered: false },
    effects: [
      { do: 'tell', event: { kind: 'failed', status, reason } },
      { do: 'start-timer', afterMs: RETRY_MS },
    ],
  }
}

function onMissed(uplink: Uplink, account: UplinkAccount, random: UplinkRandom): UplinkStep {
  const next = { ...uplink, missed: uplink.missed + 1 }
  if (uplink.state !== 'registered' || next.missed < MISSES) return unchanged(next)
  // The chosen server is gone: ask the one that chose it.
  return register({ ...next, server: account.upper, redirected: false }, account, random)
}
