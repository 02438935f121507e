/**
 * AWS Signature Version 4 as the receiving side computes it, from the request as it arrived. Written from the public
 * description and independent of what the product signs with, so that the two prove each other.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** What of a request a signature covers. */
export interface SignedRequest {
  readonly method: string
  /** Path and query as they came on the line. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Credentials {
  readonly accessKey: string
  readonly secretKey: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest()
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Percent-encoding of RFC 3986: everything but letters, digits, `-_.~`. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`)

/** The request in the one form that both sides sign. */
function canonicalRequest({ method, url, headers }: SignedRequest, signedHeaders: readonly string[]): string {
  const [path = '', query = ''] = url.split('?', 2)
  const pairs = query
    .split('&')
    .filter(Boolean)
    .map((pair) => pair.split('=', 2).map((part) => encode(decodeURIComponent(part))))
    .map(([name = '', value = '']) => [name, value] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
  return [
    method,
    path
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    pairs.map(([name, value]) => `${name}=${value}`).join('&'),
    ...signedHeaders.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/\s+/g, ' ')}`,
    ),
    '',
    signedHeaders.join(';'),
    String(headers['x-amz-content-sha256'] ?? ''),
  ].join('\n')
}

/** The signature that a request must carry, in hex. `scope`: `20130524/us-east-1/s3/aws4_request`. */
export function signatureOf(
  request: SignedRequest,
  signedHeaders: readonly string[],
  scope: string,
  secretKey: string,
): string {
  const text = [
    ALGORITHM,
    String(request.headers['x-amz-date'] ?? ''),
    scope,
    sha256(canonicalRequest(request, signedHeaders)),
  ].join('\n')
  const key = scope
    .split('/')
    .reduce((before: Buffer | string, part) => hmac(before, part), `AWS4${secretKey}`)
  return hmac(key as Buffer, text).toString('hex')
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8}\/[^/]+\/s3\/aws4_request), ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/

const MINUTE_MS = 60_000

/** Why a request is refused, as an S3 error code; null when its signature stands. `region` must be the store's. */
export function refusalOf(
  request: SignedRequest,
  credentials: Credentials,
  region: string,
  now: Date,
): string | null {
  const found = AUTHORIZATION.exec(String(request.headers['authorization'] ?? ''))
  if (!found) return 'AccessDenied'
  const [, accessKey = '', scope = '', names = '', given = ''] = found
  if (accessKey !== credentials.accessKey) return 'InvalidAccessKeyId'
  const [day, ofRegion] = scope.split('/')
  const date = String(request.headers['x-amz-date'] ?? '')
  const instant = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (ofRegion !== region || !date.startsWith(String(day))) return 'AuthorizationHeaderMalformed'
  if (!(Math.abs(now.getTime() - instant) <= 15 * MINUTE_MS)) return 'RequestTimeTooSkewed'
  const signedHeaders = names.split(';')
  const mustSign = ['host', ...Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'))]
  if (!mustSign.every((name) => signedHeaders.includes(name))) return 'AccessDenied'
  const expected = signatureOf(request, signedHeaders, scope, credentials.secretKey)
  return timingSafeEqual(Buffer.from(given), Buffer.from(expected)) ? null : 'SignatureDoesNotMatch'
}
