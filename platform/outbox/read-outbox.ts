/**
 * Reading the outbox in the order of commits: rows carry their transaction's id, and only those of transactions older
 * than every running one are read, in (xid, seq) order. A cursor over `seq` alone would skip rows committed late.
 */
import type { SqlClient } from '@hengjian/platform/context'
import type { Tx } from '@hengjian/platform/db'

/** An event as a follower reads it. */
export interface OutboxEvent {
  readonly eventId: string
  readonly kind: string
  readonly payload: unknown
}

/** Events after a follower's cursor. */
export interface OutboxPortion {
  readonly events: readonly OutboxEvent[]
  /** Events read, those of other kinds included; 0 = nothing is waiting. */
  readonly taken: number
  /** More may be waiting: the limit was reached. */
  readonly full: boolean
  /** Move the cursor past them, in the same transaction as what was made of them. */
  advance(): Promise<void>
}

interface Row {
  event_id: string
  kind: string
  payload: unknown
  xid: string
  seq: string
}

const NOTHING: OutboxPortion = { events: [], taken: 0, full: false, advance: async () => {} }

/**
 * Next portion for `follower`, which stays locked until the transaction ends; empty while another process holds it.
 * @param options.kinds only events of these kinds; all when left out
 */
export async function readOutbox(
  tx: Tx,
  options: { follower: string; kinds?: readonly string[]; limit: number },
): Promise<OutboxPortion> {
  const { client } = tx
  await ensureCursor(client, options.follower)
  const cursor = await client.query<{ xid: string; seq: string }>(
    'SELECT xid::text, seq FROM outbox_cursor WHERE follower = $1 FOR UPDATE SKIP LOCKED',
    [options.follower],
  )
  const from = cursor.rows[0]
  if (!from) return NOTHING
  const { rows } = await client.query<Row>(
    // Ordered by the table's columns: bare names would mean the texts of the answer, where 1000 stands before 999.
    `SELECT o.event_id, o.kind, o.payload, o.xid::text, o.seq::text FROM outbox o
      WHERE (o.xid, o.seq) > ($1::xid8, $2::bigint) AND o.xid < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY o.xid, o.seq LIMIT $3`,
    [from.xid, from.seq, options.limit],
  )
  const whole = wholeTransactions(rows, options.limit)
  // the cursor passes the other kinds too, so that they are not looked at again
  const wanted = whole.filter((row) => options.kinds?.includes(row.kind) ?? true)
  return {
    taken: whole.length,
    full: rows.length === options.limit,
    events: wanted.map((row) => ({ eventId: row.event_id, kind: row.kind, payload: row.payload })),
    async advance() {
      const last = whole.at(-1)
      if (!last) return
      await client.query('UPDATE outbox_cursor SET xid = $2::xid8, seq = $3 WHERE follower = $1', [
        options.follower,
        last.xid,
        last.seq,
      ])
    },
  }
}

const ensureCursor = (client: SqlClient, follower: string) =>
  client.query(
    `INSERT INTO outbox_cursor (follower, xid, seq) VALUES ($1, '0', '0') ON CONFLICT DO NOTHING`,
    [follower],
  )

/** Wait until `follower` has ended its round, and keep it from the next one until this transaction ends. */
export async function holdCursor({ client }: Tx, follower: string): Promise<void> {
  await ensureCursor(client, follower)
  await client.query('SELECT 1 FROM outbox_cursor WHERE follower = $1 FOR UPDATE', [follower])
}

/** A full portion ends with the last whole transaction in it, unless it is all one: followers see acts undivided. */
function wholeTransactions(rows: readonly Row[], limit: number): readonly Row[] {
  if (rows.length < limit) return rows
  const cut = rows.findIndex((row) => row.xid === rows.at(-1)!.xid)
  return cut === 0 ? rows : rows.slice(0, cut)
}
