import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ScannerSettings } from '@hengjian/platform/config'
import { type Actor, anonymous, newId } from '@hengjian/platform/context'
import { type ClamdSandbox, eicar, startClamdSandbox } from '@hengjian/sandbox-clamd'
import Fastify from 'fastify'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { addUploadRoute, createFileStore, type FileStore, fileJobs, folderStore } from './index.ts'
import { clamdScanner } from './scanner.ts'
import { type FilesWorld, openFilesWorld } from './testing/world.ts'

const TIMING = { connectMs: 1_500, idleMs: 1_500 }
let world: FilesWorld
let clamd: ClamdSandbox
let folder: string

beforeAll(async () => {
  world = await openFilesWorld()
  folder = mkdtempSync(join(tmpdir(), 'hengjian-clamd-'))
  clamd = await startClamdSandbox({ path: join(folder, 'clamd.ctl'), largest: 1_000_000 })
})
afterAll(async () => {
  await clamd.close()
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})
afterEach(() => clamd.behave('well'))

const storeWith = (
  address: string,
  whenUnreachable: ScannerSettings['whenUnreachable'] = 'refuse',
): FileStore =>
  createFileStore({
    objects: folderStore(join(world.folder, 'files')),
    temporaryFolder: join(world.folder, 'incoming'),
    keys: world.services.keys,
    database: world.services.database,
    scanner: clamdScanner({ address, whenUnreachable }, TIMING),
  })
const put = (store: FileStore, ...pieces: Buffer[]) =>
  store.put(Readable.from(pieces), { mediaType: 'text/csv', maxBytes: 10_000_000 })

test('PLT-30 an upload is accepted when the scanner has heard all of it, by socket and by TCP', async () => {
  const overTcp = await startClamdSandbox()
  for (const sandbox of [clamd, overTcp]) {
    const store = storeWith(sandbox.address)
    const { digest, scan } = await put(store, Buffer.from(`by ${sandbox.address}`), Buffer.alloc(0))
    expect([scan, (await store.find(digest)).scan, sandbox.scanned]).toEqual(['clean', 'clean', 1])
  }
  await overTcp.close()
})

test('PLT-30 a file with a virus is refused, whatever pieces it comes in, and leaves nothing', async () => {
  const store = storeWith(clamd.address)
  const content = Buffer.concat([Buffer.alloc(70_000, 'x'), eicar()])
  const cut = content.length - 30
  for (const pieces of [[content], [content.subarray(0, cut), content.subarray(cut)]])
    await expect(put(store, ...pieces)).rejects.toMatchObject({
      ...{ code: 'files.file_infected', status: 422, detail: 'Eicar-Test-Signature' },
    })
  expect(await readdir(join(world.folder, 'incoming'))).toEqual([])
  expect(await Array.fromAsync(store.list())).not.toContainEqual(
    expect.objectContaining({ bytes: content.length }),
  )
})

test.each([
  ['is not there', `unix:/nonexistent/clamd.ctl`, 'well'],
  ['says nothing', null, 'silent'],
] as const)(
  'PLT-30 with a scanner that %s, uploads are refused or marked, as configured',
  async (_, address, as) => {
    clamd.behave(as)
    const content = Buffer.from(`for a scanner: ${address} ${as}`)
    const refusing = storeWith(address ?? clamd.address)
    await expect(put(refusing, content)).rejects.toMatchObject({
      ...{ code: 'files.scanner_unavailable', status: 503 },
    })
    const accepting = storeWith(address ?? clamd.address, 'accept')
    const { digest, scan } = await put(accepting, content)
    expect(scan).toBe('unscanned')
    clamd.behave('well')
    // handed in again while the scanner answers, it is known to be clean
    expect((await put(storeWith(clamd.address), content)).scan).toBe('clean')
    expect((await put(accepting, content)).scan).toBe('clean')
    expect((await accepting.find(digest)).scan).toBe('clean')
  },
)

test('PLT-30 a file too long for the scanner counts as not scanned', async () => {
  const long = Buffer.alloc(2_000_000, 'y')
  await expect(put(storeWith(clamd.address), long)).rejects.toMatchObject({
    code: 'files.scanner_unavailable',
  })
  expect((await put(storeWith(clamd.address, 'accept'), long)).scan).toBe('unscanned')
})

test('PLT-30 what was accepted unscanned is scanned later; what is found then is not handed out', async () => {
  const store = storeWith(clamd.address, 'accept')
  clamd.behave('silent')
  const bad = await put(store, Buffer.from('later '), eicar())
  const good = await put(store, Buffer.from('later good'))
  clamd.behave('well')
  const rescan = fileJobs({ files: store, references: [], graceDays: async () => 7 }).find(
    ({ definition }) => definition.name === 'files.rescan',
  )!
  await rescan.run(world.job(), {})
  expect([(await store.find(bad.digest)).scan, (await store.find(good.digest)).scan]).toEqual([
    'infected',
    'clean',
  ])
  const { rows } = await world.admin.query(
    `SELECT object_id FROM audit_entry WHERE action = 'security.file-infected'`,
  )
  expect(rows).toEqual([{ object_id: bad.digest }])
})

test('PLT-30 who handed in a virus is in the audit log', async () => {
  const actor: Actor = { ...anonymous, kind: 'user', id: newId(), permissions: new Set(['test.upload']) }
  const app = Fastify()
  app.addHook('onRequest', async (request) => {
    request.actor = actor
  })
  addUploadRoute(app, world.services, storeWith(clamd.address), {
    ...{ path: '/api/uploads', permission: 'test.upload', maxBytes: 1_000_000 },
  })
  const answer = await app.inject({ method: 'PUT', url: '/api/uploads?name=a.csv', payload: eicar() })
  await app.close()
  expect(answer.statusCode).toBe(422)
  const { rows } = await world.admin.query(
    `SELECT action, result, reason FROM audit_entry WHERE actor_id = $1`,
    [actor.id],
  )
  expect(rows).toEqual([
    { action: 'files.upload', result: 'refused', reason: 'files.file_infected Eicar-Test-Signature' },
  ])
})
