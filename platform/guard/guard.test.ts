import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '@hengjian/platform/config'
import { newId, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { checkValue, openDatabase } from '@hengjian/platform/db'
import { runAs } from '@hengjian/platform/http'
import { createTestDatabase, type TestDatabase } from '@hengjian/platform/testing'
import { eq, getTableColumns, sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type AlteredRow,
  assertIntact,
  insertGuarded,
  isIntact,
  type SweepFault,
  sealRow,
  sweepGuarded,
  updateGuarded,
} from './index.ts'

const rule = pgTable('guarded_rule', {
  id: uuid('id').primaryKey(),
  title: text('title').notNull(),
  limit: integer('limit'),
  active: boolean('active').notNull(),
  detail: jsonb('detail').$type<Record<string, unknown>>(),
  since: timestamp('since', { withTimezone: true, mode: 'date' }),
  version: integer('version').notNull(),
  recordedAt: timestamp('recorded_at', { withTimezone: true, mode: 'date' }).notNull().default(sql`now()`),
  checkValue: checkValue().notNull(),
  lastAuditId: uuid('last_audit_id'),
})

let database: TestDatabase
let services: Services
let admin: pg.Client
let dataDir: string
let events: unknown[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  dataDir = mkdtempSync(join(tmpdir(), 'hengjian-guard-'))
  const keys = loadKeys(dataDir)
  const sink = { write: (line: string) => void events.push(JSON.parse(line)) }
  services = {
    config: parseConfig({ DATA_DIR: dataDir }),
    keys,
    cipher: createCipher(keys),
    database: openDatabase(database.appUrl, { max: 4 }),
    log: pino({}, sink),
    clock: { now: () => new Date('2026-11-18T10:00:00+08:00') },
  }
  admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  await admin.query(`CREATE TABLE guarded_rule (id uuid PRIMARY KEY, title text, "limit" int, active boolean, detail jsonb,
    since timestamptz, version int, recorded_at timestamptz NOT NULL DEFAULT now(), check_value bytea, last_audit_id uuid)`)
  await admin.query('GRANT SELECT, INSERT, UPDATE ON guarded_rule TO hengjian_app')
})
afterAll(async () => {
  await admin.end()
  await services.database.close()
  await database.drop()
  rmSync(dataDir, { recursive: true })
})
beforeEach(async () => {
  events = []
  await admin.query('DELETE FROM guarded_rule')
})

const run = <T>(work: (ctx: RequestContext) => Promise<T>) =>
  runAs(services, systemActor('测试'), { requestId: newId(), clientAddress: '127.0.0.1' }, work)

type Rule = typeof rule.$inferSelect
const full = (given: Partial<Rule> = {}) => ({
  id: newId(),
  title: '同一手机号',
  limit: 5,
  active: true,
  detail: { z: 1, a: ['x', null], 深: { b: 2, a: 1.5 } },
  since: new Date('2026-01-02T03:04:05.678Z'),
  version: 1,
  lastAuditId: null,
  ...given,
})
const add = (given: Partial<Rule> = {}) =>
  run(async (ctx) => {
    const lastAuditId = await ctx.audit.record({ action: 'test.add' })
    const row = full({ lastAuditId, ...given })
    await insertGuarded(ctx, rule, [row as typeof rule.$inferInsert])
    return row
  })
const load = (id: string) => run(async (ctx) => (await ctx.db.select().from(rule).where(eq(rule.id, id)))[0]!)
const sweep = async () => {
  const altered: (AlteredRow & { what: SweepFault })[] = []
  const checked = await sweepGuarded(services, [rule], (row, what) => void altered.push({ ...row, what }))
  return { checked, altered }
}

test('PLT-22 a row is intact as it comes back from the database, empty columns included', async () => {
  for (const given of [{}, { limit: null, detail: null, since: null, lastAuditId: null }]) {
    const { id } = await add(given)
    expect(isIntact(services.cipher, rule, await load(id))).toBe(true)
  }
  expect(await sweep()).toEqual({ checked: 2, altered: [] })
})

const ALTERATIONS = [
  `title = '别的'`,
  `"limit" = 500`,
  `"limit" = NULL`,
  'active = false',
  `detail = jsonb_set(detail, '{深,a}', '9')`,
  `since = since + interval '1 second'`,
  'version = 2',
  'last_audit_id = NULL',
  `check_value = '\\x00'`,
  'check_value = NULL',
]
test.each(ALTERATIONS)(
  'PLT-22 SET %s in the database is found at read and by the sweep',
  async (assignment) => {
    const { id } = await add()
    await admin.query(`UPDATE guarded_rule SET ${assignment} WHERE id = $1`, [id])
    const row = await load(id)
    expect(() => assertIntact(services, rule, row)).toThrow(
      expect.objectContaining({ code: 'platform.integrity', detail: `guarded_rule ${id}` }),
    )
    expect(events).toMatchObject([{ securityEvent: 'row-altered', table: 'guarded_rule', id }])
    expect((await sweep()).altered).toEqual([{ table: 'guarded_rule', id, what: 'row-altered' }])
  },
)

test('PLT-22 the check value of one row does not fit another with the same values', async () => {
  const [a, b] = [await add({ lastAuditId: null }), await add({ lastAuditId: null })]
  await admin.query(
    'UPDATE guarded_rule SET check_value = (SELECT check_value FROM guarded_rule WHERE id = $2) WHERE id = $1',
    [a.id, b.id],
  )
  expect((await sweep()).altered).toEqual([{ table: 'guarded_rule', id: a.id, what: 'row-altered' }])
})

test('PLT-22 a change by command keeps the row intact and counts its version', async () => {
  const { id } = await add()
  const changed = await run(async (ctx) => {
    const [row] = await ctx.db.select().from(rule).where(eq(rule.id, id))
    const lastAuditId = await ctx.audit.record({ action: 'test.change' })
    return updateGuarded(ctx, rule, row!, { limit: 9, lastAuditId })
  })
  const row = await load(id)
  expect(row).toEqual(changed)
  expect(row).toMatchObject({ limit: 9, version: 2 })
  expect(isIntact(services.cipher, rule, row)).toBe(true)
})

test('PLT-22 a command refuses to change a row that was altered, so that nothing is sealed over', async () => {
  const { id } = await add()
  await admin.query(`UPDATE guarded_rule SET title = '改' WHERE id = $1`, [id])
  const change = run(async (ctx) => {
    const [row] = await ctx.db.select().from(rule).where(eq(rule.id, id))
    return updateGuarded(ctx, rule, row!, { limit: 9, lastAuditId: newId() })
  })
  await expect(change).rejects.toMatchObject({ code: 'platform.integrity' })
})

test('PLT-21 the sweep finds a row whose audit entry was removed before it was sealed', async () => {
  const kept = await add()
  const robbed = await add()
  await admin.query('DELETE FROM audit_entry WHERE id = $1', [robbed.lastAuditId])
  expect(await sweep()).toEqual({
    checked: 2,
    altered: [{ table: 'guarded_rule', id: robbed.id, what: 'audit-entry-missing' }],
  })
  expect(kept.lastAuditId).not.toBe(robbed.lastAuditId)
})

test('PLT-22 the sweep walks past its batch size', async () => {
  await run(async (ctx) => {
    const rows = Array.from({ length: 4100 }, () => full({ lastAuditId: null }) as typeof rule.$inferInsert)
    await insertGuarded(ctx, rule, rows)
  })
  const last = (await admin.query('SELECT id FROM guarded_rule ORDER BY id DESC LIMIT 1')).rows[0].id
  await admin.query('UPDATE guarded_rule SET "limit" = 1 WHERE id = $1', [last])
  expect(await sweep()).toEqual({
    checked: 4100,
    altered: [{ table: 'guarded_rule', id: last, what: 'row-altered' }],
  })
})

test('PLT-22 a column that came later leaves older rows their check value, and is guarded where it holds something', () => {
  const grown = pgTable('guarded_rule', {
    id: uuid('id').primaryKey(),
    title: text('title').notNull(),
    checkValue: checkValue().notNull(),
    lastAuditId: uuid('last_audit_id'),
    note: text('note'),
    remark: text('remark'),
  })
  const { note: _note, remark: _remark, ...before } = getTableColumns(grown)
  const old = pgTable('guarded_rule', {
    id: uuid('id').primaryKey(),
    title: text('title').notNull(),
    checkValue: checkValue().notNull(),
    lastAuditId: uuid('last_audit_id'),
  })
  expect(Object.keys(before)).toEqual(Object.keys(getTableColumns(old)))
  const row = { id: newId(), title: '规则', lastAuditId: newId() }
  const { cipher } = services
  const stored = { ...row, checkValue: sealRow(cipher, old, row) }
  expect(isIntact(cipher, grown, { ...stored, note: null, remark: null })).toBe(true)
  expect(isIntact(cipher, grown, { ...stored, note: '添上', remark: null })).toBe(false)
  const full = { ...row, note: '甲', remark: null }
  const sealed = { ...full, checkValue: sealRow(cipher, grown, full) }
  expect(isIntact(cipher, grown, sealed)).toBe(true)
  expect(isIntact(cipher, grown, { ...sealed, note: null })).toBe(false)
  expect(isIntact(cipher, grown, { ...sealed, note: null, remark: '甲' })).toBe(false)
})
