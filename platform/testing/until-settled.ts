/** Followers read what no transaction of the server can precede any more; other test files share that server. */
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'

/** Wait until every transaction that was open at the call, of whatever database, has ended; at most 20 s. */
export async function untilSettled(pool: Pick<pg.Pool, 'query'>): Promise<void> {
  const { rows } = await pool.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid')
  const deadline = Date.now() + 20_000
  while (Date.now() < deadline) {
    const { rows: seen } = await pool.query<{ settled: boolean }>(
      'SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS settled',
      [rows[0]!.xid],
    )
    if (seen[0]!.settled) return
    await pause(20)
  }
}
