/** After a kill: what stands in database, audit log and lake, held against what was acknowledged. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import type { Acknowledged } from './test-window.ts'

/** What stands, in numbers that a test compares. */
export interface Standing {
  readonly transactions: number
  /** Acknowledged ones that are missing or stand with another id or serial. */
  readonly lost: number
  /** Transactions beyond one for a request, and serials given twice. */
  readonly doubled: number
  /** Transactions without exactly two steps, one audit entry of acceptance, one vehicle and one owner. */
  readonly torn: number
  /** Steps, vehicles, owners and audit entries of transactions that do not stand, in words. */
  readonly orphans: readonly string[]
}

export async function standingOf(
  client: pg.Client,
  acknowledged: readonly Acknowledged[],
): Promise<Standing> {
  const count = async (sql: string, parameters: unknown[] = []) =>
    Number((await client.query<{ n: string }>(sql, parameters)).rows[0]!.n)
  return {
    transactions: await count('SELECT count(*) AS n FROM transaction'),
    lost: await count(
      `SELECT count(*) AS n FROM unnest($1::text[], $2::uuid[], $3::text[]) AS a(request_id, id, serial)
        WHERE NOT EXISTS (SELECT FROM transaction t
                           WHERE t.source_key = a.request_id AND t.id = a.id AND t.serial = a.serial)`,
      [
        acknowledged.map(({ requestId }) => requestId),
        acknowledged.map(({ id }) => id),
        acknowledged.map(({ serial }) => serial),
      ],
    ),
    doubled: await count(
      `SELECT 2 * count(*) - count(DISTINCT source_key) - count(DISTINCT serial) AS n FROM transaction`,
    ),
    torn: await count(
      `SELECT count(*) AS n FROM transaction t
        WHERE (SELECT count(*) FROM transaction_step s WHERE s.transaction_id = t.id) <> 2
           OR (SELECT count(*) FROM audit_entry e
                WHERE e.object_id = t.id::text AND e.action = 'business.accept-transaction') <> 1
           OR (SELECT count(*) FROM vehicle v WHERE v.id = t.vehicle_id) <> 1
           OR (SELECT count(*) FROM vehicle_owner o WHERE o.vehicle_id = t.vehicle_id) <> 1`,
    ),
    orphans: await orphansOf(client),
  }
}

/** The answer to a repeated request leaves an entry too, which names no transaction. */
async function orphansOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ what: string }>(
    `SELECT 'step ' || s.id AS what FROM transaction_step s
      WHERE NOT EXISTS (SELECT FROM transaction t WHERE t.id = s.transaction_id)
     UNION ALL SELECT 'vehicle ' || v.id || ' at ' || v.recorded_at FROM vehicle v
      WHERE NOT EXISTS (SELECT FROM transaction t WHERE t.vehicle_id = v.id)
     UNION ALL SELECT 'owner ' || o.id || ' at ' || o.recorded_at FROM vehicle_owner o
      WHERE NOT EXISTS (SELECT FROM transaction t WHERE t.vehicle_id = o.vehicle_id)
     UNION ALL SELECT 'audit entry ' || e.id || ' at ' || e.at FROM audit_entry e
      WHERE e.action = 'business.accept-transaction' AND e.object_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM transaction t WHERE t.id::text = e.object_id)`,
  )
  return rows.map(({ what }) => what)
}

/** Versions of a fact as the listed files hold them, read without the program's own views. */
export async function lakeRowsOf(client: pg.Client, dataDir: string, fact: string) {
  const { rows } = await client.query<{ path: string }>(
    'SELECT path FROM lake_file WHERE fact = $1 AND retired_at IS NULL',
    [fact],
  )
  if (rows.length === 0) return { rows: 0, versions: 0, ids: 0 }
  const connection = await (await DuckDBInstance.create()).connect()
  try {
    const files = rows.map(({ path }) => `'${join(dataDir, 'lake', path).replaceAll("'", "''")}'`)
    const result = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER AS rows, count(DISTINCT (id, version))::INTEGER AS versions,
              count(DISTINCT id)::INTEGER AS ids FROM read_parquet([${files.join(', ')}])`,
    )
    return result.getRowObjects()[0] as { rows: number; versions: number; ids: number }
  } finally {
    connection.closeSync()
  }
}

/** Wait until no committed event is left to follow and no audit entry to seal. */
export async function untilQuiet(client: pg.Client, withinMs = 60_000): Promise<void> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const { rows } = await client.query<{ behind: string; unsealed: string }>(
      `SELECT (SELECT count(*) FROM outbox o
                WHERE EXISTS (SELECT FROM outbox_cursor c WHERE (o.xid, o.seq) > (c.xid, c.seq::bigint))
                   OR (SELECT count(*) FROM outbox_cursor) < 2) AS behind,
              (SELECT count(*) FROM audit_entry e
                WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = e.id)) AS unsealed`,
    )
    const { behind, unsealed } = rows[0]!
    if (behind === '0' && unsealed === '0') return
    if (Date.now() > deadline)
      throw new Error(`${behind} events not followed, ${unsealed} entries not sealed`)
    await pause(200)
  }
}

/** Signed in as superuser; waits while the database is starting. */
export async function connectAdmin(urlOf: () => Promise<string>, withinMs = 30_000): Promise<pg.Client> {
  const deadline = Date.now() + withinMs
  for (;;) {
    try {
      const client = new pg.Client({ connectionString: await urlOf() })
      client.on('error', () => {})
      await client.connect()
      return client
    } catch (error) {
      if (Date.now() > deadline) throw error
      await pause(200)
    }
  }
}
