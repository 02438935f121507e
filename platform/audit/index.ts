export { checkpointFileOf } from './checkpoint.ts'
export {
  type AuditEvent,
  type AuditWriter,
  auditParts,
  auditWriter,
  canonicalJson,
  flushAudit,
  nameGuardedRow,
} from './record.ts'
export { auditScope, type Sealer, type Sealing, sealAudit, startSealer } from './seal.ts'
export { auditMetrics, raiseSecurityEvent, type SecurityEvent } from './security-event.ts'
export { auditEntry, auditSeal } from './tables.ts'
export {
  type AuditFault,
  type AuditFaultKind,
  type AuditVerification,
  type VerifyOptions,
  verifyAudit,
} from './verify.ts'
