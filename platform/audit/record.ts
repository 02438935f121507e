/** Writing the audit log (PLT-20): an entry stands in the same transaction as the act it records. */
import type { Actor, Clock, Origin } from '@hengjian/platform/context'
import { newId } from '@hengjian/platform/context'
import type { Cipher } from '@hengjian/platform/crypto'
import type { Tx } from '@hengjian/platform/db'
import { auditEntry } from './tables.ts'

/** What was done, to what, with what result. `before`/`after` hold no personal data in clear. */
export interface AuditEvent {
  /** Operation or event, `business.accept-transaction`, `identity.sign-in`. */
  action: string
  object?: { kind: string; id: string }
  before?: unknown
  after?: unknown
  result?: 'done' | 'refused' | 'failed'
  /** Reason given by the person, or why it was refused. */
  reason?: string
}

/** Bound to one transaction and actor. */
export interface AuditWriter {
  /** Insert an entry; answers its id, which guarded rows keep as `last_audit_id`. */
  record(event: AuditEvent): Promise<string>
  /** Entries recorded so far in this transaction. */
  readonly count: number
}

/** Columns of an entry that its check value covers, in this order. */
export function auditParts(row: typeof auditEntry.$inferInsert): (string | Date | null)[] {
  return [
    row.id,
    row.at,
    row.actorKind,
    row.actorId ?? null,
    row.actorName ?? null,
    row.unitPathOfActor ?? null,
    row.sessionId ?? null,
    row.clientAddress ?? null,
    row.requestId ?? null,
    row.action,
    row.objectKind ?? null,
    row.objectId ?? null,
    canonicalJson(row.before),
    canonicalJson(row.after),
    row.result,
    row.reason ?? null,
  ]
}

/** JSON with sorted keys, so that a value read back from jsonb gives the same text. */
export function canonicalJson(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner) && !(inner instanceof Date)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** The audit writer of one transaction. */
export function auditWriter(options: {
  tx: Tx
  cipher: Cipher
  clock: Clock
  actor: Actor
  origin: Origin
}): AuditWriter {
  let count = 0
  return {
    get count() {
      return count
    },
    async record(event) {
      const { actor, origin } = options
      const row: Omit<typeof auditEntry.$inferInsert, 'checkValue'> = {
        id: newId(),
        at: options.clock.now(),
        actorKind: actor.kind,
        actorId: actor.kind === 'anonymous' ? null : actor.id,
        actorName: actor.name,
        unitPathOfActor: actor.unitPath,
        sessionId: actor.sessionId,
        clientAddress: origin.clientAddress,
        requestId: origin.requestId,
        action: event.action,
        objectKind: event.object?.kind ?? null,
        objectId: event.object?.id ?? null,
        before: event.before === undefined ? null : JSON.parse(JSON.stringify(event.before)),
        after: event.after === undefined ? null : JSON.parse(JSON.stringify(event.after)),
        result: event.result ?? 'done',
        reason: event.reason ?? null,
      }
      const checkValue = options.cipher.checkValue(auditParts(row as typeof auditEntry.$inferInsert))
      await options.tx.db.insert(auditEntry).values({ ...row, checkValue })
      count += 1
      return row.id
    },
  }
}
