/** Objects in a bucket of an object store that speaks the S3 protocol: AWS, MinIO, OBS, OSS and others. */
import { stat } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { S3Settings } from '@hengjian/platform/config'
import type { ObjectStore, StoredObject } from './object-store.ts'
import { type FilePart, type S3Options, S3Refusal, type S3Send, s3Sender } from './s3-request.ts'

export interface S3StoreOptions extends S3Options {
  /** Files longer than this go in parts of this size; at least 5 MiB, for the protocol takes no smaller part. */
  readonly partBytes?: number
}

/** One request may carry 5 GiB, an upload 10,000 parts: 64 MiB a part leaves room up to 640 GB. */
const PART_BYTES = 64 * 1024 ** 2

/** Objects of a bucket. Faults of the network and of the store are `StorageUnavailable`, after some attempts. */
export function s3Store(settings: S3Settings, options: S3StoreOptions = {}): ObjectStore {
  const send = s3Sender(settings, options)
  const partBytes = options.partBytes ?? PART_BYTES
  const nameOf = (key: string) => `${settings.prefix}${key}`
  return {
    async has(key) {
      const response = await send({ method: 'HEAD', key: nameOf(key) }, [404])
      response.resume()
      return response.statusCode !== 404
    },
    async read(key) {
      const response = await send({ method: 'GET', key: nameOf(key) }, [404])
      if (response.statusCode !== 404) return response
      response.resume()
      return null
    },
    async put(key, path) {
      const { size } = await stat(path)
      const whole: FilePart = { path, start: 0, bytes: size }
      if (size > partBytes) await putInParts(send, nameOf(key), whole, partBytes)
      else (await send({ method: 'PUT', key: nameOf(key), body: whole })).resume()
    },
    async remove(key) {
      ;(await send({ method: 'DELETE', key: nameOf(key) }, [404])).resume()
    },
    list: () => listAll(send, settings.prefix),
  }
}

/** A long file in parts; it appears when the last step is done, else its parts are given up. */
async function putInParts(send: S3Send, key: string, file: FilePart, partBytes: number): Promise<void> {
  const begun = await text(await send({ method: 'POST', key, query: { uploads: '' } }))
  const uploadId = textOf(begun, 'UploadId')
  if (!uploadId) throw new S3Refusal(`POST ${key}: the answer names no upload`)
  try {
    const parts: string[] = []
    for (let start = 0; start < file.bytes; start += partBytes) {
      const number = parts.length + 1
      const response = await send({
        method: 'PUT',
        key,
        query: { partNumber: String(number), uploadId },
        body: { path: file.path, start, bytes: Math.min(partBytes, file.bytes - start) },
      })
      response.resume()
      parts.push(`<Part><PartNumber>${number}</PartNumber><ETag>${response.headers.etag}</ETag></Part>`)
    }
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
    const done = await text(await send({ method: 'POST', key, query: { uploadId }, body }))
    // the protocol lets this step fail behind a status of 200
    if (done.includes('<Error>')) throw new S3Refusal(`POST ${key}: ${textOf(done, 'Code')}`)
  } catch (error) {
    await send({ method: 'DELETE', key, query: { uploadId } }, [404]).then(
      (response) => response.resume(),
      // the store's own rule for unfinished uploads takes them
      () => {},
    )
    throw error
  }
}

async function* listAll(send: S3Send, prefix: string): AsyncGenerator<StoredObject> {
  for (let token = ''; ; ) {
    const page = await text(
      await send({
        method: 'GET',
        key: '',
        query: { 'list-type': '2', prefix, ...(token ? { 'continuation-token': token } : {}) },
      }),
    )
    for (const [, entry = ''] of page.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g))
      yield {
        key: textOf(entry, 'Key').slice(prefix.length),
        bytes: Number(textOf(entry, 'Size')),
      }
    if (textOf(page, 'IsTruncated') !== 'true') return
    token = textOf(page, 'NextContinuationToken')
  }
}

/** Text of the first element `name`. Enough XML for answers whose form the protocol fixes. */
function textOf(document: string, name: string): string {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(document)?.[1] ?? ''
  return found.replace(/&(lt|gt|quot|apos|amp);/g, (_, code: string) => ENTITIES[code] ?? '')
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
