/**
 * The data of `bench:analysis`, made once for a size and a seed: the lake as the application leaves it, and beside it
 * plain PostgreSQL tables with the same columns and rows, indexed and analysed, for statements written by hand.
 */
import { createReadStream, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { factCatalogue } from '@hengjian/business'
import { type LakeColumnType, lakeColumns } from '@hengjian/platform/lake'
import { generateCity } from '@hengjian/sandbox-city'
import { publishedCalendar } from '@hengjian/supervision'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { makeDatabase, openStore, type Store } from '../../tools/recall/open-store.ts'
import { streamCity } from './stream-city.ts'

/** Size of the sample and the day after it ends. */
export interface Sample {
  readonly vehicles: number
  readonly years: number
  readonly seed: number
  readonly until: string
}

const TYPES: Record<LakeColumnType, string> = {
  uuid: 'uuid',
  text: 'text COLLATE "C"',
  integer: 'integer',
  double: 'double precision',
  boolean: 'boolean',
  instant: 'timestamp',
  date: 'date',
  digest: 'bytea',
}

/** What someone who writes these statements by hand would index: times and the columns that join. */
const INDEXES = [
  'vehicle (id)',
  'vehicle_owner (vehicle_id, "from")',
  'vehicle_owner (person_id, "from")',
  'transaction (id)',
  'transaction (business_kind, reason, accepted_at)',
  'transaction (subject_kind, state, accepted_at)',
  'transaction (accepted_at)',
  'transaction (vehicle_id, accepted_at)',
  'transaction (person_id, accepted_at)',
  'transaction_step (transaction_id, step)',
  'transaction_step (step, done_at)',
  'number_selection (selected_at)',
  'investigation (transaction_id)',
  'inspection (id)',
  'inspection (occurred_at)',
  'inspection (submitted_at)',
  'inspection (audited_at) WHERE key_vehicle',
  'inspection_item (inspection_id)',
  'inspection_item (item, occurred_at)',
  'examination (id)',
  'examination (subject, occurred_at)',
  'examination (candidate_id, started_at)',
  'examination_item (examination_id)',
  'examination_item (occurred_at) WHERE misjudged',
  'clock_offset (at)',
  'correction (at)',
  'correction (target, at)',
  'external_check (transaction_id)',
  'points_change (at)',
  'licence_transfer (downloaded_at)',
  'licence_transfer (at)',
  'licence_transfer (person_id, at)',
  'amendment (at)',
  'validation (at)',
  'medical_report (at)',
  'full_mark_study (at)',
  'person (id)',
]

/** Make what is missing under `folder`, and open the store. The server keeps both databases. */
export async function prepareData(folder: string, serverUrl: string, sample: Sample): Promise<Store> {
  const done = (what: string) => join(folder, `${what}.done`)
  mkdirSync(folder, { recursive: true })
  const store = await openStore({
    folder,
    adminUrl: await makeDatabase(serverUrl, 'lake'),
  })
  if (!existsSync(done('lake'))) {
    const began = performance.now()
    const { rows, peak } = await streamCity(store, generateCity(sample))
    writeFileSync(done('lake'), `${rows}\n`)
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    console.error(`${rows} facts made and written in ${seconds} s, at most ${Math.round(peak / 2 ** 20)} MB`)
  }
  // As the nightly upkeep leaves it; also what an earlier version has written otherwise.
  await store.lake.compact({ atLeast: 2 })
  if (!existsSync(done('plain'))) {
    await makePlainTables(folder, await makeDatabase(serverUrl, 'plain'), store, sample)
    writeFileSync(done('plain'), '')
  }
  return store
}

async function makePlainTables(folder: string, plainUrl: string, store: Store, sample: Sample) {
  const client = new pg.Client({ connectionString: plainUrl })
  await client.connect()
  try {
    for (const name of store.lake.facts) {
      await client.query(`DROP TABLE IF EXISTS "${name}"`)
      await copyTable(folder, client, store, name)
    }
    for (const index of INDEXES) await client.query(`CREATE INDEX ON ${index}`)
    await makeLists(client, sample)
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
  }
}

/** From each of the lake's files, month after month, through a CSV file into a table. */
async function copyTable(folder: string, client: pg.Client, store: Store, name: string) {
  const columns = lakeColumns(factCatalogue[name]!)
  const declared = columns.map((column) => `"${column.name}" ${TYPES[column.type]}`)
  await client.query(`CREATE TABLE "${name}" (${declared.join(', ')})`)
  const listed = new pg.Client({ connectionString: store.adminUrl })
  await listed.connect()
  const { rows } = await listed.query<{ path: string }>(
    'SELECT path FROM lake_file WHERE fact = $1 AND retired_at IS NULL ORDER BY month, path',
    [name],
  )
  await listed.end()
  const csv = join(folder, `${name}.csv`)
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '2GB' })
  const connection = await instance.connect()
  const names = columns.map((column) => `"${column.name}"`).join(', ')
  // The lake holds digests as hexadecimal text.
  const values = columns.map(({ name, type }) => (type === 'digest' ? `'\\x' || "${name}"` : `"${name}"`))
  for (const { path } of rows) {
    await connection.run(
      `COPY (SELECT ${values.join(', ')} FROM read_parquet('${join(store.lake.folder, path)}') ORDER BY occurred_at) TO '${csv}' (FORMAT csv, HEADER false)`,
    )
    await pipeline(
      createReadStream(csv, { highWaterMark: 1 << 20 }),
      client.query(copyFrom(`COPY "${name}" (${names}) FROM STDIN (FORMAT csv)`)),
    )
  }
  connection.closeSync()
  instance.closeSync()
  rmSync(csv, { force: true })
}

/** Working days, and which regions are local for which city. */
async function makeLists(client: pg.Client, sample: Sample) {
  const { reference } = generateCity(sample)
  await client.query('DROP TABLE IF EXISTS local_region, working_day')
  await client.query('CREATE TABLE local_region (city text COLLATE "C" PRIMARY KEY, prefixes text[])')
  for (const unit of reference.units.filter(({ level }) => level === 'detachment'))
    await client.query('INSERT INTO local_region VALUES ($1, $2)', [unit.path, unit.local_regions])
  await client.query('CREATE TABLE working_day (day date PRIMARY KEY, working boolean, ordinal integer)')
  const last = Temporal.PlainDate.from(sample.until).add({ days: 120 })
  let ordinal = 0
  let day = last.subtract({ years: sample.years + 1 })
  for (; Temporal.PlainDate.compare(day, last) < 0; day = day.add({ days: 1 })) {
    const working = publishedCalendar.isWorkingDay(day)
    if (working) ordinal += 1
    await client.query('INSERT INTO working_day VALUES ($1, $2, $3)', [day.toString(), working, ordinal])
  }
}
