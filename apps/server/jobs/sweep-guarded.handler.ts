import { raiseSecurityEvent } from '@hengjian/platform/audit'
import { type AlteredRow, type GuardedTable, sweepGuarded } from '@hengjian/platform/guard'
import { handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { sweepGuardedJob } from './sweep-guarded.job.ts'

const MESSAGES: Readonly<Record<AlteredRow['what'], string>> = {
  'row-altered': '受保护的记录在数据库中被改动（校验值不符）',
  'audit-entry-missing': '受保护的记录所指的审计记录不存在',
}

/** Check the rows of `tables`; each that is not as it was written is raised as a security event. */
export const sweepGuardedHandler = (tables: readonly GuardedTable[]): JobHandler =>
  handleJob(sweepGuardedJob, async ({ services, signal, progress }) => {
    await sweepGuarded(
      services,
      tables,
      ({ table, id, what }) =>
        raiseSecurityEvent(services, { kind: what, object: { kind: table, id }, message: MESSAGES[what] }),
      (checked) => {
        signal.throwIfAborted()
        return progress(checked)
      },
    )
  })
