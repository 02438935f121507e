/** REGISTER as the side sees it that is registered at (2022: 9.1; RFC 3261 §10.3). */
import { type Challenge, writeChallenge } from '../auth/digest.ts'
import { formatLocalTime } from '../local-time.ts'
import { callIdOf, contactOf, fromOf, toOf } from '../sip/core.ts'
import { makeResponse } from '../sip/make-message.ts'
import { headerOf, type SipHeader, type SipRequest, type SipResponse } from '../sip/message.ts'
import { readUri } from '../sip/uri.ts'
import { type GbVersion, readGbVersion } from '../version.ts'

/** What a REGISTER says. */
export interface RegisterReading {
  /** Id of the device or lower platform, in To; in From where To has none. */
  readonly id: string
  /** Domain it writes beside its id; may be empty. */
  readonly domain: string
  readonly callId: string
  /** Address of its Contact; `null` when it has none. */
  readonly contact: string | null
  /** Seconds; 0 logs off. */
  readonly expires: number
  readonly version: GbVersion | null
  /** Value of Authorization; `null` before it was challenged. */
  readonly authorization: string | null
}

/** Where neither Expires nor Contact says how long. */
const DEFAULT_EXPIRES = 3600

/** Reads a REGISTER; `null` when it names no id. */
export function readRegister(request: SipRequest): RegisterReading | null {
  const uri = [toOf(request), fromOf(request)].map((it) => readUri(it.uri)).find((it) => it?.user)
  if (!uri) return null
  const contact = contactOf(request)
  return {
    id: uri.user,
    domain: uri.host,
    callId: callIdOf(request),
    contact: contact?.uri ?? null,
    expires:
      seconds(headerOf(request, 'Expires')) ?? seconds(contact?.parameters['expires']) ?? DEFAULT_EXPIRES,
    version: readGbVersion(headerOf(request, 'X-GB-ver')),
    authorization: headerOf(request, 'Authorization') ?? null,
  }
}

function seconds(text: string | undefined): number | null {
  return text !== undefined && /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : null
}

interface AnswerParts {
  readonly toTag: string
  /** Our edition, told with success and failure alike (2022: annex I). */
  readonly version?: GbVersion
}

const versionHeader = (version: GbVersion | undefined): SipHeader[] =>
  version ? [{ name: 'X-GB-ver', value: version }] : []

/** 401. `stale`: the nonce was too old; the password need not be wrong (RFC 2617 §3.2.1). */
export function challengeRegister(
  request: SipRequest,
  challenge: Challenge & { readonly stale?: boolean },
  { toTag, version }: AnswerParts,
): SipResponse {
  const value = `${writeChallenge(challenge)}${challenge.stale ? ', stale=true' : ''}`
  return makeResponse(request, 401, {
    toTag,
    headers: [{ name: 'WWW-Authenticate', value }, ...versionHeader(version)],
  })
}

/**
 * 200: Contact as it came, Expires, and Date as local time without a zone, to the millisecond, by which devices set
 * their clocks (2022: 9.10.3).
 */
export function acceptRegister(
  request: SipRequest,
  { expires, nowMs, toTag, version }: AnswerParts & { readonly expires: number; readonly nowMs: number },
): SipResponse {
  const contact = headerOf(request, 'Contact')
  return makeResponse(request, 200, {
    toTag,
    headers: [
      ...(contact ? [{ name: 'Contact', value: contact }] : []),
      { name: 'Expires', value: String(expires) },
      { name: 'Date', value: formatLocalTime(nowMs, true) },
      ...versionHeader(version),
    ],
  })
}

/** 302 to a server of choice (2022: 9.1.2.3). */
export function redirectRegister(
  request: SipRequest,
  { contact, expires, toTag, version }: AnswerParts & { readonly contact: string; readonly expires: number },
): SipResponse {
  return makeResponse(request, 302, {
    toTag,
    headers: [
      { name: 'Contact', value: `<${contact}>` },
      { name: 'Expires', value: String(expires) },
      ...versionHeader(version),
    ],
  })
}

/** 403 and other refusals, with the reason for whoever reads a trace. */
export function refuseRegister(
  request: SipRequest,
  status: number,
  { toTag, version, reason }: AnswerParts & { readonly reason?: string },
): SipResponse {
  return makeResponse(request, status, {
    toTag,
    headers: versionHeader(version),
    ...(reason ? { reason } : {}),
  })
}
