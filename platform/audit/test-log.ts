/** A log for tests of the audit chain: services over a test database, entries written as commands write them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseConfig } from '@hengjian/platform/config'
import { newId, type Services, scopeOf, systemActor } from '@hengjian/platform/context'
import { createCipher, loadKeys } from '@hengjian/platform/crypto'
import { openDatabase } from '@hengjian/platform/db'
import { createTestDatabase } from '@hengjian/platform/testing'
import pg from 'pg'
import { pino } from 'pino'
import { checkpointFileOf } from './checkpoint.ts'
import { type AuditEvent, auditWriter } from './record.ts'
import { sealAudit } from './seal.ts'
import { verifyAudit } from './verify.ts'

export async function openTestLog() {
  const database = await createTestDatabase()
  const dataDir = mkdtempSync(join(tmpdir(), 'hengjian-audit-'))
  const keys = loadKeys(dataDir)
  let now = new Date('2026-11-18T10:00:00+08:00')
  const services: Services = {
    config: parseConfig({ DATA_DIR: dataDir }),
    keys,
    cipher: createCipher(keys),
    database: openDatabase(database.appUrl, { max: 4 }),
    log: pino({ level: 'silent' }),
    clock: { now: () => now },
  }
  const checkpointFile = checkpointFileOf(dataDir)
  const actor = systemActor('测试')
  const sealOnce = () => sealAudit({ ...services, checkpointFile })
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()

  return {
    services,
    appUrl: database.appUrl,
    checkpointFile,
    advance: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    /** Record events in one transaction; answers their ids. */
    record: (...events: AuditEvent[]): Promise<string[]> =>
      services.database.transaction(scopeOf(actor), async (tx) => {
        const writer = auditWriter({
          tx,
          cipher: services.cipher,
          clock: services.clock,
          actor,
          origin: { requestId: newId(), clientAddress: '127.0.0.1' },
        })
        const ids: string[] = []
        for (const event of events) ids.push(await writer.record(event))
        return ids
      }),
    sealOnce,
    /** Seal all there is. Other databases of the test server may hold it up: their transactions count too. */
    async seal(): Promise<number> {
      let sealed = 0
      for (const until = performance.now() + 20_000; performance.now() < until; await pause(20)) {
        sealed += await sealOnce()
        const left = await admin.query(
          'SELECT FROM audit_entry e WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = e.id) LIMIT 1',
        )
        if (left.rowCount === 0) return sealed
      }
      throw new Error('entries were not sealed within 20 s')
    },
    verify: () => verifyAudit({ ...services, checkpointFile }),
    /** Straight into the database, past the program, as its superuser. */
    tamper: async (sql: string, values: unknown[] = []) => (await admin.query(sql, values)).rows,
    async close() {
      await admin.end()
      await services.database.close()
      await database.drop()
      rmSync(dataDir, { recursive: true })
    },
  }
}
export type TestLog = Awaited<ReturnType<typeof openTestLog>>
