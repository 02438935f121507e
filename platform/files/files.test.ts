import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Actor, anonymous, newId, type Services } from '@hengjian/platform/context'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FileStore } from './file-store.ts'
import {
  addDownloadRoute,
  addUploadRoute,
  createFileStore,
  fileLink,
  folderStore,
  readUpload,
} from './index.ts'
import { openStream, sealStream } from './seal-stream.ts'
import { type FilesWorld, openFilesWorld } from './testing/world.ts'

let world: FilesWorld
let folder: string
let services: Services
let store: FileStore
let now = new Date('2026-03-02T01:00:00Z')

beforeAll(async () => {
  world = await openFilesWorld()
  world.setClock(now)
  ;({ folder, services } = world)
  store = createFileStore({
    objects: folderStore(join(folder, 'files')),
    temporaryFolder: join(folder, 'files/.tmp'),
    keys: services.keys,
    database: services.database,
  })
})
afterAll(() => world.close())

const put = (content: Buffer, maxBytes = 10_000_000) =>
  store.put(Readable.from([content]), { mediaType: 'text/plain', maxBytes })
const stored = () =>
  readdirSync(join(folder, 'files'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, 'files', name))
    .filter((path) => statSync(path).isFile())

test('PLT-30 equal contents are kept once, encrypted, and come back whole', async () => {
  const content = Buffer.concat([Buffer.from('身份证 450302198806151234 '), randomBytes(300_000)])
  const first = await put(content)
  const second = await put(content)
  expect(first.isNew).toBe(true)
  expect(second).toEqual({ ...first, isNew: false })
  expect(stored()).toHaveLength(1)
  expect(readFileSync(stored()[0]!).includes('450302198806151234')).toBe(false)
  expect(await buffer(store.read(first.digest))).toEqual(content)
  expect(await store.find(first.digest)).toEqual({
    digest: first.digest,
    bytes: content.length,
    mediaType: 'text/plain',
    scan: 'off',
    thumbnail: 'none',
  })
})

test('PLT-30 an upload that is too large leaves nothing behind', async () => {
  const before = stored().length
  await expect(put(randomBytes(200_000), 100_000)).rejects.toMatchObject({ code: 'files.file_too_large' })
  expect(stored()).toHaveLength(before)
})

test('PLT-30 a stored file that was altered or cut is refused before its bytes are handed out', async () => {
  const { digest } = await put(randomBytes(200_000))
  const path = stored().find((name) => name.endsWith(digest))!
  const whole = readFileSync(path)
  const altered = Buffer.from(whole)
  altered[100_000]! ^= 1
  writeFileSync(path, altered)
  const got: Buffer[] = []
  await expect(async () => {
    for await (const piece of store.read(digest)) got.push(piece as Buffer)
  }).rejects.toThrow(/altered/)
  expect(Buffer.concat(got).length).toBeLessThanOrEqual(65_536)
  writeFileSync(path, whole)
  truncateSync(path, 20 + 65_536 + 16)
  await expect(buffer(store.read(digest))).rejects.toThrow(/altered/)
})

test('sealing gives back every length, however the bytes come in', async () => {
  const key = randomBytes(32)
  for (const length of [0, 1, 65_535, 65_536, 65_537, 131_072, 200_001]) {
    const content = randomBytes(length)
    const sealed = await buffer(
      Readable.from(sealStream(key, Readable.from([content.subarray(0, 7), content.subarray(7)]))),
    )
    for (const size of [1_000, 65_552, 1_000_000]) {
      const parts = Array.from({ length: Math.ceil(sealed.length / size) }, (_, i) =>
        sealed.subarray(i * size, (i + 1) * size),
      )
      const opened = openStream(key, Readable.from(parts))
      expect((await buffer(Readable.from(opened))).equals(content), `${length} in parts of ${size}`).toBe(
        true,
      )
    }
  }
})

test('PLT-30 uploads stream in; links are signed, end after five minutes, and fit no other file', async () => {
  const actor: Actor = { ...anonymous, kind: 'user', id: newId(), permissions: new Set(['test.upload']) }
  const app: FastifyInstance = Fastify()
  app.addHook('onRequest', async (request) => {
    request.actor = request.headers['x-test'] === 'nobody' ? anonymous : actor
  })
  addUploadRoute(app, services, store, {
    path: '/api/uploads',
    permission: 'test.upload',
    maxBytes: 1_000_000,
  })
  addDownloadRoute(app, services, store)
  const content = randomBytes(150_000)
  const send = (headers: Record<string, string> = {}) =>
    app.inject({
      method: 'PUT',
      url: '/api/uploads?name=%E6%A1%A3%E6%A1%88.csv',
      headers: { 'content-type': 'text/csv', ...headers },
      payload: content,
    })
  const answer = await send()
  expect(answer.statusCode).toBe(200)
  const { upload, bytes, digest } = answer.json<{ upload: string; bytes: number; digest: string }>()
  expect(bytes).toBe(content.length)
  expect(readUpload(services, actor, upload)).toEqual({ digest, bytes, name: '档案.csv', actorId: actor.id })
  expect(() => readUpload(services, { ...actor, id: newId() }, upload)).toThrow()
  expect((await send({ 'x-test': 'nobody' })).statusCode).toBe(401)

  const link = fileLink(services, { digest, name: '档案.csv' })
  const got = await app.inject({ method: 'GET', url: link })
  expect(got.rawPayload.equals(content)).toBe(true)
  expect(got.headers['content-disposition']).toBe("attachment; filename*=UTF-8''%E6%A1%A3%E6%A1%88.csv")
  const [body, signature] = link.split('/').at(-1)!.split('.') as [string, string]
  const forged = Buffer.from(
    Buffer.from(body, 'base64url').toString().replace(digest, '0'.repeat(64)),
  ).toString('base64url')
  expect((await app.inject({ method: 'GET', url: `/api/files/${forged}.${signature}` })).statusCode).toBe(403)
  // a receipt is no link
  expect((await app.inject({ method: 'GET', url: `/api/files/${upload}` })).statusCode).toBe(403)
  now = new Date(now.getTime() + 6 * 60_000)
  world.setClock(now)
  expect((await app.inject({ method: 'GET', url: link })).statusCode).toBe(403)
  await app.close()
})
