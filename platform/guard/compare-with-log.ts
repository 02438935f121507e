/**
 * The other direction of the sweep (PLT-22): not from the rows to their check values, but from the audit log to the
 * rows. Each entry names the guarded rows its act wrote; the log itself is chained and signed. So a row that was
 * deleted, made to look unguarded, or put back to an earlier state is found although nothing in its table says so.
 */
import { auditScope } from '@hengjian/platform/audit'
import type { Services, SqlClient } from '@hengjian/platform/context'
import { getTableConfig } from 'drizzle-orm/pg-core'
import type { AlteredRow, GuardedTable } from './index.ts'

/** What the log knows of a row that the table does not bear out. */
export type LogFault =
  /** The row is gone, and no entry says that it was removed. */
  | 'row-removed'
  /** The row stands without check value. */
  | 'row-unguarded'
  /** The row has a lower version than the log has seen. */
  | 'row-rolled-back'

/** Places of the chain looked at in one transaction. */
const PORTION = 5_000

type Named = Record<string, Record<string, number | null>>

/**
 * Walk the sealed entries in order, each portion in a short transaction of its own; memory grows only with the rows
 * that were ever removed. Entries are not verified here: `verifyAudit` does that. Answers how many rows were compared,
 * a row once for each portion that names it.
 */
export async function compareWithLog(
  services: Pick<Services, 'database'>,
  tables: readonly GuardedTable[],
  onFault: (row: AlteredRow, what: LogFault) => void | Promise<void>,
  onProgress: (compared: number) => void | Promise<void> = () => {},
): Promise<number> {
  const shapes = tables.map(shapeOf)
  const removed = new Set<string>()
  const missing = new Map<string, AlteredRow>()
  const told = new Set<string>()
  let compared = 0
  const compare = async (client: SqlClient, entries: readonly Named[]) => {
    const faults: [AlteredRow, LogFault][] = []
    for (const shape of shapes) {
      const versions = newestVersions(entries, shape.name, removed)
      compared += versions.size
      for (const [row, what] of await faultsOf(client, shape, versions)) {
        if (what === 'row-removed') missing.set(keyOf(row), row)
        else faults.push([row, what])
      }
    }
    return faults
  }
  for (let from = 0; ; from += PORTION) {
    const portion = await inTransaction(services, async (client) => {
      const { rows } = await client.query<{ last: string | null; guarded: Named[] | null }>(
        `SELECT (SELECT max(sequence) FROM audit_seal) AS last,
                (SELECT json_agg(e.guarded) FROM audit_seal s JOIN audit_entry e ON e.id = s.audit_id
                  WHERE s.sequence > $1 AND s.sequence <= $2 AND e.guarded IS NOT NULL) AS guarded`,
        [from, from + PORTION],
      )
      const { last, guarded } = rows[0]!
      return { last: Number(last ?? 0), faults: await compare(client, guarded ?? []) }
    })
    for (const [row, what] of portion.faults) {
      if (told.has(keyOf(row))) continue
      told.add(keyOf(row))
      await onFault(row, what)
    }
    await onProgress(compared)
    if (from + PORTION >= portion.last) break
  }
  // A removal of this moment has no place in the chain yet.
  if (missing.size > 0)
    for (const entry of await inTransaction(services, unsealed))
      for (const [table, rows] of Object.entries(entry))
        for (const [id, version] of Object.entries(rows)) if (version === null) removed.add(`${table} ${id}`)
  for (const [key, row] of missing) if (!removed.has(key)) await onFault(row, 'row-removed')
  return compared
}

const inTransaction = <T>(
  { database }: Pick<Services, 'database'>,
  work: (client: SqlClient) => Promise<T>,
) => database.transaction(auditScope, ({ client }) => work(client), { readOnly: true })

const keyOf = ({ table, id }: AlteredRow): string => `${table} ${id}`

const shapeOf = (table: GuardedTable) => {
  const { name, columns } = getTableConfig(table)
  return { name, versioned: columns.some((column) => column.name === 'version') }
}

/** Rows of one table that the entries name, with the highest version; those they removed go into `removed`. */
function newestVersions(entries: readonly Named[], table: string, removed: Set<string>): Map<string, number> {
  const versions = new Map<string, number>()
  for (const entry of entries)
    for (const [id, version] of Object.entries(entry[table] ?? {}))
      if (version === null) removed.add(`${table} ${id}`)
      else versions.set(id, Math.max(version, versions.get(id) ?? 0))
  return versions
}

async function faultsOf(
  client: SqlClient,
  shape: ReturnType<typeof shapeOf>,
  versions: ReadonlyMap<string, number>,
): Promise<[AlteredRow, LogFault][]> {
  if (versions.size === 0) return []
  const { rows } = await client.query<{ id: string; bare: boolean; version: number }>(
    `SELECT id, check_value IS NULL AS bare, ${shape.versioned ? 'version' : '0 AS version'}
       FROM "${shape.name}" WHERE id = ANY($1::uuid[])`,
    [[...versions.keys()]],
  )
  const found = new Map(rows.map((row) => [row.id, row]))
  return [...versions].flatMap(([id, version]): [AlteredRow, LogFault][] => {
    const row = found.get(id)
    const fault = !row
      ? 'row-removed'
      : row.bare
        ? 'row-unguarded'
        : row.version < version
          ? 'row-rolled-back'
          : null
    return fault === null ? [] : [[{ table: shape.name, id }, fault]]
  })
}

async function unsealed(client: SqlClient): Promise<Named[]> {
  const { rows } = await client.query<{ guarded: Named }>(
    `SELECT e.guarded FROM audit_entry e
      WHERE e.guarded IS NOT NULL AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = e.id)`,
  )
  return rows.map((row) => row.guarded)
}
