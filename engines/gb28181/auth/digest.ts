import { createHash } from 'node:crypto'
import { quote, unquote } from '../sip/parameters.ts'

/** Digest algorithms of GB/T 28181: MD5, and SM3 in 2022. */
export type DigestAlgorithm = 'MD5' | 'SM3'

/** Parameters of a `Digest …` header, names in small letters, quotes taken off. */
export type DigestParameters = Readonly<Record<string, string>>

const PARAMETER = /(?<![\w-])([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^\s,]*)/g

/** Reads WWW-Authenticate, Authorization or Note; `null` when the scheme is not Digest. */
export function readDigestParameters(value: string): DigestParameters | null {
  const match = /^\s*Digest\b([\s\S]*)$/i.exec(value)
  if (!match) return null
  const found: Record<string, string> = {}
  for (const [, name, text] of match[1]!.matchAll(PARAMETER)) found[name!.toLowerCase()] = unquote(text!)
  return found
}

/** The algorithm a header names, MD5 when none; `null` for one not known here. */
export function algorithmOf(parameters: DigestParameters): DigestAlgorithm | null {
  const name = (parameters['algorithm'] ?? 'MD5').toUpperCase()
  return name === 'MD5' || name === 'SM3' ? name : name === '' ? 'MD5' : null
}

/** What goes into a digest (RFC 2617 §3.2.2). */
export interface DigestInputs {
  readonly algorithm: DigestAlgorithm
  readonly user: string
  readonly realm: string
  readonly password: string
  readonly method: string
  readonly uri: string
  readonly nonce: string
  /** Of `qop=auth`; absent without qop. */
  readonly auth?: { readonly nc: string; readonly cnonce: string }
}

/** The response in small hexadecimal letters. Text goes in as UTF-8. */
export function digestResponse(it: DigestInputs): string {
  const hash = (text: string) => createHash(it.algorithm.toLowerCase()).update(text).digest('hex')
  const secret = hash(`${it.user}:${it.realm}:${it.password}`)
  const action = hash(`${it.method}:${it.uri}`)
  const middle = it.auth ? `${it.nonce}:${it.auth.nc}:${it.auth.cnonce}:auth` : it.nonce
  return hash(`${secret}:${middle}:${action}`)
}

export interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly algorithm?: DigestAlgorithm
  /** Offer `qop="auth"`. Old devices do not know it: left out by default. */
  readonly qop?: boolean
}

/** WWW-Authenticate of a 401. */
export function writeChallenge({ realm, nonce, algorithm = 'MD5', qop = false }: Challenge): string {
  const parts = [`realm=${quote(realm)}`, `nonce=${quote(nonce)}`, `algorithm=${algorithm}`]
  return `Digest ${[...parts, ...(qop ? ['qop="auth"'] : [])].join(', ')}`
}

export interface Credentials {
  readonly user: string
  readonly password: string
  readonly method: string
  /** As it stands in the request line. */
  readonly uri: string
  /** Fresh random text, used when the challenge offers qop. */
  readonly cnonce: string
}

/** Authorization that answers a WWW-Authenticate; `null` when it is no Digest, or of an algorithm not known here. */
export function answerChallenge(challenge: string, credentials: Credentials): string | null {
  const parameters = readDigestParameters(challenge)
  const algorithm = parameters && algorithmOf(parameters)
  if (!parameters || !algorithm) return null
  const { realm = '', nonce = '', opaque, qop } = parameters
  const { user, uri, cnonce } = credentials
  const hasAuth = (qop ?? '').split(',').some((it) => it.trim().toLowerCase() === 'auth')
  const auth = hasAuth ? { nc: '00000001', cnonce } : undefined
  const response = digestResponse({ ...credentials, algorithm, realm, nonce, ...(auth ? { auth } : {}) })
  const parts = [
    `username=${quote(user)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response=${quote(response)}`,
    `algorithm=${algorithm}`,
    ...(auth ? ['qop=auth', `nc=${auth.nc}`, `cnonce=${quote(cnonce)}`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ]
  return `Digest ${parts.join(', ')}`
}
