/** Signed requests to an object store (S3 protocol, Signature Version 4), tried again where that may help. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { S3Settings } from '@hengjian/platform/config'
import { AwsV4Signer } from 'aws4fetch'
import { StorageUnavailable } from './object-store.ts'

/** Part of a local file that is sent as a body. */
export interface FilePart {
  readonly path: string
  readonly start: number
  readonly bytes: number
}

/** A request about the bucket (`key` empty) or one object. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: string | FilePart
}

/** Sends a request; answers a response of status 2xx, or of 404 where the caller asks for it. */
export type S3Send = (request: S3Request, accept?: readonly number[]) => Promise<IncomingMessage>

export interface S3Timing {
  /** Silence of the other side after which a request counts as failed. */
  readonly idleMs: number
  /** Pauses before each further attempt. */
  readonly pausesMs: readonly number[]
}

export interface S3Options {
  readonly timing?: S3Timing
  /** How the host's address is found; by default as the system does. */
  readonly lookup?: LookupFunction
}

const TIMING: S3Timing = { idleMs: 30_000, pausesMs: [200, 1_000, 4_000] }

/** Statuses of a store that may serve later. */
const PASSING = new Set([408, 429, 500, 502, 503, 504])

/** Requests to one bucket. @throws StorageUnavailable after the last attempt; Error when the store refuses */
export function s3Sender(settings: S3Settings, { timing = TIMING, lookup }: S3Options): S3Send {
  const isHttps = settings.endpoint.startsWith('https:')
  const kept = { keepAlive: true, ...(lookup ? { lookup } : {}) }
  const agent = isHttps ? new HttpsAgent(kept) : new HttpAgent(kept)
  const start = isHttps ? requestHttps : requestHttp

  async function attempt(it: S3Request): Promise<IncomingMessage> {
    const url = addressOf(settings, it)
    const sha256 = await sha256Of(it.body)
    const signer = new AwsV4Signer({
      method: it.method,
      url: url.href,
      headers: { 'x-amz-content-sha256': sha256 },
      accessKeyId: settings.accessKey,
      secretAccessKey: settings.secretKey,
      service: 's3',
      region: settings.region,
    })
    const signed = await signer.sign()
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const request = start(url, {
      agent,
      method: it.method,
      timeout: timing.idleMs,
      headers: { ...Object.fromEntries(signed.headers), 'content-length': lengthOf(it.body) },
    })
    let response: IncomingMessage | undefined
    request.once('error', reject)
    request.once('response', (answer) => {
      response = answer
      resolve(answer)
    })
    request.on('timeout', () => {
      // a reader who takes his time is not the store's silence
      if (response && response.readableLength > 0) return
      const silent = new Error(`silent for ${timing.idleMs} ms`)
      response?.destroy(silent)
      request.destroy(silent)
    })
    if (it.body === undefined || typeof it.body === 'string') request.end(it.body)
    else pipeline(fileStream(it.body), request).catch(reject)
    return promise
  }

  return async (it, accept = []) => {
    let fault = ''
    for (const wait of [...timing.pausesMs, null]) {
      try {
        const response = await attempt(it)
        const status = response.statusCode ?? 0
        if ((status >= 200 && status < 300) || accept.includes(status)) return response
        fault = `${status} ${codeOf(await text(response))}`
        if (!PASSING.has(status)) throw new S3Refusal(`${it.method} ${it.key || 'bucket'}: ${fault}`)
      } catch (error) {
        if (error instanceof S3Refusal) throw error
        fault = (error as Error).message
      }
      if (wait !== null) await pause(wait)
    }
    throw new StorageUnavailable(`object store: ${it.method} ${it.key || 'bucket'}: ${fault}`)
  }
}

/** The object store understood and refused: wrong keys, no such bucket, an object that did not arrive as it was signed. */
export class S3Refusal extends Error {}

/** Address of a bucket or object: bucket in the path, or before the host. */
function addressOf(settings: S3Settings, { key, query }: S3Request): URL {
  const url = new URL(settings.endpoint)
  const folder = url.pathname.replace(/\/$/, '')
  if (settings.style === 'virtual-host') url.host = `${settings.bucket}.${url.host}`
  const bucket = settings.style === 'path' ? `/${settings.bucket}` : ''
  url.pathname = `${folder}${bucket}/${key}`
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
  // a space is %20 where signatures are checked
  url.search = url.search.replaceAll('+', '%20')
  return url
}

const fileStream = ({ path, start, bytes }: FilePart) =>
  createReadStream(path, { start, end: start + bytes - 1 })

const lengthOf = (body: string | FilePart | undefined): number =>
  typeof body === 'object' ? body.bytes : Buffer.byteLength(body ?? '')

/** The store compares what arrives with this digest, which the signature covers. */
async function sha256Of(body: string | FilePart | undefined): Promise<string> {
  const hash = createHash('sha256')
  if (typeof body === 'object') for await (const piece of fileStream(body)) hash.update(piece as Buffer)
  else hash.update(body ?? '')
  return hash.digest('hex')
}

/** `<Code>` of an error document, which names the reason and holds nothing secret. */
const codeOf = (document: string): string => /<Code>([\w.]{1,80})<\/Code>/.exec(document)?.[1] ?? ''
