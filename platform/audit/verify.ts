/**
 * Verification of the audit log (PLT-21): every entry against its check value, every place of the chain against the one
 * before, every checkpoint against chain, signature and the file outside the database.
 */
import type { Cipher, Keys } from '@hengjian/platform/crypto'
import type { Database, Tx } from '@hengjian/platform/db'
import { asc } from 'drizzle-orm'
import { chainHash, GENESIS } from './chain.ts'
import { readCheckpoints } from './checkpoint.ts'
import { type CheckpointFault, compareCopies, type KnownCheckpoints } from './compare-checkpoints.ts'
import { ENTRY_COLUMNS, type EntryRow, isSound } from './entry-row.ts'
import { auditScope } from './seal.ts'
import { auditCheckpoint } from './tables.ts'

/** What is wrong. */
export type AuditFaultKind =
  /** Content does not fit its check value. */
  | 'entry-altered'
  /** The entry is gone, with its seal or without. */
  | 'entry-removed'
  /** Written past the program: its check value never fitted. */
  | 'entry-inserted'
  /** The chain hash does not follow from the one before, or the chain from here on contradicts a signed checkpoint. */
  | 'seal-altered'
  /** The entry is there, its place in the chain is gone. */
  | 'seal-removed'
  /** A signed checkpoint speaks of entries beyond the end. */
  | 'tail-cut'
  | CheckpointFault['what']

export interface AuditFault {
  readonly what: AuditFaultKind
  /** Place in the chain; null for an entry that has none, and for the file. */
  readonly sequence: number | null
  readonly entryId: string | null
  /** For people, Chinese. */
  readonly message: string
}

export interface AuditVerification {
  readonly ok: boolean
  /** Sealed entries checked. */
  readonly checked: number
  /** The first fault in the order of the chain. */
  readonly fault?: AuditFault
  /** Up to 100 faults in that order. */
  readonly faults: readonly AuditFault[]
}

export interface VerifyOptions {
  readonly database: Database
  readonly cipher: Cipher
  readonly keys: Keys
  /** `checkpointFileOf(dataDir)`. */
  readonly checkpointFile: string
  /** Called after each batch. */
  readonly onProgress?: (checked: number, total: number) => void | Promise<void>
  readonly signal?: AbortSignal
}

const BATCH = 2000
const FAULTS_KEPT = 100

/** Check the whole log, in batches: memory does not grow with it, apart from the checkpoints. Writes nothing. */
export async function verifyAudit(options: VerifyOptions): Promise<AuditVerification> {
  // Before the database is read: lines are appended after the commit, so the file is never ahead of it.
  const lines = readCheckpoints(options.checkpointFile)
  const { faults, checked } = await options.database.transaction(
    auditScope,
    async (tx) => {
      const points = compareCopies(options.keys, await checkpointsInDatabase(tx), lines)
      const chain = await walkChain(tx, options, points)
      const rest = await entriesWithoutPlace(tx, options.cipher, chain)
      return {
        checked: chain.checked,
        faults: [
          ...points.faultsUpTo(chain.last),
          ...chain.faults,
          ...rest,
          ...tailFaults(points, chain.last),
        ],
      }
    },
    { readOnly: true },
  )
  const place = (fault: AuditFault) => fault.sequence ?? Number.POSITIVE_INFINITY
  const sorted = faults.sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0))
  const [fault] = sorted
  return { ok: !fault, checked, ...(fault ? { fault } : {}), faults: sorted.slice(0, FAULTS_KEPT) }
}

const checkpointsInDatabase = (tx: Tx) =>
  tx.db.select().from(auditCheckpoint).orderBy(asc(auditCheckpoint.sequence))

interface Walk {
  readonly checked: number
  /** Last sequence of the chain. */
  readonly last: number
  readonly faults: AuditFault[]
  /** Entries whose lost place has been told. */
  readonly told: ReadonlySet<string>
}

type SealedRow = { [K in keyof EntryRow]: EntryRow[K] | null } & {
  sequence: string
  audit_id: string
  hash: Buffer
  sound: boolean
}

async function walkChain(tx: Tx, options: VerifyOptions, points: KnownCheckpoints): Promise<Walk> {
  const { cipher, onProgress, signal } = options
  const { client } = tx
  const total = Number((await client.query('SELECT max(sequence) AS n FROM audit_seal')).rows[0].n ?? 0)
  await client.query(
    `DECLARE chain NO SCROLL CURSOR FOR SELECT s.sequence, s.audit_id, s.hash, s.sound, ${ENTRY_COLUMNS}
       FROM audit_seal s LEFT JOIN audit_entry e ON e.id = s.audit_id ORDER BY s.sequence`,
  )
  const faults: AuditFault[] = []
  const told = new Set<string>()
  let checked = 0
  let last = 0
  let hash = GENESIS
  let agreed = 0
  for (;;) {
    signal?.throwIfAborted()
    const { rows } = await client.query<SealedRow>(`FETCH ${BATCH} FROM chain`)
    for (const row of rows) {
      const sequence = Number(row.sequence)
      const whole = sequence === last + 1
      if (!whole) faults.push(await gapFault(tx, last + 1, sequence - 1, told))
      const fault = placeFault(cipher, row, whole ? hash : null)
      if (fault) faults.push({ ...fault, sequence, entryId: row.audit_id })
      hash = row.hash
      last = sequence
      checked += 1
      const verdict = points.compare(sequence, hash)
      if (verdict === 'contradicts')
        faults.push({
          what: 'seal-altered',
          sequence: agreed + 1,
          entryId: null,
          message: `第 ${agreed + 1} 条至第 ${sequence} 条之间的链被整体改写，与第 ${sequence} 条的签名检查点不符`,
        })
      if (verdict !== 'none') agreed = sequence
    }
    await onProgress?.(checked, total)
    if (rows.length < BATCH) return { checked, last, faults, told }
  }
}

/** What is wrong with one place, given the hash before it; null for the hash where the place before is missing. */
function placeFault(
  cipher: Cipher,
  row: SealedRow,
  before: Buffer | null,
): Pick<AuditFault, 'what' | 'message'> | null {
  if (row.id === null) return { what: 'entry-removed', message: '审计记录已被删除，仅存其封存位置' }
  const entry = row as EntryRow
  if (!row.sound)
    return { what: 'entry-inserted', message: '审计记录不是由本系统写入，或在封存前被改动（校验值不符）' }
  if (!isSound(cipher, entry)) return { what: 'entry-altered', message: '审计记录的内容被改动（校验值不符）' }
  const fits =
    before === null ||
    chainHash(before, Number(row.sequence), row.audit_id, entry.check_value).equals(row.hash)
  return fits ? null : { what: 'seal-altered', message: '封存位置的链值被改动，与前一条不衔接' }
}

/** Sequences `from`–`to` are missing: is the entry still there, or gone with its seal? */
async function gapFault(tx: Tx, from: number, to: number, told: Set<string>): Promise<AuditFault> {
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT e.id FROM audit_entry e
      WHERE (e.xid, e.id) > (SELECT coalesce(max(xid::text), '0')::xid8,
                                    coalesce(max(audit_id::text), '00000000-0000-0000-0000-000000000000')::uuid
                               FROM audit_seal WHERE sequence = $1)
        AND (e.xid, e.id) < (SELECT xid, audit_id FROM audit_seal WHERE sequence = $2)
        AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = e.id)
      ORDER BY e.xid, e.id LIMIT $3`,
    [from - 1, to + 1, to - from + 1],
  )
  for (const { id } of rows) told.add(id)
  const range = from === to ? `第 ${from} 条` : `第 ${from}–${to} 条`
  // Some of several may be gone altogether; then that is what is told.
  return rows.length === to - from + 1
    ? { what: 'seal-removed', sequence: from, entryId: rows[0]!.id, message: `${range}的封存位置被删除` }
    : { what: 'entry-removed', sequence: from, entryId: null, message: `${range}审计记录连同封存位置被删除` }
}

/** Entries without a place that are no new ones: forged, or behind the end of the chain. */
async function entriesWithoutPlace(tx: Tx, cipher: Cipher, chain: Walk): Promise<AuditFault[]> {
  const { rows } = await tx.client.query<EntryRow & { overtaken: boolean }>(
    `SELECT ${ENTRY_COLUMNS},
            coalesce(t.xid <= pg_snapshot_xmax(pg_current_snapshot()) AND (e.xid, e.id) < (t.xid, t.audit_id), false) AS overtaken
       FROM audit_entry e LEFT JOIN audit_seal s ON s.audit_id = e.id
       LEFT JOIN (SELECT xid, audit_id FROM audit_seal ORDER BY sequence DESC LIMIT 1) t ON true
      WHERE s.audit_id IS NULL ORDER BY e.xid, e.id LIMIT ${BATCH}`,
  )
  return rows.flatMap((row): AuditFault[] => {
    const place = { sequence: null, entryId: row.id }
    if (!isSound(cipher, row))
      return [{ ...place, what: 'entry-inserted', message: '未封存的审计记录不是由本系统写入（校验值不符）' }]
    if (row.overtaken && !chain.told.has(row.id))
      return [{ ...place, what: 'seal-removed', message: '审计记录的封存位置被删除' }]
    return []
  })
}

function tailFaults(points: KnownCheckpoints, last: number): AuditFault[] {
  const beyond = points.firstBeyond(last)
  if (beyond === null) return []
  return [
    {
      what: 'tail-cut',
      sequence: last + 1,
      entryId: null,
      message: `签名检查点记有第 ${beyond} 条，现在的链止于第 ${last} 条：尾部被截去`,
    },
  ]
}
