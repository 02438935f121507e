/** Reading audit entries with plain SQL, as sealer and verification do: fast, and in cursors. */
import type { Cipher } from '@hengjian/platform/crypto'
import { auditParts } from './record.ts'
import type { GuardedRows } from './tables.ts'

/** Everything a check value covers, of table alias `e`. */
export const ENTRY_COLUMNS = `e.id, e.at, e.actor_kind, e.actor_id, e.actor_name, e.actor_unit_path, e.session_id,
  e.client_address, e.request_id, e.action, e.object_kind, e.object_id, e.before, e.after, e.result, e.reason, e.guarded, e.check_value`

/** A row of `ENTRY_COLUMNS`. */
export interface EntryRow {
  readonly id: string
  readonly at: Date
  readonly actor_kind: string
  readonly actor_id: string | null
  readonly actor_name: string | null
  readonly actor_unit_path: string | null
  readonly session_id: string | null
  readonly client_address: string | null
  readonly request_id: string | null
  readonly action: string
  readonly object_kind: string | null
  readonly object_id: string | null
  readonly before: unknown
  readonly after: unknown
  readonly result: string
  readonly reason: string | null
  readonly guarded: GuardedRows | null
  readonly check_value: Buffer
}

/** Whether the entry is as this program wrote it. */
export const isSound = (cipher: Cipher, row: EntryRow): boolean =>
  cipher.verifyCheckValue(
    auditParts({
      id: row.id,
      at: row.at,
      actorKind: row.actor_kind,
      actorId: row.actor_id,
      actorName: row.actor_name,
      unitPathOfActor: row.actor_unit_path,
      sessionId: row.session_id,
      clientAddress: row.client_address,
      requestId: row.request_id,
      action: row.action,
      objectKind: row.object_kind,
      objectId: row.object_id,
      before: row.before,
      after: row.after,
      result: row.result,
      reason: row.reason,
      guarded: row.guarded,
      checkValue: row.check_value,
    }),
    row.check_value,
  )
