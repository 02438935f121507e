export { type AuditEvent, type AuditWriter, auditParts, auditWriter, canonicalJson } from './record.ts'
