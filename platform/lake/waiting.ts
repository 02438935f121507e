/** What PostgreSQL holds and the lake does not yet: rows that events behind the lake's cursor announce. */
import type { SqlClient } from '@hengjian/platform/context'
import { FACTS_RECORDED, FOLLOWER } from './follow.ts'

/** Ids of a fact's rows that the follower has still to bring, as this transaction sees outbox and cursor. */
export async function waitingIds(client: SqlClient, fact: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT DISTINCT row->>0 AS id
       FROM outbox o
       LEFT JOIN outbox_cursor c ON c.follower = $1
      CROSS JOIN LATERAL jsonb_array_elements(o.payload->'facts'->$3) AS row
      WHERE o.kind = $2 AND o.payload->'facts' ? $3
        AND (c.follower IS NULL OR (o.xid, o.seq) > (c.xid, c.seq::bigint))`,
    [FOLLOWER, FACTS_RECORDED, fact],
  )
  return rows.map(({ id }) => id)
}
