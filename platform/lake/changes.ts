/**
 * What came into the lake since a mark. A mark is a place in the order of transactions, not of time or of numbers: all
 * that a transaction older than it recorded is visible, whatever began later stands behind it. So a file that a long
 * transaction lists late is found behind every mark that was set while that transaction ran.
 */
import type { SqlClient } from '@hengjian/platform/context'
import type { LakeTimes } from './tables.ts'

/** New rows, and new versions of rows, of one fact in one month. */
export interface LakeChange {
  readonly fact: string
  /** `2026-11`; `all` for standing facts. */
  readonly month: string
  readonly rows: number
  /** First and last day of each instant among them; of standing facts among rows that came new. */
  readonly times: LakeTimes
}

/** The mark of this moment: what stands before it is complete. */
export async function lakeMark(client: SqlClient): Promise<string> {
  const { rows } = await client.query<{ mark: string }>(
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS mark',
  )
  return rows[0]!.mark
}

/**
 * Changes from mark `since` (inclusive; null = all that is remembered) to mark `until` (exclusive), one for each fact
 * and month. A mark from the future, of a database that was restored elsewhere since, counts as none.
 */
export async function changesBetween(
  client: SqlClient,
  since: string | null,
  until: string,
): Promise<LakeChange[]> {
  const { rows } = await client.query<LakeChange>(
    `WITH new AS (
       SELECT fact, month, rows, times FROM lake_change
        WHERE xid < $2::xid8 AND ($1::xid8 IS NULL OR $1::xid8 > $2::xid8 OR xid >= $1::xid8)),
     span AS (
       SELECT fact, month, key, jsonb_build_array(min(value->>0), max(value->>1)) AS days
         FROM new, jsonb_each(times) GROUP BY 1, 2, 3)
     SELECT n.fact, n.month, sum(n.rows)::int AS rows,
            (SELECT coalesce(jsonb_object_agg(s.key, s.days), '{}') FROM span s
              WHERE s.fact = n.fact AND s.month = n.month) AS times
       FROM new n GROUP BY n.fact, n.month ORDER BY n.fact, n.month`,
    [since, until],
  )
  return rows
}

/** Days for which changes are remembered: a judgment that did not look for so long cannot know what it missed. */
const KEPT_DAYS = 90

/**
 * Make one row of those of a day, fact and month, and forget what is older than 90 days. A mark between them sees the
 * whole of the day's: rather more than less.
 */
export async function condenseChanges(client: SqlClient, now: Date): Promise<void> {
  await client.query(
    `DELETE FROM lake_change WHERE recorded_at < $1::timestamptz - interval '${KEPT_DAYS} days'`,
    [now],
  )
  await client.query(
    `WITH several AS (
       SELECT fact, month, recorded_at::date AS day FROM lake_change
        WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) GROUP BY 1, 2, 3 HAVING count(*) > 1),
     old AS (
       DELETE FROM lake_change c USING several s
        WHERE c.fact = s.fact AND c.month = s.month AND c.recorded_at::date = s.day
          AND c.xid < pg_snapshot_xmin(pg_current_snapshot())
       RETURNING c.*, s.day),
     span AS (
       SELECT fact, month, day, key, jsonb_build_array(min(value->>0), max(value->>1)) AS days
         FROM old, jsonb_each(times) GROUP BY 1, 2, 3, 4)
     INSERT INTO lake_change (id, fact, month, rows, times, xid, recorded_at)
     SELECT gen_random_uuid(), o.fact, o.month, sum(o.rows),
            (SELECT coalesce(jsonb_object_agg(s.key, s.days), '{}') FROM span s
              WHERE s.fact = o.fact AND s.month = o.month AND s.day = o.day),
            max(o.xid), max(o.recorded_at)
       FROM old o GROUP BY o.fact, o.month, o.day`,
  )
}
