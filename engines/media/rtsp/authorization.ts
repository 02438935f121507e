import { createHash } from 'node:crypto'

/** Who asks, as a camera knows him. */
export interface RtspCredentials {
  readonly user: string
  readonly password: string
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/**
 * The `Authorization` that answers a challenge (RFC 2617 §3.2.2, §2): Digest with MD5 where it is offered, else Basic.
 *
 * @param challenge value of `WWW-Authenticate`; several may stand in it
 * @returns undefined where neither is offered
 */
export function authorizationFor(
  challenge: string,
  method: string,
  uri: string,
  { user, password }: RtspCredentials,
): string | undefined {
  const digest = /\bDigest\s+(.*)$/i.exec(challenge)?.[1]
  if (digest === undefined) {
    if (!/\bBasic\b/i.test(challenge)) return undefined
    return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  }
  const realm = parameter(digest, 'realm')
  const nonce = parameter(digest, 'nonce')
  const secret = md5(`${user}:${realm}:${password}`)
  const target = md5(`${method}:${uri}`)
  const common = `username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}"`
  if (!/\bqop\s*=\s*"?[^"]*\bauth\b/i.test(digest))
    return `Digest ${common}, response="${md5(`${secret}:${nonce}:${target}`)}"`
  // the counter need not grow while each answer has another nonce of ours
  const [count, ours] = ['00000001', md5(`${nonce}:${method}:${uri}`).slice(0, 16)]
  const response = md5(`${secret}:${nonce}:${count}:${ours}:auth:${target}`)
  return `Digest ${common}, qop=auth, nc=${count}, cnonce="${ours}", response="${response}"`
}

function parameter(challenge: string, name: string): string {
  return new RegExp(`\\b${name}\\s*=\\s*"([^"]*)"`, 'i').exec(challenge)?.[1] ?? ''
}
