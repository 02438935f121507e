import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { S3Settings } from '@hengjian/platform/config'
import { loadKeys } from '@hengjian/platform/crypto'
import { type Database, openDatabase } from '@hengjian/platform/db'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import { type ObjectStoreSandbox, startObjectStoreSandbox } from '@hengjian/sandbox-object-store'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createFileStore, type FileStore, s3Store } from './index.ts'
import type { ObjectStore } from './object-store.ts'

const TIMING = { idleMs: 500, pausesMs: [10, 10] }
const PART = 5 * 1024 ** 2

let folder: string
let sandbox: ObjectStoreSandbox
let settings: S3Settings
let objects: ObjectStore
let place: TestDatabase
let database: Database
let files: FileStore

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hengjian-s3-'))
  const account = { accessKey: 'HENGJIAN', secretKey: 'a secret / of + many = signs' }
  sandbox = await startObjectStoreSandbox({
    ...account,
    ...{ bucket: 'files', region: 'cn-north-4', pageSize: 2 },
  })
  settings = {
    ...account,
    ...{ endpoint: sandbox.endpoint, bucket: 'files', region: 'cn-north-4', style: 'path', prefix: 'hj/' },
  }
  objects = s3Store(settings, { timing: TIMING, partBytes: PART })
  place = await createTestDatabase()
  database = openDatabase(place.appUrl, { max: 2 })
  files = createFileStore({
    objects,
    temporaryFolder: join(folder, 'incoming'),
    keys: loadKeys(folder),
    database,
  })
})
afterAll(async () => {
  await database.close()
  await place.drop()
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  sandbox.objects.clear()
})

/** A local file that may be moved away. */
function localFile(content: Buffer): string {
  const path = join(folder, `part-${randomBytes(4).toString('hex')}`)
  writeFileSync(path, content)
  return path
}
const put = (content: Buffer) =>
  files.put(Readable.from([content]), { mediaType: 'text/csv', maxBytes: 100_000_000 })

test('PLT-30 files lie in a bucket as they lie in a folder: by content, once, sealed, verified', async () => {
  const content = Buffer.concat([Buffer.from('身份证 450302198806151234 '), randomBytes(200_000)])
  const first = await put(content)
  const second = await put(content)
  expect([first.isNew, second.isNew, second.digest]).toEqual([true, false, first.digest])
  const { digest } = first
  expect([...sandbox.objects.keys()]).toEqual([`hj/${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`])
  const [held] = sandbox.objects.values()
  expect(held!.content.includes('450302198806151234')).toBe(false)
  expect((await buffer(files.read(digest))).equals(content)).toBe(true)
  await files.discard(digest)
  expect(await files.has(digest)).toBe(false)
  await expect(buffer(files.read(digest))).rejects.toMatchObject({ code: 'files.file_not_found' })
})

test('PLT-30 a listing goes through all pages in the order of keys', async () => {
  const digests: string[] = []
  for (let number = 0; number < 5; number++) digests.push((await put(Buffer.from(`file ${number}`))).digest)
  await objects.put('thumbnails/x', localFile(Buffer.from('x')))
  const listed = await Array.fromAsync(files.list())
  expect(listed.map(({ digest }) => digest)).toEqual(digests.sort())
  expect(listed.map(({ bytes }) => bytes)).toEqual([6, 6, 6, 6, 6])
})

test('PLT-30 a long file goes in parts, and appears whole or not at all', async () => {
  const content = randomBytes(2 * PART + 1_000)
  const { digest } = await put(content)
  expect((await buffer(files.read(digest))).equals(content)).toBe(true)
  expect(sandbox.openUploads.size).toBe(0)

  sandbox.objects.clear()
  sandbox.fail({ kind: 'broken', method: 'PUT', times: 3 })
  await expect(objects.put('aa/bb/long', localFile(content))).rejects.toThrow('500 InternalError')
  expect([sandbox.objects.size, sandbox.openUploads.size]).toEqual([0, 0])
})

test.each(['unavailable', 'broken', 'silent', 'reset'] as const)(
  'PLT-30 a store that is %s for a while is asked again; for long, the caller is told so',
  async (kind) => {
    const content = Buffer.from(`content of ${kind}`)
    sandbox.fail({ kind, method: 'PUT', times: 2 })
    const { digest } = await put(content)
    sandbox.fail({ kind, method: 'GET', times: 2 })
    expect((await buffer(files.read(digest))).equals(content)).toBe(true)

    sandbox.fail({ kind, method: 'GET', times: 3 })
    await expect(buffer(files.read(digest))).rejects.toMatchObject({
      code: 'files.storage_unavailable',
      status: 503,
    })
    sandbox.fail({ kind, method: 'PUT', times: 3 })
    await expect(put(Buffer.from(`other content of ${kind}`))).rejects.toMatchObject({ status: 503 })
  },
)

test('PLT-30 an answer cut in the middle, or with a changed byte, hands out nothing unverified', async () => {
  const content = randomBytes(300_000)
  const { digest } = await put(content)
  for (const kind of ['cut', 'garbled'] as const) {
    sandbox.fail({ kind, method: 'GET', times: 1 })
    const got: Buffer[] = []
    const reading = (async () => {
      for await (const piece of files.read(digest)) got.push(piece as Buffer)
    })()
    await expect(reading, kind).rejects.toThrow()
    const read = Buffer.concat(got)
    expect(read.length, kind).toBeLessThan(content.length)
    expect(read.equals(content.subarray(0, read.length)), kind).toBe(true)
  }
  // another sealed file in its place is whole in itself, and not what the address says
  const other = await put(randomBytes(1_000))
  const keys = [...sandbox.objects.keys()]
  const keyOf = (it: string) => keys.find((key) => key.endsWith(it))!
  sandbox.objects.set(keyOf(digest), sandbox.objects.get(keyOf(other.digest))!)
  await expect(buffer(files.read(digest))).rejects.toThrow('the content is not what its address says')
})

test('PLT-30 wrong keys, another region, a bucket that is not there are refused at once and by name', async () => {
  const ask = (changed: Partial<S3Settings>) =>
    s3Store({ ...settings, ...changed }, { timing: TIMING }).has('aa')
  const before = sandbox.requests.length
  await expect(ask({ secretKey: 'wrong' })).rejects.toThrow('403')
  await expect(ask({ region: 'us-east-1' })).rejects.toThrow('403')
  expect(sandbox.requests.length).toBe(before + 2)
  const list = Array.fromAsync(s3Store({ ...settings, secretKey: 'wrong' }).list())
  await expect(list).rejects.toThrow('SignatureDoesNotMatch')
  const elsewhere = s3Store({ ...settings, bucket: 'nothing' }).put('aa', localFile(Buffer.from('x')))
  await expect(elsewhere).rejects.toThrow('404 NoSuchBucket')
})

test('PLT-30 the bucket may stand before the host', async () => {
  const url = new URL(sandbox.endpoint)
  const hosted = s3Store(
    { ...settings, endpoint: `http://objects.test:${url.port}`, style: 'virtual-host' },
    {
      timing: TIMING,
      lookup: (_host, options, answer) => answer(null, options.all ? [LOOPBACK] : '127.0.0.1', 4),
    },
  )
  await hosted.put('aa/bb/x', localFile(Buffer.from('content')))
  expect([...sandbox.objects.keys()]).toEqual(['hj/aa/bb/x'])
  expect(sandbox.requests.at(-1)).toBe('PUT /hj/aa/bb/x')
  expect(await buffer((await hosted.read('aa/bb/x'))!)).toEqual(Buffer.from('content'))
})
const LOOPBACK = { address: '127.0.0.1', family: 4 }

test('PLT-30 a reader who takes his time is not taken for a silent store', async () => {
  const content = randomBytes(6_000_000)
  await objects.put('aa/bb/slow', localFile(content))
  const stream = (await objects.read('aa/bb/slow'))!
  let read = 0
  for await (const piece of stream as AsyncIterable<Buffer>) {
    // far longer than the store may be silent, while the rest waits to be read
    if (read === 0) await new Promise((resolve) => setTimeout(resolve, 4 * TIMING.idleMs))
    read += piece.length
  }
  expect(read).toBe(content.length)
})
