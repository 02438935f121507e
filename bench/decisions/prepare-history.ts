/**
 * A database with so many transactions of history: a sample city, copied beside itself with other vehicles and persons
 * until there are enough. Made once for a size and a schema.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { makeDatabase } from '../../tools/recall/open-store.ts'

/** Facts and lists that in-process indicators read. */
const TABLES = [
  'person',
  'vehicle',
  'vehicle_owner',
  'licence',
  'transaction',
  'transaction_step',
  'transaction_change',
  'amendment',
  'number_selection',
  'external_check',
  'person_change',
  'non_compliant_product',
  'agent_quota',
]
/** These tell the place and the people of the agency, which copies share. */
const SHARED = new Set([
  'unit_id',
  'handler_id',
  'operator_id',
  'institution_id',
  'kiosk_id',
  'agent_id',
  'auditor_id',
])
/** Steps weigh most and no indicator reads them: those of the city itself must do. */
const NOT_COPIED = new Set(['transaction_step', 'non_compliant_product', 'agent_quota'])

interface Column {
  readonly name: string
  readonly type: string
}

/** Name of the database for this size and this version's schema. */
export function historyName(transactions: number): string {
  const folder = fileURLToPath(new URL('../../migrations', import.meta.url))
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort())
    if (name.endsWith('.sql')) hash.update(readFileSync(`${folder}/${name}`))
  return `history_${transactions}_${hash.digest('hex').slice(0, 8)}`
}

/** Whether a database of that name is complete. */
export async function historyExists(serverUrl: string, name: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    const { rows } = await client.query(
      "SELECT 1 FROM pg_database WHERE datname = $1 AND shobj_description(oid, 'pg_database') = 'complete'",
      [name],
    )
    return rows.length > 0
  } finally {
    await client.end()
  }
}

/**
 * Fill a migrated database from the city of `cityUrl`.
 * @param migrate brings the empty database to this version's schema
 */
export async function makeHistory(
  serverUrl: string,
  options: {
    name: string
    cityUrl: string
    transactions: number
    migrate: (url: string) => Promise<unknown>
  },
): Promise<void> {
  const server = new pg.Client({ connectionString: serverUrl })
  await server.connect()
  await server.query(`DROP DATABASE IF EXISTS ${options.name} WITH (FORCE)`)
  const url = await makeDatabase(serverUrl, options.name)
  await options.migrate(url)
  const [city, target] = [options.cityUrl, url].map((each) => new pg.Client({ connectionString: each }))
  await city!.connect()
  await target!.connect()
  try {
    await target!.query('SET synchronous_commit = off')
    for (const table of TABLES) await copyTable(city!, target!, table)
    await copyUntil(target!, options.transactions)
    await target!.query('VACUUM ANALYZE')
    await server.query(`COMMENT ON DATABASE ${options.name} IS 'complete'`)
    await server.query('CHECKPOINT')
  } finally {
    await city!.end()
    await target!.end()
    await server.end()
  }
}

async function columnsOf(client: pg.Client, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`,
    [table],
  )
  return rows
}

async function copyTable(from: pg.Client, to: pg.Client, table: string): Promise<void> {
  const there = new Set((await columnsOf(from, table)).map(({ name }) => name))
  const names = (await columnsOf(to, table))
    .filter(({ name }) => there.has(name))
    .map(({ name }) => `"${name}"`)
  await pipeline(
    from.query(copyTo(`COPY (SELECT ${names.join(', ')} FROM "${table}") TO STDOUT (FORMAT binary)`)),
    to.query(copyFrom(`COPY "${table}" (${names.join(', ')}) FROM STDIN (FORMAT binary)`)),
  )
}

/** Copy the city beside itself until there are enough transactions. */
async function copyUntil(client: pg.Client, transactions: number): Promise<void> {
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM transaction')
  const base = rows[0]!.n
  for (const table of TABLES)
    if (!NOT_COPIED.has(table))
      await client.query(`CREATE TEMP TABLE base_${table} AS SELECT * FROM "${table}"`)
  for (let copy = 1; base * copy < transactions; copy++) {
    const limit = transactions - base * copy
    for (const table of TABLES) {
      if (NOT_COPIED.has(table)) continue
      const columns = await columnsOf(client, table)
      const names = columns.map(({ name }) => `"${name}"`).join(', ')
      const values = columns.map((column) => copied(column, copy)).join(', ')
      const enough = table === 'transaction' && limit < base ? ` LIMIT ${limit}` : ''
      await client.query(`INSERT INTO "${table}" (${names}) SELECT ${values} FROM base_${table}${enough}`)
    }
  }
}

/** A value of the n-th copy: ids keep their time and change their tail, digests become others, so that nobody is double. */
function copied({ name, type }: Column, copy: number): string {
  const column = `"${name}"`
  if (type === 'uuid' && !SHARED.has(name))
    return `(left(${column}::text, 24) || left(md5(${column}::text || '${copy}'), 12))::uuid`
  if (name === 'source_key' || name === 'serial') return `${column} || '-${copy}'`
  if (name.endsWith('_digest')) return `substr(sha256(${column} || '\\x0${copy % 10}'::bytea), 1, 16)`
  if (name === 'vin' || name === 'plate') return `${column} || '${copy}'`
  return column
}
