/**
 * Facts in both databases for tests of the shipped indicators: tables made straight from the catalogue, small hand-made
 * facts in a transaction that is rolled back, and one question asked of both.
 */
import { createHash } from 'node:crypto'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { factCatalogue } from '@hengjian/business'
import type {
  AtHand,
  FactCatalogue,
  IndicatorDefinition,
  InProcessRow,
  PostHocRow,
} from '@hengjian/indicators'
import { compileInProcess, compilePostHoc, type PostHocOptions, type Trigger } from '@hengjian/indicators'
import { createTestDatabase } from '@hengjian/platform/testing'
import pg from 'pg'

/** Rows by fact; what a row leaves out is filled in. Ids are short labels, instants local `YYYY-MM-DD HH:MM`. */
export type Facts = Readonly<Record<string, ReadonlyArray<Readonly<Record<string, unknown>>>>>

export const catalogue: FactCatalogue = factCatalogue
export const UNIT = '/45/4503/450302/'

/** The UUID that a label stands for. */
export function uuidOf(label: string): string {
  const hex = createHash('sha256').update(label).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
/** The digest that a label stands for, as the lake holds it. */
export const digestOf = (label: string) => createHash('sha256').update(label).digest('hex').slice(0, 32)

const COLUMN_TYPES = {
  postgres: {
    uuid: 'uuid',
    text: 'text COLLATE "C"',
    integer: 'integer',
    double: 'double precision',
    boolean: 'boolean',
    instant: 'timestamptz',
    date: 'date',
    digest: 'bytea',
  },
  duckdb: {
    uuid: 'UUID',
    text: 'VARCHAR',
    integer: 'INTEGER',
    double: 'DOUBLE',
    boolean: 'BOOLEAN',
    instant: 'TIMESTAMP',
    date: 'DATE',
    digest: 'VARCHAR',
  },
} as const

const TRINO_TYPES = {
  uuid: 'UUID',
  text: 'VARCHAR',
  integer: 'INTEGER',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  instant: 'TIMESTAMP(6)',
  date: 'DATE',
  digest: 'VARCHAR',
} as const

function createTables(dialect: 'postgres' | 'duckdb'): string[] {
  const tables = Object.values(catalogue).map((fact) => {
    const columns = Object.values(fact.columns).map((c) => `"${c.name}" ${COLUMN_TYPES[dialect][c.type]}`)
    return `CREATE TABLE "${fact.name}" (${columns.join(', ')})`
  })
  return [...tables, 'CREATE TABLE "working_day" ("day" DATE, "working" BOOLEAN, "ordinal" INTEGER)']
}

const FILLED: Record<string, unknown> = {
  uuid: 'filled',
  text: 'x',
  integer: 1,
  double: 0,
  boolean: false,
  instant: '2026-01-15 10:00',
  date: '2026-01-15',
  digest: 'filled',
}

/** SQL literal of a value; both dialects read it alike but for instants and digests. */
function literal(value: unknown, type: string, dialect: 'postgres' | 'duckdb'): string {
  if (value === null || value === undefined) return 'NULL'
  if (type === 'uuid') return `'${uuidOf(String(value))}'`
  if (type === 'digest')
    return dialect === 'postgres' ? `'\\x${digestOf(String(value))}'` : `'${digestOf(String(value))}'`
  if (type === 'instant') return dialect === 'postgres' ? `'${value}+08'` : `'${value}'`
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}

let counter = 0

/** Every column of some facts. `occurred_at` follows the fact's own time where a row names only that. */
function completed(facts: Facts) {
  return Object.entries(facts).flatMap(([name, rows]) => {
    const fact = catalogue[name]
    if (!fact) throw new Error(`no fact ${name}`)
    if (rows.length === 0) return []
    const columns = Object.values(fact.columns)
    for (const row of rows) {
      for (const key of Object.keys(row))
        if (!(key in fact.columns)) throw new Error(`${name} has no column ${key}`)
    }
    const complete = rows.map((row) => {
      counter += 1
      const time =
        row.occurred_at ??
        row.accepted_at ??
        row.started_at ??
        row.selected_at ??
        row.submitted_at ??
        row.at ??
        row.from
      const filled: Record<string, unknown> = {
        id: `row ${counter}`,
        unit_path: UNIT,
        ...(time === undefined ? {} : { occurred_at: time }),
        ...(name === 'transaction' ? { accepted_at: time, state: 'completed', subject_kind: 'vehicle' } : {}),
        ...(name === 'examination' ? { started_at: time } : {}),
        ...row,
      }
      return columns.map(
        (c) => [filled[c.name] ?? (c.nullable || c.name in filled ? null : FILLED[c.type]), c.type] as const,
      )
    })
    return [{ name, list: columns.map((c) => `"${c.name}"`).join(', '), rows: complete }]
  })
}

/** INSERT statements for some facts. */
function inserts(facts: Facts): Array<Record<'postgres' | 'duckdb', string>> {
  return completed(facts).map(({ name, list, rows }) => {
    const statement = (dialect: 'postgres' | 'duckdb') =>
      `INSERT INTO "${name}" (${list}) VALUES ${rows.map((row) => `(${row.map(([v, t]) => literal(v, t, dialect)).join(', ')})`).join(', ')}`
    return { postgres: statement('postgres'), duckdb: statement('duckdb') }
  })
}

/** A statement for Trino that brings its facts along, as common table expressions in place of tables. */
export function withFacts(facts: Facts, statement: string): string {
  const typed = (value: unknown, type: string) =>
    `CAST(${literal(value, type, 'duckdb')} AS ${TRINO_TYPES[type as keyof typeof TRINO_TYPES]})`
  const given = new Map(completed(facts).map((each) => [each.name, each]))
  const tables = Object.values(catalogue)
    .filter(({ name }) => statement.includes(`"${name}"`))
    .map(({ name, columns }) => {
      const list = Object.values(columns)
      const rows = given.get(name)?.rows.map((row) => row.map(([v, t]) => typed(v, t)))
      const selects = (rows ?? [list.map((c) => typed(null, c.type))]).map((row) => `(${row.join(', ')})`)
      const source = `SELECT * FROM (VALUES ${selects.join(', ')})${rows ? '' : ' WHERE FALSE'}`
      return `"${name}"(${list.map((c) => `"${c.name}"`).join(', ')}) AS (${source})`
    })
  if (statement.includes('"working_day"'))
    tables.push(`"working_day"("day", "working", "ordinal") AS (VALUES ${calendarRows("DATE '").join(', ')})`)
  const own = /^WITH\s/.test(statement)
  return `WITH ${tables.join(', ')}${own ? ', ' : ' '}${own ? statement.slice(5) : statement}`
}

/** The same ids whenever the facts are stored. */
export const named = (facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([fact, rows]) => [
      fact,
      rows.map((row, i) => ({ id: `${fact}${i}`, ...row })),
    ]),
  )

/** An open pair of databases. */
export interface FactStores {
  /** Answer of PostgreSQL and of DuckDB to one definition over some facts. */
  analyse(
    definition: IndicatorDefinition,
    facts: Facts,
    options: Omit<PostHocOptions, 'dialect'>,
  ): Promise<Record<'postgres' | 'duckdb', PostHocRow[]>>
  /** Rows of any statement compiled per dialect, over some facts. */
  ask(
    facts: Facts,
    compile: (dialect: 'postgres' | 'duckdb') => string,
  ): Promise<Record<'postgres' | 'duckdb', Array<Record<string, unknown>>>>
  /** Rows of one statement in one of the two databases. */
  askOne(facts: Facts, dialect: 'postgres' | 'duckdb', sql: string): Promise<Array<Record<string, unknown>>>
  /** Answer of the in-process statement; ids of `atHand` are labels. */
  evaluate(
    definitions: readonly IndicatorDefinition[],
    facts: Facts,
    event: Trigger['event'],
    atHand: AtHand,
    parameters?: Readonly<
      Record<string, Readonly<Record<string, number | string | readonly string[] | null>>>
    >,
  ): Promise<InProcessRow[]>
  close(): Promise<void>
}

/** Open both databases with empty fact tables and a calendar of 2025–2026 (Saturdays, Sundays and 1–3 January off). */
export async function openFactStores(): Promise<FactStores> {
  const database = await createTestDatabase({ template: false })
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  for (const sql of createTables('postgres')) await client.query(sql)
  for (const sql of createTables('duckdb')) await connection.run(sql)
  const calendar = calendarInsert()
  await client.query(calendar)
  await connection.run(calendar)

  type Inserts = ReturnType<typeof inserts>
  const inPostgres = <T>(rows: Inserts, work: () => Promise<T>) =>
    rolledBack(
      (sql) => client.query(sql),
      rows.map((s) => s.postgres),
      work,
    )
  const askIn = (rows: Inserts, dialect: 'postgres' | 'duckdb', sql: string) =>
    dialect === 'postgres'
      ? inPostgres(rows, async () => (await client.query<Record<string, unknown>>(sql)).rows)
      : rolledBack(
          (setup) => connection.run(setup),
          rows.map((s) => s.duckdb),
          () => rowsOfDuck(connection, sql),
        )
  const askOne: FactStores['askOne'] = (facts, dialect, sql) => askIn(inserts(facts), dialect, sql)
  const ask: FactStores['ask'] = async (facts, compile) => {
    // Once for both: rows that name no id get one.
    const rows = inserts(facts)
    return {
      postgres: await askIn(rows, 'postgres', compile('postgres')),
      duckdb: await askIn(rows, 'duckdb', compile('duckdb')),
    }
  }
  return {
    ask,
    askOne,
    async analyse(definition, facts, options) {
      const answers = await ask(facts, (dialect) => {
        const statement = compilePostHoc(definition, catalogue, { dialect, ...options })
        if (statement.status !== 'ready') throw new Error(`cannot compute: ${statement.missing.join(', ')}`)
        return statement.sql
      })
      return answers as unknown as Record<'postgres' | 'duckdb', PostHocRow[]>
    },
    async evaluate(definitions, facts, event, atHand, parameters) {
      const statement = compileInProcess(definitions, catalogue).statementFor(event, atHand.businessKind)
      if (!statement) return []
      const inForce = parameters ?? Object.fromEntries(definitions.map((d) => [d.code, {}]))
      const values = statement.values(labelled(atHand), inForce)
      return inPostgres(
        inserts(facts),
        async () => (await client.query<InProcessRow & pg.QueryResultRow>(statement.text, values)).rows,
      )
    },
    async close() {
      await client.end()
      connection.closeSync()
      instance.closeSync()
      await database.drop()
    },
  }
}

async function rolledBack<T>(
  run: (sql: string) => Promise<unknown>,
  setup: readonly string[],
  work: () => Promise<T>,
) {
  await run('BEGIN')
  try {
    for (const sql of setup) await run(sql)
    return await work()
  } finally {
    await run('ROLLBACK')
  }
}

async function rowsOfDuck(
  connection: DuckDBConnection,
  sql: string,
): Promise<Array<Record<string, unknown>>> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJS() as Array<Record<string, unknown>>
}

function labelled(atHand: AtHand): AtHand {
  const id = (label: string | null | undefined) => (label ? uuidOf(label) : null)
  return {
    ...atHand,
    transactionId: uuidOf(atHand.transactionId),
    vehicleId: id(atHand.vehicleId),
    personId: id(atHand.personId),
    organisationId: id(atHand.organisationId),
    agentId: id(atHand.agentId),
    amendmentId: id(atHand.amendmentId),
    personChangeId: id(atHand.personChangeId),
  }
}

const calendarInsert = () => `INSERT INTO "working_day" VALUES ${calendarRows("'").join(', ')}`

/** Rows of the calendar; a day begins with `quote`. */
function calendarRows(quote: string): string[] {
  const rows: string[] = []
  let ordinal = 0
  for (let t = Date.UTC(2025, 0, 1); t < Date.UTC(2027, 0, 1); t += 86_400_000) {
    const day = new Date(t)
    const text = day.toISOString().slice(0, 10)
    const working = day.getUTCDay() % 6 !== 0 && !/-01-0[123]$/.test(text)
    if (working) ordinal += 1
    rows.push(`(${quote}${text}', ${working}, ${ordinal})`)
  }
  return rows
}
