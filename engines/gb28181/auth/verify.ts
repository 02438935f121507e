import { timingSafeEqual } from 'node:crypto'
import {
  algorithmOf,
  type DigestAlgorithm,
  type DigestParameters,
  digestResponse,
  readDigestParameters,
} from './digest.ts'

/** Parts of a digest in which two sides can differ. */
export type DigestPart = 'user' | 'realm' | 'uri' | 'password'

export interface DigestCheck {
  /** Value of Authorization. */
  readonly authorization: string
  readonly method: string
  /** Address in the request line. Not what counts (pain 1), but what some devices compute with. */
  readonly requestUri: string
  /** The user name this device is to have: its id, as a rule. */
  readonly user: string
  /** Realm of our challenge. */
  readonly realm: string
  readonly password: string
  /** Earlier passwords, to tell that a device still uses one. */
  readonly formerPasswords?: readonly string[]
}

/** Why a digest does not hold. */
export type DigestRefusal =
  /** No Digest header, or without nonce or response. */
  | 'unreadable'
  /** Neither MD5 nor SM3. */
  | 'algorithm'
  /** The password is right, but for another user than this device’s. */
  | 'other-user'
  /** An earlier password, or none. */
  | 'old-password'
  /** Nothing tried explains the response: the password differs, as far as can be known. */
  | 'password'

export type DigestVerdict =
  /** `differs`: what the device wrote or computed otherwise than expected, worth showing; the password is proven. */
  | { readonly ok: true; readonly differs: readonly DigestPart[] }
  | {
      readonly ok: false
      readonly refusal: DigestRefusal
      readonly differs: readonly DigestPart[]
      /** Chinese, for the user. */
      readonly zh: string
    }

const WORDS: Record<DigestRefusal, string> = {
  unreadable: '设备未按摘要方式应答认证',
  algorithm: '设备使用的摘要算法不受支持（支持 MD5、SM3）',
  'other-user': '设备填写的用户名与其编码不一致',
  'old-password': '设备仍在使用旧密码或空密码',
  password: '密码不一致',
}

/**
 * Judges an Authorization: the response is computed with what the device itself wrote for user, realm and uri, `qop`
 * absent or `auth` (pain 1). Where that does not hold, other readings are tried, to tell which part differs: a device that
 * says one realm or uri and computes with another has proven the password all the same. Whether the nonce is ours is the
 * caller's to ask (`checkNonce`).
 */
export function verifyDigest(check: DigestCheck): DigestVerdict {
  const said = readDigestParameters(check.authorization)
  if (!said?.['nonce'] || !said['response']) return refuse('unreadable', [])
  const algorithm = algorithmOf(said)
  if (!algorithm) return refuse('algorithm', [])
  const found = explain(check, said, algorithm)
  const isOtherUser = (said['username'] ?? '') !== check.user
  const isOtherRealm = (said['realm'] ?? '') !== check.realm
  const named: DigestPart[] = [
    ...(isOtherUser ? ['user' as const] : []),
    ...(isOtherRealm ? ['realm' as const] : []),
  ]
  const differs = [...new Set([...named, ...(found?.differs ?? (['password'] as const))])]
  if (!found) return refuse('password', differs)
  if (found.differs.includes('password')) return refuse('old-password', differs)
  return isOtherUser ? refuse('other-user', differs) : { ok: true, differs }
}

function refuse(refusal: DigestRefusal, differs: readonly DigestPart[]): DigestVerdict {
  return { ok: false, refusal, differs, zh: WORDS[refusal] }
}

interface Reading {
  user: string
  realm: string
  uri: string
  password: string
  differs: DigestPart[]
}

/** The first reading, nearest to what was said, under which the response holds. */
function explain(check: DigestCheck, said: DigestParameters, algorithm: DigestAlgorithm): Reading | null {
  const { nonce = '', response = '', nc, cnonce, qop } = said
  const auth = qop?.toLowerCase() === 'auth' && nc && cnonce ? { nc, cnonce } : undefined
  const { method } = check
  return (
    readings(check, said).find((it) =>
      isSame(digestResponse({ ...it, algorithm, method, nonce, ...(auth ? { auth } : {}) }), response),
    ) ?? null
  )
}

function readings(check: DigestCheck, said: DigestParameters): Reading[] {
  const all: Reading[] = []
  const users = [...new Set([said['username'] ?? '', check.user])]
  const realms = [...new Set([said['realm'] ?? '', check.realm])]
  const uris = [...new Set([said['uri'] ?? '', check.requestUri])]
  const passwords = [...new Set([check.password, ...(check.formerPasswords ?? []), ''])]
  for (const password of passwords)
    for (const [u, user] of users.entries())
      for (const [r, realm] of realms.entries())
        for (const [i, uri] of uris.entries()) {
          const differs: DigestPart[] = []
          if (u > 0) differs.push('user')
          if (r > 0) differs.push('realm')
          if (i > 0) differs.push('uri')
          if (password !== check.password) differs.push('password')
          all.push({ user, realm, uri, password, differs })
        }
  return all
}

function isSame(expected: string, given: string): boolean {
  const a = Buffer.from(expected)
  const b = Buffer.from(given.toLowerCase())
  return a.length === b.length && timingSafeEqual(a, b)
}
