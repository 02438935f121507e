/** Tampering with guarded rows by the database's superuser, found from the audit log's side (PLT-22). */
import { newId, type RequestContext, systemActor } from '@hengjian/platform/context'
import { createCipher, readKeys, rotateDataKey } from '@hengjian/platform/crypto'
import { checkValue, encryptedText } from '@hengjian/platform/db'
import {
  type AlteredRow,
  compareWithLog,
  insertGuarded,
  type LogFault,
  reencrypt,
  removeGuarded,
  type SweepFault,
  sweepGuarded,
  updateGuarded,
} from '@hengjian/platform/guard'
import { runAs } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestLog, type TestLog } from './test-log.ts'

const record = pgTable('guarded_record', {
  id: uuid('id').primaryKey(),
  source: text('source').notNull(),
  state: text('state').notNull(),
  version: integer('version').notNull(),
  checkValue: checkValue(),
  lastAuditId: uuid('last_audit_id'),
})

let log: TestLog
beforeAll(async () => {
  log = await openTestLog()
  await log.tamper(`CREATE TABLE guarded_record (id uuid PRIMARY KEY, source text, state text, version int,
    check_value bytea, last_audit_id uuid)`)
  await log.tamper('GRANT SELECT, INSERT, UPDATE, DELETE ON guarded_record TO hengjian_app')
})
afterAll(() => log.close())

const run = <T>(work: (ctx: RequestContext) => Promise<T>) =>
  runAs(log.services, systemActor('测试'), { requestId: newId(), clientAddress: '127.0.0.1' }, work)

const add = () =>
  run(async (ctx) => {
    const lastAuditId = await ctx.audit.record({ action: 'test.add' })
    const row = { id: newId(), source: 'hengjian', state: 'open', version: 1, lastAuditId }
    await insertGuarded(ctx, record, [row])
    return row.id
  })
const close = (id: string) =>
  run(async (ctx) => {
    const [row] = await ctx.db.select().from(record).where(eq(record.id, id))
    const lastAuditId = await ctx.audit.record({ action: 'test.close' })
    await updateGuarded(ctx, record, row!, { state: 'closed', lastAuditId })
  })
const remove = (id: string) =>
  run(async (ctx) => removeGuarded(ctx, record, [{ id }], await ctx.audit.record({ action: 'test.remove' })))

type Found = AlteredRow & { what: LogFault | SweepFault }
const faults = async () => {
  const found: Found[] = []
  const tell = (row: AlteredRow, what: Found['what']) => void found.push({ ...row, what })
  await sweepGuarded(log.services, [record], tell)
  await compareWithLog(log.services, [record], tell)
  return found
}

test('PLT-22 what commands wrote, changed and removed agrees with the log', async () => {
  const [a, b, c] = [await add(), await add(), await add()]
  await close(a)
  await remove(b)
  await log.seal()
  // Not sealed yet: the log already says so.
  await remove(c)
  expect(await faults()).toEqual([])
})

test('PLT-22 a row made to look imported, its check value and audit entry emptied, is found', async () => {
  const id = await add()
  await close(id)
  await log.seal()
  await log.tamper(
    `UPDATE guarded_record SET check_value = NULL, last_audit_id = NULL, source = 'file', state = 'open' WHERE id = $1`,
    [id],
  )
  expect(await faults()).toEqual([{ table: 'guarded_record', id, what: 'row-unguarded' }])
  await log.tamper('DELETE FROM guarded_record WHERE id = $1', [id])
  expect(await faults()).toEqual([{ table: 'guarded_record', id, what: 'row-removed' }])
  await log.tamper('UPDATE audit_entry SET guarded = NULL WHERE guarded->$1 ? $2', ['guarded_record', id])
  expect((await log.verify()).fault?.what).toBe('entry-altered')
})

test('PLT-22 a row whose check value stays while it is made to look imported is found', async () => {
  const id = await add()
  await log.seal()
  await log.tamper(`UPDATE guarded_record SET last_audit_id = NULL, source = 'file' WHERE id = $1`, [id])
  expect(await faults()).toEqual([{ table: 'guarded_record', id, what: 'row-altered' }])
  await log.tamper('TRUNCATE guarded_record, audit_entry, audit_seal, audit_checkpoint')
})

test('PLT-22 a row put back to an earlier state, its own check value with it, is found', async () => {
  const id = await add()
  const [before] = await log.tamper('SELECT * FROM guarded_record WHERE id = $1', [id])
  await close(id)
  await log.seal()
  expect(await faults()).toEqual([])
  await log.tamper(
    'UPDATE guarded_record SET state = $2, version = $3, check_value = $4, last_audit_id = $5 WHERE id = $1',
    [id, before.state, before.version, before.check_value, before.last_audit_id],
  )
  expect(await faults()).toEqual([{ table: 'guarded_record', id, what: 'row-rolled-back' }])
})

test('PLT-22 guarded rows stay guarded when their values are re-encrypted; an altered one is not made good', async () => {
  const secret = pgTable('guarded_secret', {
    id: uuid('id').primaryKey(),
    source: text('source').notNull(),
    valueEnc: encryptedText('value_enc'),
    checkValue: checkValue(),
    lastAuditId: uuid('last_audit_id'),
  })
  await log.tamper(`CREATE TABLE guarded_secret (id uuid PRIMARY KEY, source text, value_enc bytea, check_value bytea,
    last_audit_id uuid)`)
  await log.tamper('GRANT SELECT, INSERT, UPDATE, DELETE ON guarded_secret TO hengjian_app')
  const rows = ['甲', '乙'].map((text) => ({ id: newId(), valueEnc: log.services.cipher.encrypt(text) }))
  await run(async (ctx) => {
    const lastAuditId = await ctx.audit.record({ action: 'test.add' })
    await insertGuarded(
      ctx,
      secret,
      rows.map((row) => ({ ...row, source: 'hengjian', lastAuditId })),
    )
  })
  const [sound, altered] = rows
  await log.tamper(`UPDATE guarded_secret SET source = 'elsewhere' WHERE id = $1`, [altered!.id])
  rotateDataKey(log.services.config.dataDir)
  const keys = readKeys(log.services.keys.file)
  const cipher = createCipher(keys)
  const done = await reencrypt({ ...log.services, keys, cipher }, { guardedTables: [secret] })
  expect(done).toEqual({ rows: 1, left: [`guarded_secret ${altered!.id}`] })
  const [row] = await log.tamper('SELECT value_enc FROM guarded_secret WHERE id = $1', [sound!.id])
  expect(row.value_enc[0]).toBe(2)
  // A process that was started before reads it too.
  expect(log.services.cipher.decrypt(row.value_enc)).toBe('甲')
  const found: string[] = []
  await sweepGuarded(log.services, [secret], ({ id }) => void found.push(id))
  expect(found).toEqual([altered!.id])
})

test('PLT-22 a row must name an audit entry of the transaction that changed it', async () => {
  const earlier = await run((ctx) => ctx.audit.record({ action: 'test.earlier' }))
  const row = { id: newId(), source: 'hengjian', state: 'open', version: 1, lastAuditId: earlier }
  await expect(run((ctx) => insertGuarded(ctx, record, [row]))).rejects.toThrow(/another transaction/)
})
