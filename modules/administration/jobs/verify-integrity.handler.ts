import { type AuditFault, checkpointFileOf, raiseSecurityEvent, verifyAudit } from '@hengjian/platform/audit'
import { type Services, scopeOf, systemActor } from '@hengjian/platform/context'
import {
  type AlteredRow,
  compareWithLog,
  type GuardedTable,
  type LogFault,
  type SweepFault,
  sweepGuarded,
} from '@hengjian/platform/guard'
import { handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { eq } from 'drizzle-orm'
import { auditVerification } from '../tables.ts'
import { verifyIntegrityJob } from './verify-integrity.job.ts'

const ROWS_KEPT = 100

type RowFault = SweepFault | LogFault
const ROW_FAULTS: Readonly<Record<RowFault, string>> = {
  'row-altered': '受保护的数据行被改动（校验值不符）',
  'audit-entry-missing': '数据行所依据的审计记录已不存在',
  'row-removed': '审计日志所载的数据行已从数据库中删除',
  'row-unguarded': '审计日志所载的数据行被抹去校验值',
  'row-rolled-back': '数据行被恢复为审计日志所载之前的旧版本',
}

/** The verification over these guarded tables. */
export const verifyIntegrity = (tables: readonly GuardedTable[]): JobHandler =>
  handleJob(verifyIntegrityJob, async (job, input) => {
    const { services, signal } = job
    const id = input.id ?? job.jobId
    await openRun(services, id)
    const write = (set: Partial<typeof auditVerification.$inferInsert>) => writeRun(services, id, set)
    try {
      const chain = await verifyAudit({
        ...services,
        checkpointFile: checkpointFileOf(services.config.dataDir),
        signal,
        onProgress: (checked, total) => job.progress(checked, total, '校验审计链'),
      })
      if (chain.fault) await raiseChainFault(services, chain.fault)
      await write({ checked: chain.checked, faults: chain.faults })
      const altered: (AlteredRow & { what: RowFault })[] = []
      const tell = async (row: AlteredRow, what: RowFault) => {
        if (altered.push({ ...row, what }) <= ROWS_KEPT) await raiseAlteredRow(services, row, what)
      }
      const rowsChecked = await sweepGuarded(services, tables, tell, async (checked) => {
        signal.throwIfAborted()
        await job.progress(checked, null, '校验受保护数据')
      })
      await compareWithLog(services, tables, tell, async (compared) => {
        signal.throwIfAborted()
        await job.progress(compared, null, '对照审计日志核对数据行')
      })
      const state = chain.ok && altered.length === 0 ? 'intact' : 'faulty'
      const finishedAt = services.clock.now()
      await write({ state, rowsChecked, alteredRows: altered.slice(0, ROWS_KEPT), finishedAt })
    } catch (error) {
      await write({ state: 'failed', finishedAt: services.clock.now() })
      throw error
    }
  })

/** The nightly run makes its row; one that was asked for has it, and so has one that is tried again. */
const openRun = (services: Services, id: string) =>
  services.database.transaction(scopeOf(systemActor('integrity')), (tx) =>
    tx.db
      .insert(auditVerification)
      .values({ id, state: 'running', requestedByName: '定时校验', startedAt: services.clock.now() })
      .onConflictDoUpdate({ target: auditVerification.id, set: { state: 'running', finishedAt: null } }),
  )

const writeRun = (services: Services, id: string, set: Partial<typeof auditVerification.$inferInsert>) =>
  services.database.transaction(scopeOf(systemActor('integrity')), (tx) =>
    tx.db.update(auditVerification).set(set).where(eq(auditVerification.id, id)),
  )

const raiseChainFault = (services: Services, fault: AuditFault) =>
  raiseSecurityEvent(services, {
    kind: 'audit-chain-broken',
    object: { kind: 'audit_entry', id: fault.entryId ?? `sequence ${fault.sequence ?? '?'}` },
    message: fault.message,
  })

const raiseAlteredRow = (services: Services, row: AlteredRow, what: RowFault) =>
  raiseSecurityEvent(services, {
    kind: what,
    object: { kind: row.table, id: row.id },
    message: ROW_FAULTS[what],
  })
