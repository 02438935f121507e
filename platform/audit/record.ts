/** Writing the audit log (PLT-20): an entry stands in the same transaction as the act it records, as one
 * of its last statements. */
import type { Actor, Clock, Origin } from '@hengjian/platform/context'
import { newId } from '@hengjian/platform/context'
import type { Cipher } from '@hengjian/platform/crypto'
import type { Db, Tx } from '@hengjian/platform/db'
import { auditEntry, type GuardedRows } from './tables.ts'

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
  /** Record an entry; answers its id, which guarded rows keep as `last_audit_id`. */
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
    // Entries from before rows were named have one part less.
    ...(row.guarded ? [canonicalJson(row.guarded)] : []),
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

type Entry = Omit<typeof auditEntry.$inferInsert, 'checkValue'> & { guarded: GuardedRows | null }

/** Entries of open transactions: written together at the end, when they can name the rows that were written. */
const waiting = new WeakMap<Db, { cipher: Cipher; entries: Entry[] }>()

/** Entries written in one statement. */
const BATCH = 1000

/** Write what waits now. Only for code that commits on its own; every other transaction does it before its commit. */
export async function flushAudit(tx: Tx): Promise<void> {
  const known = waiting.get(tx.db)
  if (!known) return
  const entries = known.entries.splice(0)
  for (let at = 0; at < entries.length; at += BATCH)
    tx.insert(
      auditEntry,
      entries.slice(at, at + BATCH).map((entry) => {
        const checkValue = known.cipher.checkValue(auditParts(entry as typeof auditEntry.$inferInsert))
        return { ...entry, checkValue }
      }),
    )
}

/**
 * Name a guarded row in the entry of its change (PLT-22): the log then knows that the row must be there.
 * @param version the row's after the act, 0 where it has none; null: the act removed it
 * @throws Error where the entry was not recorded in this transaction: a row must name the act that changed it
 */
export function nameGuardedRow(
  db: Db,
  auditId: string,
  row: { table: string; id: string; version: number | null },
): void {
  const entry = waiting.get(db)?.entries.findLast(({ id }) => id === auditId)
  if (!entry) throw new Error(`${row.table} ${row.id} names an audit entry of another transaction`)
  entry.guarded ??= {}
  entry.guarded[row.table] ??= {}
  entry.guarded[row.table]![row.id] = row.version
}

/** The audit writer of one transaction. */
export function auditWriter(options: {
  tx: Tx
  cipher: Cipher
  clock: Clock
  actor: Actor
  origin: Origin
}): AuditWriter {
  const { tx, cipher, actor, origin } = options
  let count = 0
  return {
    get count() {
      return count
    },
    async record(event) {
      const id = newId()
      if (!waiting.has(tx.db)) {
        waiting.set(tx.db, { cipher, entries: [] })
        tx.beforeCommit(() => flushAudit(tx))
      }
      waiting.get(tx.db)!.entries.push({
        id,
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
        guarded: null,
      })
      count += 1
      return id
    },
  }
}
