import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Actor, anonymous, newId } from '@hengjian/platform/context'
import type { OperationMeta } from '@hengjian/platform/contract'
import {
  addDownloadRoute,
  addUploadRoute,
  createFileStore,
  type FileStore,
  folderStore,
  readUpload,
} from '@hengjian/platform/files'
import { callOperation } from '@hengjian/platform/http'
import { createJobs, type Jobs } from '@hengjian/platform/jobs'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ImportView } from './contract.ts'
import { importHandler, importHandlers, importOperations } from './index.ts'
import { createTestWorld, TEST_UNIT, type TestWorld, testPorts } from './testing/world.ts'

const clerk: Actor = {
  ...anonymous,
  ...TEST_UNIT,
  kind: 'user',
  id: newId(),
  name: '导入员',
  scope: 'unit_and_below',
  permissions: new Set(['business.import.create', 'business.import.find']),
}

let world: TestWorld
let app: FastifyInstance
let jobs: Jobs
let files: FileStore

beforeAll(async () => {
  world = await createTestWorld()
  const { services, lake, database } = world
  files = createFileStore({
    objects: folderStore(join(world.folder, 'files')),
    temporaryFolder: join(world.folder, 'files/.tmp'),
    keys: services.keys,
    database: services.database,
  })
  app = Fastify()
  app.addHook('onRequest', async (request) => {
    request.actor = clerk
  })
  addUploadRoute(app, services, files, {
    path: '/api/uploads',
    permission: 'business.import.create',
    maxBytes: 1_000_000,
  })
  addDownloadRoute(app, services, files)
  jobs = await createJobs({
    url: database.jobsUrl,
    services,
    handlers: [importHandler({ lake, files, ports: testPorts })],
    pollSeconds: 0.5,
  })
})
afterAll(async () => {
  await jobs.stop(2_000)
  await app.close()
  await world.close()
})

type Key = keyof typeof importHandlers

// biome-ignore-start lint/suspicious/noExplicitAny: one caller for all operations
function call(key: Key, input: unknown, actor: Actor = clerk): Promise<any> {
  const definition = importOperations[key]['~orpc'] as unknown as {
    meta: OperationMeta
    route: { operationId: string }
  }
  const operation = {
    id: definition.route.operationId,
    meta: definition.meta,
    handler: importHandlers[key] as any,
  }
  return callOperation(world.services, operation, actor, world.origin, input)
}
// biome-ignore-end lint/suspicious/noExplicitAny: one caller for all operations

async function upload(name: string, content: string): Promise<string> {
  const answer = await app.inject({
    method: 'PUT',
    url: `/api/uploads?name=${encodeURIComponent(name)}`,
    headers: { 'content-type': 'text/csv' },
    payload: content,
  })
  expect(answer.statusCode).toBe(200)
  return answer.json<{ upload: string }>().upload
}

async function ended(id: string): Promise<ImportView> {
  for (;;) {
    const run = (await call('getImport', { id })) as ImportView
    if (run.state !== 'queued' && run.state !== 'running') return run
    await pause(100)
  }
}

test('BIZ-9 an uploaded file is imported by the worker; rejects are fetched by a signed link', async () => {
  const receipt = await upload(
    '检验.csv',
    'source_key,occurred_at,passed,vehicle_age_years\na,2025-01-01 09:00,是,3\nb,2025-01-02,是,old\nc,2025-01-03,否,\n',
  )
  const started = (await call('startImport', { upload: receipt, mapping: 'native-inspection' })) as ImportView
  expect(started).toMatchObject({ state: 'queued', fact: 'inspection', fileName: '检验.csv' })
  const run = await ended(started.id)
  expect(run).toMatchObject({
    state: 'done',
    records: 3,
    inserted: 2,
    skipped: 0,
    rejected: 1,
    bytesRead: run.fileBytes,
  })
  const listed = (await call('findImports', { limit: 10 })) as { items: ImportView[] }
  expect(listed.items.map(({ id }) => id)).toEqual([started.id])

  for (let tries = 0; tries < 50; tries++) {
    const stillInClear = existsSync(join(world.folder, 'imports', `${run.id}.rejects.csv`))
    if (!stillInClear) break
    await pause(100)
  }
  const { url } = (await call('downloadRejects', { id: run.id })) as { url: string }
  const rejects = await app.inject({ method: 'GET', url })
  expect(rejects.body).toBe(
    '\uFEFFline,column,reason,raw\r\n3,vehicle_age_years,不是整数：old,"b,2025-01-02,是,old"\r\n',
  )
  await expect(call('cancelImport', { id: run.id })).rejects.toMatchObject({ code: 'business.import_ended' })
})

test('PLT-30 the file of an import is kept, told as scanned or not, and fetched by whoever may import', async () => {
  const content = 'source_key,occurred_at,passed\nkept,2025-01-01 09:00,是\n'
  const receipt = await upload('原件.csv', content)
  const { id, fileScan } = (await call('startImport', {
    upload: receipt,
    mapping: 'native-inspection',
  })) as ImportView
  expect(fileScan).toBe('off')
  const { url, thumbnailUrl } = await call('openImportFile', { id })
  expect((await app.inject({ method: 'GET', url })).body).toBe(content)
  expect(thumbnailUrl).toBeNull()
  const looker = { ...clerk, permissions: new Set(['business.import.find']) }
  for (const [actor, code] of [
    [anonymous, 'platform.sign_in_required'],
    [looker, 'platform.forbidden'],
    [{ ...clerk, unitPath: '/44/' }, 'platform.not_found'],
  ] as const)
    await expect(call('openImportFile', { id }, actor)).rejects.toMatchObject({ code })
  await expect(call('openImportFile', { id: newId() })).rejects.toMatchObject({ code: 'platform.not_found' })
})

test('PLT-30 an upload that was swept is refused, and nothing is written', async () => {
  const content = 'source_key,occurred_at\nswept,2025-01-01\n'
  const receipt = await upload('swept.csv', content)
  const { digest } = readUpload(world.services, clerk, receipt)
  await world.services.database.pool.query('DELETE FROM file WHERE digest = $1', [Buffer.from(digest, 'hex')])
  await expect(call('startImport', { upload: receipt, mapping: 'native-inspection' })).rejects.toMatchObject({
    code: 'files.file_not_found',
  })
})

test('a fault of the file ends the import with its reason instead of trying for ever', async () => {
  const started = (await call('startImport', {
    upload: await upload('x.csv', 'a,b\n1,2\n'),
    mapping: 'native-inspection',
  })) as ImportView
  const run = await ended(started.id)
  expect(run.state).toBe('failed')
  expect(run.message).toContain('文件没有“occurred_at”列；现有：a、b')
})

test('BIZ-9 a cancelled import does not run', async () => {
  await jobs.stop(2_000)
  const started = (await call('startImport', {
    upload: await upload('y.csv', 'source_key,occurred_at\nnever,2025-01-01\n'),
    mapping: 'native-inspection',
  })) as ImportView
  expect(await call('cancelImport', { id: started.id })).toMatchObject({ state: 'cancelled' })
  jobs = await createJobs({
    url: world.database.jobsUrl,
    services: world.services,
    handlers: [importHandler({ lake: world.lake, files, ports: testPorts })],
    pollSeconds: 0.5,
  })
  await pause(2_500)
  expect(await call('getImport', { id: started.id })).toMatchObject({ state: 'cancelled', inserted: 0 })
})

test('a mapping that does not exist, an upload of someone else, a file that is no table are refused', async () => {
  const receipt = await upload('z.csv', 'a\n1\n')
  await expect(call('startImport', { upload: receipt, mapping: 'nothing' })).rejects.toMatchObject({
    code: 'business.import_mapping',
  })
  await expect(
    call('startImport', { upload: receipt, mapping: 'native-inspection' }, { ...clerk, id: newId() }),
  ).rejects.toMatchObject({ code: 'files.link_expired' })
  await expect(
    call('startImport', { upload: await upload('z.exe', 'MZ'), mapping: 'native-inspection' }),
  ).rejects.toMatchObject({ code: 'business.import_format' })
})

test('PLT-3 PLT-4 imports need their permission and stay within the scope', async () => {
  await expect(call('findImports', { limit: 10 }, anonymous)).rejects.toMatchObject({
    code: 'platform.sign_in_required',
  })
  const looker = { ...clerk, permissions: new Set(['business.import.find']) }
  await expect(
    call('startImport', { upload: 'x', mapping: 'native-inspection' }, looker),
  ).rejects.toMatchObject({
    code: 'platform.forbidden',
  })
  const elsewhere = { ...clerk, unitPath: '/44/' }
  expect(await call('findImports', { limit: 10 }, elsewhere)).toEqual({ items: [], nextCursor: null })
})

test('every shipped mapping is sound and names the columns it needs', async () => {
  const { items } = (await call('listMappings', {})) as { items: { name: string; columns: string[] }[] }
  const columns = Object.fromEntries(items.map((item) => [item.name, item.columns]))
  expect(columns['dvsa-driving-tests']).toEqual(['TC_NAME', 'ATTEMPTS_TRUNC', 'total_count', 'pass_rate'])
  expect(columns['native-transaction']).toContain('serial')
  expect(columns['native-person']).toEqual(['occurred_at', 'kind'])
})
