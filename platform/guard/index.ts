/**
 * Guarded rows (PLT-22): a row carries an HMAC-SM3 over all its other columns. Altering it in the database is found
 * when a command or a detail page loads it, and by the nightly sweep. `last_audit_id` ties the row to the audit entry
 * of its last change, which guards entries that are not yet sealed into the chain.
 */

import { auditEntry, auditScope, canonicalJson, nameGuardedRow } from '@hengjian/platform/audit'
import type { RequestContext, Services } from '@hengjian/platform/context'
import type { Cipher } from '@hengjian/platform/crypto'
import type { Db, Tx } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { and, asc, eq, gt, inArray, isNotNull, or } from 'drizzle-orm'
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'

export { compareWithLog, type LogFault } from './compare-with-log.ts'
export { reencrypt } from './reencrypt.ts'

/** A table with the columns that guarding needs. */
export type GuardedTable = PgTable & { id: PgColumn; checkValue: PgColumn; lastAuditId: PgColumn }

type Part = string | number | boolean | Date | Buffer | null

const keysOf = new WeakMap<PgTable, string[]>()
/** JavaScript keys of the guarded columns, in the order of the table's definition. */
function guardedKeys(table: PgTable): string[] {
  let keys = keysOf.get(table)
  if (!keys) {
    const entries = Object.entries(table as unknown as Record<string, unknown>)
    const byColumn = new Map(entries.map(([key, value]) => [value, key]))
    keys = getTableConfig(table)
      .columns.filter((column) => column.name !== 'check_value' && column.name !== 'recorded_at')
      .map((column) => byColumn.get(column)!)
    keysOf.set(table, keys)
  }
  return keys
}

const partOf = (value: unknown): Part => {
  if (value === undefined || value === null) return null
  if (typeof value === 'object' && !(value instanceof Date) && !Buffer.isBuffer(value))
    return canonicalJson(value)
  return value as Part
}

/**
 * Check value of a complete row (JavaScript shape, as inserted or selected). Columns defined after `last_audit_id` came to
 * a table that already had rows: they are named in the check value where they hold something and left out where they are
 * null, so that older rows still fit and none can be emptied or filled unseen.
 */
export function sealRow(cipher: Cipher, table: PgTable, row: Record<string, unknown>): Buffer {
  const keys = guardedKeys(table)
  const added = keys.slice(keys.indexOf('lastAuditId') + 1)
  return cipher.checkValue([
    getTableConfig(table).name,
    ...keys.slice(0, keys.length - added.length).map((key) => partOf(row[key])),
    ...added.flatMap((key) => (partOf(row[key]) === null ? [] : [key, partOf(row[key])])),
  ])
}

/**
 * Insert rows with their check values; answers them as they stand now. Rows must be complete: defaults of the database
 * would not be covered.
 */
export async function insertGuarded<T extends GuardedTable>(
  ctx: { db: Db; tx: Tx; cipher: Cipher },
  table: T,
  rows: readonly Omit<T['$inferInsert'], 'checkValue'>[],
): Promise<T['$inferSelect'][]> {
  if (rows.length === 0) return []
  const sealed = rows.map((row) => ({
    ...row,
    checkValue: sealRow(ctx.cipher, table, row as Record<string, unknown>),
  }))
  ctx.tx.insert(table, sealed as T['$inferInsert'][])
  nameInLog(ctx.db, table, sealed)
  return sealed as T['$inferSelect'][]
}

/** Change a loaded row: verifies it as it was, writes the patch with a new check value, answers the new row. */
export async function updateGuarded<T extends GuardedTable>(
  ctx: RequestContext,
  table: T,
  row: T['$inferSelect'],
  patch: Partial<T['$inferInsert']> & { lastAuditId: string },
): Promise<T['$inferSelect']> {
  assertIntact(ctx, table, row)
  const next = { ...row, ...patch } as Record<string, unknown>
  if ('version' in row) next['version'] = (row as unknown as { version: number }).version + 1
  const checkValue = sealRow(ctx.cipher, table, next)
  const set = { ...patch, ...('version' in next ? { version: next['version'] } : {}), checkValue }
  ctx.tx.send(
    ctx.db
      .update(table)
      .set(set as never)
      .where(eq(table.id, (row as unknown as { id: string }).id)),
  )
  nameInLog(ctx.db, table, [next])
  return { ...next, checkValue } as T['$inferSelect']
}

/** Remove rows; the audit entry `auditId` says that they went by rights. */
export async function removeGuarded(
  ctx: { db: Db },
  table: GuardedTable,
  rows: readonly { readonly id: string }[],
  auditId: string,
): Promise<void> {
  if (rows.length === 0) return
  const ids = rows.map(({ id }) => id)
  await ctx.db.delete(table as PgTable).where(inArray(table.id, ids))
  for (const id of ids)
    nameGuardedRow(ctx.db, auditId, { table: getTableConfig(table).name, id, version: null })
}

/** Name rows in the audit entries they refer to. For rows that are not written by the functions above. */
export function nameInLog(db: Db, table: GuardedTable, rows: readonly Record<string, unknown>[]): void {
  const { name } = getTableConfig(table)
  for (const row of rows)
    if (typeof row['lastAuditId'] === 'string')
      nameGuardedRow(db, row['lastAuditId'], {
        table: name,
        id: String(row['id']),
        version: typeof row['version'] === 'number' ? row['version'] : 0,
      })
}

/** Throw `platform.integrity` when the row is not as this program wrote it. Imported rows carry no check value. */
export function assertIntact(
  ctx: Pick<Services, 'cipher' | 'log'>,
  table: PgTable,
  row: Record<string, unknown>,
): void {
  if (isIntact(ctx.cipher, table, row)) return
  const name = getTableConfig(table).name
  ctx.log.error(
    { securityEvent: 'row-altered', table: name, id: row['id'] },
    'guarded row was altered in the database',
  )
  throw new Problem(platformErrors.integrity, { detail: `${name} ${String(row['id'])}` })
}

/** Source of facts that this program's own commands recorded; imported ones name their file's source. */
export const OWN_SOURCE = 'hengjian'

/** True when the row's check value fits, or when it is an imported fact, which relies on its lake file's digest. */
export function isIntact(cipher: Cipher, table: PgTable, row: Record<string, unknown>): boolean {
  const stored = row['checkValue'] as Buffer | null | undefined
  // An imported fact was never changed by a command of ours: it names no audit entry.
  if (!stored) return 'source' in row && row['source'] !== OWN_SOURCE && !row['lastAuditId']
  return stored.equals(sealRow(cipher, table, row))
}

/** A guarded row that is not as it was written, or whose last audit entry is gone. */
export interface AlteredRow {
  readonly table: string
  readonly id: string
}

/** What the sweep noticed: the row does not fit its check value, or the audit entry it refers to is gone. */
export type SweepFault = 'row-altered' | 'audit-entry-missing'

const SWEEP_ROWS = 2000

/**
 * Walk every guarded row in batches by id, each in a short transaction of its own. `onAltered` is called for each that
 * does not fit. Answers rows checked.
 */
export async function sweepGuarded(
  services: Pick<Services, 'database' | 'cipher'>,
  tables: readonly GuardedTable[],
  onAltered: (row: AlteredRow, what: SweepFault) => void | Promise<void>,
  onProgress: (checked: number) => void | Promise<void> = () => {},
): Promise<number> {
  let checked = 0
  for (const table of tables) {
    for (let after: string | null = null; ; ) {
      const batch = await sweepBatch(services, table, after)
      for (const { row, what } of batch.altered) await onAltered(row, what)
      checked += batch.rows
      await onProgress(checked)
      if (batch.last === null) break
      after = batch.last
    }
  }
  return checked
}

/** Check the rows after `after`. `last` is null when there are no more. */
const sweepBatch = (
  { database, cipher }: Pick<Services, 'database' | 'cipher'>,
  table: GuardedTable,
  after: string | null,
) =>
  database.transaction(
    auditScope,
    async ({ db }) => {
      // Imported rows rely on the digest of their lake file.
      const own =
        'source' in table
          ? or(
              eq(table['source'] as PgColumn, OWN_SOURCE),
              isNotNull(table.lastAuditId),
              isNotNull(table.checkValue),
            )
          : undefined
      const rows: Record<string, unknown>[] = await db
        .select()
        .from(table as PgTable)
        .where(and(own, after === null ? undefined : gt(table.id, after)))
        .orderBy(asc(table.id))
        .limit(SWEEP_ROWS)
      const entries = await entriesThatExist(db, rows)
      const name = getTableConfig(table).name
      const faultOf = (row: Record<string, unknown>): SweepFault | null => {
        if (!isIntact(cipher, table, row)) return 'row-altered'
        const entry = row['lastAuditId'] as string | null
        return entry === null || entries.has(entry) ? null : 'audit-entry-missing'
      }
      const altered = rows.flatMap((row) => {
        const what = faultOf(row)
        return what === null ? [] : [{ row: { table: name, id: String(row['id']) }, what }]
      })
      return {
        rows: rows.length,
        altered,
        last: rows.length < SWEEP_ROWS ? null : String(rows.at(-1)!['id']),
      }
    },
    { readOnly: true },
  )

async function entriesThatExist(db: Db, rows: readonly Record<string, unknown>[]): Promise<Set<string>> {
  const ids = rows.map((row) => row['lastAuditId']).filter((id) => typeof id === 'string')
  if (ids.length === 0) return new Set()
  const found = await db
    .select({ id: auditEntry.id })
    .from(auditEntry)
    .where(inArray(auditEntry.id, [...new Set(ids)]))
  return new Set(found.map((row) => row.id))
}
