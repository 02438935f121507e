/**
 * The sealer (PLT-21): gives committed entries their place in the chain. Commands do not chain, for that would put all
 * writes of the house in one queue; one process at a time follows them in the order of their transactions instead.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type Services, systemActor } from '@hengjian/platform/context'
import type { ScopeSetting, Tx } from '@hengjian/platform/db'
import { chainHash, GENESIS } from './chain.ts'
import { appendCheckpoints, type Checkpoint, checkpointFileOf, signCheckpoint } from './checkpoint.ts'
import { ENTRY_COLUMNS, type EntryRow, isSound } from './entry-row.ts'
import { raiseSecurityEvent } from './security-event.ts'

/** A checkpoint is made after so many entries, or so many milliseconds after the last where there are new ones. */
const CHECKPOINT_ENTRIES = 1000
const CHECKPOINT_MS = 60_000
const ROUND_ENTRIES = 5000
const SEALER_LOCK = 4_503_020_021
const EVERY_MS = 500

/** Sees all entries. Only sealer and verification use it. */
export const auditScope: ScopeSetting = {
  kind: 'all',
  unitPath: '/',
  actorId: systemActor('audit').id,
  auditReader: true,
}

/** What sealing needs. */
export interface Sealing extends Pick<Services, 'database' | 'cipher' | 'keys' | 'clock' | 'log'> {
  /** File outside the database, `checkpointFileOf(dataDir)`. */
  readonly checkpointFile: string
}

/** End of the chain. */
interface Tail {
  readonly sequence: number
  readonly hash: Buffer
  readonly xid: string
  readonly entryId: string
}

const NO_TAIL: Tail = {
  sequence: 0,
  hash: GENESIS,
  xid: '0',
  entryId: '00000000-0000-0000-0000-000000000000',
}

/**
 * One round: seal what has been committed, at most 5,000 entries; make checkpoints that are due; copy checkpoints that
 * the file lacks. Does not seal while another process does. Entries whose check value does not fit were written past
 * the program: they are sealed all the same, marked, and raised as a security event.
 * @returns entries sealed
 */
export async function sealAudit(sealing: Sealing): Promise<number> {
  const round = await sealing.database.transaction(auditScope, (tx) => sealRound(tx, sealing))
  // After the commit: a line about a chain that was rolled back would later read as a cut tail.
  copyToFile(sealing.checkpointFile, round.checkpoints)
  for (const entryId of round.unsound)
    await raiseSecurityEvent(sealing, {
      kind: 'audit-entry-inserted',
      object: { kind: 'audit_entry', id: entryId },
      message: '审计记录不是由本系统写入，或在封存前被改动',
    })
  return round.sealed
}

interface Round {
  readonly sealed: number
  readonly unsound: readonly string[]
  /** Checkpoints that the file may lack. */
  readonly checkpoints: readonly Checkpoint[]
}

async function sealRound(tx: Tx, sealing: Sealing): Promise<Round> {
  const lock = await tx.client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
    SEALER_LOCK,
  ])
  let sealed: readonly Place[] = []
  if (lock.rows[0]!.mine) {
    const tail = await readTail(tx)
    sealed = placesAfter(tail, await unsealedAfter(tx, tail), sealing)
    await insertSeals(tx, sealed)
    await makeCheckpoints(tx, sealing, tail, sealed)
  }
  return {
    sealed: sealed.length,
    unsound: sealed.filter((place) => !place.sound).map((place) => place.entryId),
    checkpoints: await checkpointsAfter(tx, lastCopied.get(sealing.checkpointFile) ?? 0),
  }
}

async function readTail(tx: Tx): Promise<Tail> {
  const { rows } = await tx.client.query<{ sequence: string; hash: Buffer; xid: string; audit_id: string }>(
    'SELECT sequence, hash, xid::text, audit_id FROM audit_seal ORDER BY sequence DESC LIMIT 1',
  )
  const last = rows[0]
  if (!last) return NO_TAIL
  return { sequence: Number(last.sequence), hash: last.hash, xid: last.xid, entryId: last.audit_id }
}

/**
 * Entries of transactions older than every running one, after the tail in the order (xid, id). A database restored into
 * another server counts transactions anew: when the tail's is ahead of them, all entries without a seal are taken.
 */
async function unsealedAfter(tx: Tx, tail: Tail): Promise<(EntryRow & { xid: string })[]> {
  const { rows } = await tx.client.query<EntryRow & { xid: string }>(
    `SELECT ${ENTRY_COLUMNS}, e.xid::text FROM audit_entry e
      WHERE (e.xid, e.id) > (CASE WHEN $1::xid8 > pg_snapshot_xmax(pg_current_snapshot()) THEN '0' ELSE $1::xid8 END, $2::uuid)
        AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
        AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = e.id)
      ORDER BY e.xid, e.id LIMIT $3`,
    [tail.xid, tail.entryId, ROUND_ENTRIES],
  )
  return rows
}

interface Place extends Tail {
  readonly sound: boolean
}

function placesAfter(
  tail: Tail,
  entries: readonly (EntryRow & { xid: string })[],
  { cipher }: Sealing,
): Place[] {
  let { sequence, hash } = tail
  return entries.map((entry) => {
    sequence += 1
    hash = chainHash(hash, sequence, entry.id, entry.check_value)
    return { sequence, hash, xid: entry.xid, entryId: entry.id, sound: isSound(cipher, entry) }
  })
}

async function insertSeals(tx: Tx, places: readonly Place[]): Promise<void> {
  if (places.length === 0) return
  await tx.client.query(
    `INSERT INTO audit_seal (sequence, audit_id, xid, hash, sound)
     SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[]::xid8[], $4::bytea[], $5::boolean[])`,
    [
      places.map((place) => place.sequence),
      places.map((place) => place.entryId),
      places.map((place) => place.xid),
      places.map((place) => place.hash),
      places.map((place) => place.sound),
    ],
  )
}

async function makeCheckpoints(
  tx: Tx,
  sealing: Sealing,
  tail: Tail,
  sealed: readonly Place[],
): Promise<void> {
  const { rows } = await tx.client.query<{ sequence: string; at: Date }>(
    'SELECT sequence, at FROM audit_checkpoint ORDER BY sequence DESC LIMIT 1',
  )
  const at = sealing.clock.now()
  let last = Number(rows[0]?.sequence ?? 0)
  const make = async (place: Tail) => {
    const point = signCheckpoint(sealing.keys, {
      sequence: place.sequence,
      hash: place.hash,
      entries: place.sequence - last,
      at,
    })
    await tx.client.query(
      'INSERT INTO audit_checkpoint (sequence, hash, signature, entries, at) VALUES ($1, $2, $3, $4, $5)',
      [point.sequence, point.hash, point.signature, point.entries, point.at],
    )
    last = place.sequence
  }
  for (const place of sealed) if (place.sequence - last >= CHECKPOINT_ENTRIES) await make(place)
  const end = sealed.at(-1) ?? tail
  const due = !rows[0] || at.getTime() - rows[0].at.getTime() >= CHECKPOINT_MS
  if (due && end.sequence > last) await make(end)
}

/** Last checkpoint known to stand in each file, so that it is looked into once a minute and not twice a second. */
const lastCopied = new Map<string, number>()

async function checkpointsAfter(tx: Tx, sequence: number): Promise<Checkpoint[]> {
  const { rows } = await tx.client.query<Omit<Checkpoint, 'sequence'> & { sequence: string }>(
    'SELECT sequence, hash, entries, at, signature FROM audit_checkpoint WHERE sequence > $1 ORDER BY sequence',
    [sequence],
  )
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }))
}

function copyToFile(file: string, points: readonly Checkpoint[]): void {
  if (points.length === 0) return
  appendCheckpoints(file, points)
  lastCopied.set(file, points.at(-1)!.sequence)
}

/** A running sealer. */
export interface Sealer {
  /** Stop after the round under way. */
  stop(): Promise<void>
}

/** Seal twice a second until stopped; a full round is followed by the next at once. Each worker may run one. */
export function startSealer(services: Services): Sealer {
  const sealing: Sealing = { ...services, checkpointFile: checkpointFileOf(services.config.dataDir) }
  const stopping = new AbortController()
  const run = async () => {
    while (!stopping.signal.aborted) {
      const sealed = await sealAudit(sealing).catch((error: unknown) => {
        services.log.error({ err: error }, 'audit log could not be sealed')
        return 0
      })
      if (sealed < ROUND_ENTRIES)
        await pause(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
