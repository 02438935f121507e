import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Actor, anonymous, type Services, systemActor } from '@hengjian/platform/context'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { openDatabase } from '@hengjian/platform/db'
import { callOperation, runAs } from '@hengjian/platform/http'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNotificationsModule, notify } from './index.ts'

const origin = { requestId: 'test', clientAddress: '127.0.0.1' }
const manifest = createNotificationsModule()
let database: TestDatabase
let services: Services
let now = new Date('2026-03-02T01:00:00Z')

beforeAll(async () => {
  database = await createTestDatabase()
  const keys = loadKeys(mkdtempSync(join(tmpdir(), 'notifications-')))
  services = {
    config: {} as Services['config'],
    keys,
    cipher: createCipher(keys),
    database: openDatabase(database.appUrl),
    log: pino({ level: 'silent' }),
    clock: { now: () => now },
  }
})
afterAll(async () => {
  await services.database.close()
  await database.drop()
})

const user = (): Actor => ({
  ...anonymous,
  kind: 'user',
  id: randomUUID(),
  name: '用户',
  unitPath: '/45/4503/',
  scope: 'unit_and_below',
})

// biome-ignore lint/suspicious/noExplicitAny: one caller for all operations
function call(actor: Actor, key: string, input: unknown): Promise<any> {
  // biome-ignore lint/suspicious/noExplicitAny: the manifest keeps contracts untyped
  const definition = (manifest.contract[key] as any)['~orpc']
  return callOperation(
    services,
    { id: definition.route.operationId, meta: definition.meta, handler: manifest.handlers[key]! },
    actor,
    origin,
    definition.inputSchema.parse(input),
  )
}

const tell = (recipients: string[], title: string) =>
  runAs(services, systemActor('测试'), origin, (ctx) =>
    notify(ctx, { recipients, kind: 'test.told', title, link: '/workbench' }),
  )

test('PLT-44 a message reaches each recipient once and nobody else', async () => {
  const [a, b, c] = [user(), user(), user()]
  await tell([a.id, a.id, b.id], '有一件业务待授权')
  for (const reader of [a, b]) {
    const { items } = await call(reader, 'findNotifications', {})
    expect(items).toMatchObject([{ title: '有一件业务待授权', link: '/workbench', readAt: null }])
    expect(await call(reader, 'countUnread', {})).toEqual({ unread: 1 })
  }
  expect(await call(c, 'findNotifications', {})).toEqual({ items: [], nextCursor: null })
})

test('PLT-44 marking as read touches own messages only', async () => {
  const [a, b] = [user(), user()]
  await tell([a.id, b.id], '案件已分派')
  const { items } = await call(b, 'findNotifications', {})
  expect(await call(a, 'markRead', { ids: [items[0].id] })).toEqual({ marked: 0 })
  expect(await call(b, 'markRead', {})).toEqual({ marked: 1 })
  expect(await call(b, 'countUnread', {})).toEqual({ unread: 0 })
  expect(await call(a, 'countUnread', {})).toEqual({ unread: 1 })
  expect((await call(b, 'findNotifications', { unread: true })).items).toEqual([])
})

test('PLT-44 the inbox pages by cursor, newest first, without gap or repetition', async () => {
  const a = user()
  for (let i = 0; i < 5; i++) {
    now = new Date(now.getTime() + (i === 2 ? 0 : 60_000))
    await tell([a.id], `第${i}条`)
  }
  const seen: string[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await call(a, 'findNotifications', { limit: 2, ...(cursor ? { cursor } : {}) })
    seen.push(...page.items.map((item: { title: string }) => item.title))
    cursor = page.nextCursor
  }
  expect(seen).toHaveLength(5)
  expect(new Set(seen).size).toBe(5)
  expect(seen[0]).toBe('第4条')
  await expect(call(a, 'findNotifications', { cursor: 'nonsense' })).rejects.toMatchObject({
    code: 'platform.invalid_input',
  })
})

test('PLT-3 nobody reads an inbox without signing in', async () => {
  for (const key of ['findNotifications', 'countUnread', 'markRead'])
    await expect(call(anonymous, key, {})).rejects.toMatchObject({ status: 401 })
})

test('PLT-4 the database itself hides others’ messages', async () => {
  const [a, b] = [user(), user()]
  await tell([a.id], '只给甲')
  const rows = await runAs(services, b, origin, (ctx) =>
    ctx.tx.client.query('SELECT title FROM notification WHERE recipient_id = $1', [a.id]),
  )
  expect(rows.rows).toEqual([])
})
