/**
 * Bring old ciphertexts under the current data key, after `rotateDataKey`. Each portion is a transaction of its own, and
 * a value says itself which key it is under: killed anywhere, a repeated run does what is left.
 */
import { type Services, type SqlClient, systemActor } from '@hengjian/platform/context'
import { type Cipher, CipherError } from '@hengjian/platform/crypto'
import type { Database, Db, Tx } from '@hengjian/platform/db'
import { eq, getTableColumns, inArray } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { type GuardedTable, isIntact, sealRow } from './index.ts'

const PORTION = 1000

/** What a run did. */
interface Reencryption {
  /** Rows written under the current key. */
  readonly rows: number
  /** `table id` of rows left alone: altered in the database, or of an unknown key. */
  readonly left: readonly string[]
}

interface EncryptedTable {
  readonly name: string
  readonly columns: readonly string[]
}

/**
 * Every column `…_enc` of every table. Guarded rows get a new check value where theirs fits; one that does not is left
 * as it is, for the sweep to name. Versions do not change: the facts are the same.
 */
export async function reencrypt(
  services: Pick<Services, 'database' | 'cipher' | 'keys'>,
  options: {
    guardedTables: readonly GuardedTable[]
    onProgress?: (done: number, total: number) => void
  },
): Promise<Reencryption> {
  const { database, cipher, keys } = services
  const guarded = new Map(options.guardedTables.map((table) => [getTableConfig(table).name, table]))
  const tables = await inScope(database, encryptedTables)
  let total = 0
  for (const table of tables)
    total += await inScope(database, ({ client }) => countOld(client, table, keys.dataKeys.current))
  const left: string[] = []
  let done = 0
  options.onProgress?.(done, total)
  for (const table of tables)
    for (let after: string | null = null; ; ) {
      const portion = await inScope(database, async ({ client, db }) => {
        const ids = await oldRows(client, table, keys.dataKeys.current, after)
        if (ids.length === 0) return { ids, skipped: [] }
        const own = guarded.get(table.name)
        const skipped = own
          ? await rewriteGuarded(cipher, db, own, table.columns, ids)
          : await rewrite(cipher, client, table, ids)
        return { ids, skipped }
      })
      left.push(...portion.skipped.map((id) => `${table.name} ${id}`))
      done += portion.ids.length
      options.onProgress?.(done, total)
      after = portion.ids.at(-1) ?? null
      if (portion.ids.length < PORTION) break
    }
  return { rows: done - left.length, left }
}

const SCOPE = { kind: 'all', unitPath: '/', actorId: systemActor('reencrypt').id } as const
const inScope = <T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> =>
  database.transaction(SCOPE, work)

async function encryptedTables({ client }: Tx): Promise<EncryptedTable[]> {
  const { rows } = await client.query<EncryptedTable>(
    `SELECT table_name AS name, array_agg(column_name::text ORDER BY ordinal_position) AS columns
       FROM information_schema.columns
      WHERE table_schema = 'public' AND udt_name = 'bytea' AND column_name LIKE '%\\_enc'
      GROUP BY table_name ORDER BY table_name`,
  )
  return rows
}

/** A ciphertext begins with the id of its key. */
const isOld = ({ columns }: EncryptedTable, current: number): string =>
  `(${columns.map((column) => `get_byte("${column}", 0) <> ${current}`).join(' OR ')})`

async function countOld(client: SqlClient, table: EncryptedTable, current: number): Promise<number> {
  const { rows } = await client.query<{ n: string }>(
    `SELECT count(*) AS n FROM "${table.name}" WHERE ${isOld(table, current)}`,
  )
  return Number(rows[0]!.n)
}

/** Ids of the next rows, locked until the end of the transaction. */
async function oldRows(client: SqlClient, table: EncryptedTable, current: number, after: string | null) {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM "${table.name}" WHERE ${isOld(table, current)} AND ($1::uuid IS NULL OR id > $1)
      ORDER BY id LIMIT ${PORTION} FOR UPDATE`,
    [after],
  )
  return rows.map((row) => row.id)
}

type Row = Record<string, unknown>

/** Rewrite rows under the current key; answers the ids of those left alone. */
async function rewrite(
  cipher: Cipher,
  client: SqlClient,
  table: EncryptedTable,
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<Row>(`SELECT * FROM "${table.name}" WHERE id = ANY($1)`, [ids])
  const left: string[] = []
  const fresh: Row[] = []
  for (const row of rows) {
    const next = renewed(cipher, row, table.columns)
    if (next) fresh.push({ ...next, id: row['id'] })
    else left.push(String(row['id']))
  }
  const names = table.columns.map((column) => `"${column}"`)
  await client.query(
    `UPDATE "${table.name}" t SET ${names.map((name) => `${name} = v.${name}`).join(', ')}
       FROM unnest($1::uuid[], ${names.map((_, at) => `$${at + 2}::bytea[]`).join(', ')}) AS v (id, ${names.join(', ')})
      WHERE t.id = v.id`,
    [fresh.map((row) => row['id']), ...table.columns.map((column) => fresh.map((row) => row[column]))],
  )
  return left
}

/** The same for a guarded table, whose check values cover the ciphertexts. */
async function rewriteGuarded(
  cipher: Cipher,
  db: Db,
  table: GuardedTable,
  columns: readonly string[],
  ids: readonly string[],
): Promise<string[]> {
  const properties = Object.entries(getTableColumns(table))
    .filter(([, column]) => columns.includes(column.name))
    .map(([property]) => property)
  const rows: Row[] = await db
    .select()
    .from(table as PgTable)
    .where(inArray(table.id, [...ids]))
  const left: string[] = []
  for (const row of rows) {
    const id = String(row['id'])
    const next = isIntact(cipher, table, row) ? renewed(cipher, row, properties) : null
    if (!next) {
      left.push(id)
      continue
    }
    // Imported rows carry none.
    const seal = row['checkValue'] ? { checkValue: sealRow(cipher, table, { ...row, ...next }) } : {}
    await db
      .update(table)
      .set({ ...next, ...seal } as never)
      .where(eq(table.id, id))
  }
  return left
}

/** The named values under the current key; null where one cannot be read. */
function renewed(cipher: Cipher, row: Row, names: readonly string[]): Row | null {
  try {
    return Object.fromEntries(
      names.map((name) => [name, cipher.encrypt(cipher.decrypt(row[name] as Buffer | null))]),
    )
  } catch (error) {
    if (error instanceof CipherError) return null
    throw error
  }
}
