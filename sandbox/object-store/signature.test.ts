import { expect, test } from 'vitest'
import { refusalOf, signatureOf } from './signature.ts'

// Published examples: AWS, "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)"
const credentials = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const SCOPE = '20130524/us-east-1/s3/aws4_request'
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const base = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z' }

const examples: [string, Parameters<typeof signatureOf>[0], string][] = [
  [
    'GET of an object',
    {
      method: 'GET',
      url: '/test.txt',
      headers: { ...base, range: 'bytes=0-9', 'x-amz-content-sha256': EMPTY },
    },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'PUT of an object',
    {
      method: 'PUT',
      url: '/test$file.text',
      headers: {
        ...base,
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    'GET of a listing',
    { method: 'GET', url: '/?max-keys=2&prefix=J', headers: { ...base, 'x-amz-content-sha256': EMPTY } },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
]

test.each(examples)('PLT-30 the published signature of a %s is reproduced', (_name, request, signature) => {
  expect(signatureOf(request, Object.keys(request.headers).sort(), SCOPE, credentials.secretKey)).toBe(
    signature,
  )
})

test('PLT-30 a signature that is missing, of another key, late, or of another request is refused', () => {
  const [, request, signature] = examples[0]!
  const names = Object.keys(request.headers).sort().join(';')
  const signedBy = (accessKey: string, changed: object = {}, value = signature) => ({
    ...request,
    ...changed,
    headers: {
      ...request.headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${SCOPE}, SignedHeaders=${names}, Signature=${value}`,
    },
  })
  const then = new Date('2013-05-24T00:01:00Z')
  const ask = (it: Parameters<typeof refusalOf>[0], now = then) =>
    refusalOf(it, credentials, 'us-east-1', now)
  const good = signedBy(credentials.accessKey)
  expect(ask(good)).toBeNull()
  expect(ask(request)).toBe('AccessDenied')
  expect(ask(signedBy('AKIAOTHER'))).toBe('InvalidAccessKeyId')
  expect(ask(signedBy(credentials.accessKey, { url: '/other.txt' }))).toBe('SignatureDoesNotMatch')
  expect(ask(signedBy(credentials.accessKey, { method: 'DELETE' }))).toBe('SignatureDoesNotMatch')
  expect(ask(good, new Date('2013-05-24T00:16:00Z'))).toBe('RequestTimeTooSkewed')
  expect(refusalOf(good, credentials, 'cn-north-4', then)).toBe('AuthorizationHeaderMalformed')
  const withUnsigned = { ...good, headers: { ...good.headers, 'x-amz-acl': 'public-read' } }
  expect(ask(withUnsigned)).toBe('AccessDenied')
})
