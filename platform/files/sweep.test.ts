import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { newId, type RequestContext, systemActor } from '@hengjian/platform/context'
import { unitPath } from '@hengjian/platform/db'
import { runAs } from '@hengjian/platform/http'
import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFileStore, type FileStore, fileJobs, folderStore, holdFile } from './index.ts'
import { sweepFiles } from './sweep.ts'
import { type FilesWorld, openFilesWorld } from './testing/world.ts'

/** A record that refers to a file. */
const note = pgTable('note', {
  id: uuid('id').primaryKey(),
  unitPath: unitPath('unit_path').notNull(),
  fileDigest: text('file_digest'),
})
const GRACE_DAYS = 7

let world: FilesWorld
let store: FileStore

beforeAll(async () => {
  world = await openFilesWorld()
  await world.admin.query(
    `CREATE TABLE note (id uuid PRIMARY KEY, unit_path text COLLATE "C" NOT NULL, file_digest text);
     GRANT SELECT, INSERT ON note TO hengjian_app`,
  )
  store = createFileStore({
    objects: folderStore(join(world.folder, 'files')),
    temporaryFolder: join(world.folder, 'files/.incoming'),
    keys: world.services.keys,
    database: world.services.database,
  })
})
afterAll(() => world.close())

let number = 0
const put = (content = Buffer.from(`upload ${++number}`)) =>
  store.put(Readable.from([content]), { mediaType: 'text/plain', maxBytes: 1_000_000 })
const addressOf = (digest: string) => Buffer.from(digest, 'hex')
const age = (digest: string, days: number) =>
  world.admin.query(`UPDATE file SET stored_at = now() - $2 * interval '1 day' WHERE digest = $1`, [
    ...[addressOf(digest), days],
  ])
const as = <T>(work: (ctx: RequestContext) => Promise<T>) =>
  runAs(world.services, systemActor('test'), world.origin, work)
const writeNote = async (ctx: RequestContext, digest: string) => {
  await holdFile(ctx, digest)
  await ctx.db.insert(note).values({ id: newId(), unitPath: '/45/', fileDigest: digest })
}
const sweep = (files: FileStore = store) =>
  sweepFiles({
    ...{ services: world.services, files, references: [note.fileDigest], graceDays: GRACE_DAYS },
    ...{ origin: world.origin, signal: new AbortController().signal },
  })
const stands = async (digest: string) =>
  [
    (await store.has(digest)) as boolean,
    await store.find(digest).then(
      () => true,
      () => false,
    ),
  ] as const

test('PLT-30 what nobody refers to goes after its grace, object and row, and that is recorded', async () => {
  const old = (await put()).digest
  const young = (await put()).digest
  const named = (await put()).digest
  await as((ctx) => writeNote(ctx, named))
  for (const [digest, days] of [
    [old, 7.1],
    [young, 6.9],
    [named, 400],
  ] as const)
    await age(digest, days)
  expect(await sweep()).toMatchObject({ removed: 1, removedBytes: 8, missing: 0, adopted: 0 })
  expect([await stands(old), await stands(young), await stands(named)]).toEqual([
    [false, false],
    [true, true],
    [true, true],
  ])
  const { rows } = await world.admin.query(
    `SELECT object_id, actor_name FROM audit_entry WHERE action = 'files.remove-unreferenced'`,
  )
  expect(rows).toEqual([{ object_id: old, actor_name: '文件清理' }])
})

test('PLT-30 handed in again, a content has its grace anew', async () => {
  const content = Buffer.from('handed in twice')
  const { digest } = await put(content)
  await age(digest, 30)
  expect((await put(content)).isNew).toBe(false)
  await sweep()
  expect(await stands(digest)).toEqual([true, true])
})

test('PLT-30 a record being written keeps its file: the sweep passes by, whichever comes first', async () => {
  const { digest } = await put()
  await age(digest, 30)
  const holding = Promise.withResolvers<void>()
  const swept = Promise.withResolvers<void>()
  const writing = as(async (ctx) => {
    await writeNote(ctx, digest)
    holding.resolve()
    await swept.promise
  })
  await holding.promise
  // the record is written and not committed: no statement of the sweep can see it
  expect((await sweep()).removed).toBe(0)
  swept.resolve()
  await writing
  expect((await sweep()).removed).toBe(0)
  expect(await stands(digest)).toEqual([true, true])
})

test('PLT-30 a record that comes while its file is being removed finds no file, and is not written', async () => {
  const { digest } = await put()
  await age(digest, 30)
  const removing = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const slow: FileStore = {
    ...store,
    async discard(it) {
      removing.resolve()
      await goOn.promise
      await store.discard(it)
    },
  }
  const sweeping = sweep(slow)
  await removing.promise
  let settled = false
  const writing = as((ctx) => writeNote(ctx, digest)).finally(() => {
    settled = true
  })
  writing.catch(() => {})
  await pause(150)
  goOn.resolve()
  await expect(writing).rejects.toMatchObject({ code: 'files.file_not_found' })
  expect(settled).toBe(true)
  expect((await sweeping).removed).toBe(1)
  expect(await stands(digest)).toEqual([false, false])
  const { rows } = await world.admin.query(`SELECT 1 FROM note WHERE file_digest = $1`, [digest])
  expect(rows).toEqual([])
})

test('PLT-30 records and sweeps at the same time: no record is left without its file', async () => {
  const digests: string[] = []
  for (let count = 0; count < 40; count++) digests.push((await put()).digest)
  for (const digest of digests) await age(digest, 30)
  const outcomes = await Promise.all([
    ...digests.map(async (digest, at) => {
      await pause(at * 2)
      return as((ctx) => writeNote(ctx, digest)).then(
        () => 'written',
        (error: { code?: string }) => error.code,
      )
    }),
    sweep(),
    sweep(),
  ])
  const written = digests.filter((_, at) => outcomes[at] === 'written')
  for (const digest of digests) expect(await stands(digest)).toEqual(Array(2).fill(written.includes(digest)))
  const others = outcomes.slice(0, digests.length).filter((it) => it !== 'written')
  expect(new Set(others).isSubsetOf(new Set(['files.file_not_found']))).toBe(true)
})

test('PLT-30 a sweep that was killed between its steps is finished by the next; handing in again undoes it', async () => {
  const content = Buffer.from('killed in between')
  const { digest } = await put(content)
  await age(digest, 30)
  const killed: FileStore = {
    ...store,
    discard: async (it) => {
      await store.discard(it)
      throw new Error('killed')
    },
  }
  await expect(sweep(killed)).rejects.toThrow('killed')
  // the object is gone, the row is marked: nobody can take it
  await expect(as((ctx) => writeNote(ctx, digest))).rejects.toMatchObject({ code: 'files.file_not_found' })
  expect(await put(content)).toMatchObject({ digest, isNew: true })
  expect((await sweep()).removed).toBe(0)
  expect(await buffer(store.read(digest))).toEqual(content)

  await age(digest, 30)
  await expect(sweep(killed)).rejects.toThrow('killed')
  expect((await sweep()).removed).toBe(1)
  expect(await stands(digest)).toEqual([false, false])
})

test('PLT-30 a file that is referred to and not there is told; an object that no row knows goes in time', async () => {
  const lost = (await put()).digest
  await as((ctx) => writeNote(ctx, lost))
  await age(lost, 2)
  await rm(join(world.folder, 'files', lost.slice(0, 2), lost.slice(2, 4), lost))
  const stray = (await put()).digest
  await world.admin.query(`DELETE FROM file WHERE digest = $1`, [addressOf(stray)])
  const progress: string[] = []
  const job = fileJobs({
    files: store,
    references: [note.fileDigest],
    graceDays: async () => GRACE_DAYS,
  }).find(({ definition }) => definition.name === 'files.sweep')!
  await job.run(
    world.job((message) => progress.push(message)),
    {},
  )
  expect(progress.at(-1)).toBe('清理 0 个无人引用的文件（0 字节）；缺失 1 个')
  const { rows } = await world.admin.query(
    `SELECT object_id FROM audit_entry WHERE action = 'security.file-missing'`,
  )
  expect(rows).toEqual([{ object_id: lost }])
  expect(await store.find(stray)).toMatchObject({ bytes: 9 })
  await age(stray, 30)
  expect((await sweep()).removed).toBe(1)
  expect(await stands(stray)).toEqual([false, false])
})

test('PLT-30 a column of a table without unit cannot refer to files: the sweep would not see its rows', () => {
  const hidden = pgTable('hidden', { recipientId: uuid('recipient_id'), fileDigest: text('file_digest') })
  const references = [hidden.fileDigest]
  expect(() => fileJobs({ files: store, references, graceDays: async () => 7 })).toThrow('unit_path')
})
