/** Runs of the verification as the console reads them. */
import type { AuditVerificationView } from './contract.ts'
import type { auditVerification } from './tables.ts'

export type VerificationRow = typeof auditVerification.$inferSelect

export function presentVerification(row: VerificationRow): AuditVerificationView {
  const faults = row.faults as NonNullable<AuditVerificationView['fault']>[]
  return {
    id: row.id,
    state: row.state as AuditVerificationView['state'],
    requestedByName: row.requestedByName,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    checked: row.checked,
    rowsChecked: row.rowsChecked,
    fault: faults[0] ?? null,
    faults: faults.length,
    alteredRows: row.alteredRows as AuditVerificationView['alteredRows'],
  }
}
