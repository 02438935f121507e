/**
 * An object store for development and tests: speaks the part of the S3 protocol that stored files need, keeps objects
 * in memory, verifies every signature and every body's digest, and fails on request as real stores fail.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Credentials, refusalOf } from './signature.ts'

/** A fault that the next fitting request meets. */
export interface Fault {
  /**
   * `unavailable`: 503 · `broken`: 500 · `silent`: no answer · `cut`: the connection ends in the middle of the answer ·
   * `reset`: it ends before one · `garbled`: one byte of the content is another
   */
  readonly kind: 'unavailable' | 'broken' | 'silent' | 'cut' | 'reset' | 'garbled'
  readonly method: string
  /** How many requests meet it. */
  readonly times: number
}

interface Held {
  readonly content: Buffer
  readonly storedAt: Date
}

/** A running store of one bucket. */
export interface ObjectStoreSandbox {
  /** Address of the service, without the bucket. */
  readonly endpoint: string
  readonly objects: Map<string, Held>
  /** Method and path of each request, in order. */
  readonly requests: readonly string[]
  /** Uploads in parts that were begun and neither completed nor given up. */
  readonly openUploads: ReadonlyMap<string, unknown>
  fail(fault: Fault): void
  close(): Promise<void>
}

export interface SandboxOptions extends Credentials {
  readonly bucket: string
  readonly region: string
  /** 0 takes a free one. */
  readonly port?: number
  /** Objects on a page of a listing. */
  readonly pageSize?: number
}

const SMALLEST_PART = 5 * 1024 ** 2

class Refusal extends Error {
  readonly status: number
  constructor(status: number, code: string) {
    super(code)
    this.status = status
  }
}

const etagOf = (content: Buffer) => `"${createHash('md5').update(content).digest('hex')}"`

/** Start on loopback. The bucket may stand in the path, or before the host (`files.localhost`). */
export async function startObjectStoreSandbox(options: SandboxOptions): Promise<ObjectStoreSandbox> {
  const objects = new Map<string, Held>()
  const uploads = new Map<string, Map<number, Buffer>>()
  const requests: string[] = []
  const faults: { fault: Fault; left: number }[] = []

  const faultOf = (method: string): Fault['kind'] | null => {
    const waiting = faults.find((it) => it.left > 0 && it.fault.method === method)
    if (!waiting) return null
    waiting.left -= 1
    return waiting.fault.kind
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? ''
    requests.push(`${method} ${request.url}`)
    const body = await buffer(request)
    const fault = faultOf(method)
    if (fault === 'silent') return
    if (fault === 'reset') return void request.socket.destroy()
    if (fault === 'unavailable') throw new Refusal(503, 'SlowDown')
    if (fault === 'broken') throw new Refusal(500, 'InternalError')
    verify(options, request, body)
    const { key, query } = placeOf(options, request)
    if (method === 'GET' && key === '') return sendList(response, query)
    if (method === 'GET') return sendObject(response, found(key), fault)
    if (method === 'HEAD') return void response.writeHead(200, headOf(found(key))).end()
    if (method === 'POST') return sendUpload(response, key, query, body)
    if (method === 'DELETE') {
      if (query.has('uploadId')) uploads.delete(query.get('uploadId')!)
      else objects.delete(key)
      return void response.writeHead(204).end()
    }
    if (method !== 'PUT') throw new Refusal(405, 'MethodNotAllowed')
    const upload = query.get('uploadId')
    if (upload === null) objects.set(key, { content: body, storedAt: new Date() })
    else partsOf(upload).set(Number(query.get('partNumber')), body)
    response.writeHead(200, { etag: etagOf(body) }).end()
  }

  function found(key: string): Held {
    const held = objects.get(key)
    if (!held) throw new Refusal(404, 'NoSuchKey')
    return held
  }

  function partsOf(upload: string): Map<number, Buffer> {
    const parts = uploads.get(upload)
    if (!parts) throw new Refusal(404, 'NoSuchUpload')
    return parts
  }

  function sendUpload(response: ServerResponse, key: string, query: URLSearchParams, body: Buffer): void {
    const upload = query.get('uploadId')
    if (upload === null) {
      const id = `upload ${uploads.size + 1}+&`
      uploads.set(id, new Map())
      return void response.end(
        `<InitiateMultipartUploadResult><UploadId>${escapeXml(id)}</UploadId></InitiateMultipartUploadResult>`,
      )
    }
    const parts = partsOf(upload)
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>/g)]
    const contents = named.map(([, number, etag], index) => {
      const part = parts.get(Number(number))
      if (!part || etagOf(part) !== etag) throw new Refusal(400, 'InvalidPart')
      if (part.length < SMALLEST_PART && index < named.length - 1) throw new Refusal(400, 'EntityTooSmall')
      return part
    })
    uploads.delete(upload)
    objects.set(key, { content: Buffer.concat(contents), storedAt: new Date() })
    response.end('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>')
  }

  function sendList(response: ServerResponse, query: URLSearchParams): void {
    const after = query.get('continuation-token') ?? ''
    const keys = [...objects.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    const page = keys.slice(0, options.pageSize ?? 1_000)
    const entries = page.map((key) => {
      const { content, storedAt } = found(key)
      return `<Contents><Key>${escapeXml(key)}</Key><LastModified>${storedAt.toISOString()}</LastModified><ETag>${escapeXml(etagOf(content))}</ETag><Size>${content.length}</Size></Contents>`
    })
    const more = keys.length > page.length
    const token = more ? `<NextContinuationToken>${escapeXml(page.at(-1)!)}</NextContinuationToken>` : ''
    response.end(
      `<ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${entries.join('')}</ListBucketResult>`,
    )
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const status = error instanceof Refusal ? error.status : 500
      response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(request.method === 'HEAD' ? '' : `<Error><Code>${(error as Error).message}</Code></Error>`)
    })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    requests,
    openUploads: uploads,
    fail: (fault) => void faults.push({ fault, left: fault.times }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const headOf = ({ content, storedAt }: Held) => ({
  'content-length': content.length,
  'last-modified': storedAt.toUTCString(),
  etag: etagOf(content),
})

function sendObject(response: ServerResponse, held: Held, fault: Fault['kind'] | null): void {
  response.writeHead(200, headOf(held))
  if (fault === 'cut') {
    response.write(held.content.subarray(0, held.content.length >> 1), () => response.destroy())
    return
  }
  const content = Buffer.from(held.content)
  if (fault === 'garbled') content[content.length >> 1]! ^= 1
  response.end(content)
}

/** Signature and digest of what arrived. */
function verify(options: SandboxOptions, request: IncomingMessage, body: Buffer): void {
  const signed = { method: request.method ?? '', url: request.url ?? '', headers: request.headers }
  const refusal = refusalOf(signed, options, options.region, new Date())
  if (refusal) throw new Refusal(403, refusal)
  if (createHash('sha256').update(body).digest('hex') !== request.headers['x-amz-content-sha256'])
    throw new Refusal(400, 'XAmzContentSHA256Mismatch')
}

/** Key and query; the bucket is the first label of the host, or the first part of the path. */
function placeOf(options: SandboxOptions, request: IncomingMessage): { key: string; query: URLSearchParams } {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2)
  const parts = path.slice(1).split('/').map(decodeURIComponent)
  const inHost = request.headers.host?.startsWith(`${options.bucket}.`)
  if (!inHost && parts.shift() !== options.bucket) throw new Refusal(404, 'NoSuchBucket')
  return { key: parts.join('/'), query: new URLSearchParams(search.replaceAll('+', '%2B')) }
}

const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
