/**
 * Does the lake hold what PostgreSQL holds? For every fact and month both are asked for the number of rows and, of every
 * column, the number of values and a sum over them. Both see one moment; rows that are still on their way into the lake
 * are left out on both sides.
 */
import { scopeOf, systemActor } from '@hengjian/platform/context'
import type { Database } from '@hengjian/platform/db'
import {
  LAKE_ZONE,
  type LakeCatalogue,
  type LakeColumn,
  type LakeFact,
  lakeColumns,
  quoted,
} from './catalogue.ts'
import type { Engine } from './engine.ts'
import { liveFiles } from './list-files.ts'
import { readRows, viewOf } from './query.ts'
import { waitingIds } from './waiting.ts'

const SYSTEM = scopeOf(systemActor('lake'))
/** Doubles summed in another order differ in their last digits. */
const TOLERANCE = 1e-9

/** A month of a fact in which the lake differs. */
export interface LakeDifference {
  readonly fact: string
  readonly month: string
  /** `rows`, `<column>: values` or `<column>: sum`; null figures where one side has nothing at all in this month. */
  readonly what: string
  readonly lake: string | null
  readonly postgres: string | null
}

/** Outcome of the comparison. */
export interface LakeComparison {
  readonly rows: number
  readonly months: number
  readonly differences: readonly LakeDifference[]
}

type Figures = Readonly<Record<string, unknown>>

/** Compare `facts`. `onFact` hears of each before it is begun. */
export async function compareLake(options: {
  engine: Engine
  folder: string
  catalogue: LakeCatalogue
  database: Database
  facts: readonly string[]
  onFact?: (fact: string, done: number, total: number) => void
}): Promise<LakeComparison> {
  const differences: LakeDifference[] = []
  let rows = 0
  let months = 0
  for (const [at, name] of options.facts.entries()) {
    options.onFact?.(name, at, options.facts.length)
    const fact = options.catalogue[name]!
    const { lake, postgres } = await figuresOf(options, fact)
    for (const month of [...new Set([...lake.keys(), ...postgres.keys()])].sort()) {
      months += 1
      rows += Number(postgres.get(month)?.['rows'] ?? 0)
      differences.push(...differencesIn(fact, month, lake.get(month), postgres.get(month)))
    }
  }
  return { rows, months, differences }
}

async function figuresOf(
  { engine, folder, database }: Pick<Parameters<typeof compareLake>[0], 'engine' | 'folder' | 'database'>,
  fact: LakeFact,
): Promise<{ lake: Map<string, Figures>; postgres: Map<string, Figures> }> {
  const moment = await database.transaction(
    SYSTEM,
    async ({ client }) => {
      await client.query('SET LOCAL statement_timeout = 0')
      const waiting = await waitingIds(client, fact.name)
      const files = await liveFiles(client, [fact.name])
      const list = `'{${waiting.join(',')}}'::uuid[]`
      const { rows } = await client.query<Figures>(
        `SELECT to_char(occurred_at AT TIME ZONE '${LAKE_ZONE}', 'YYYY-MM') AS month, ${sums(fact, IN_POSTGRES)}
           FROM ${quoted(fact.name)} WHERE id <> ALL (${list}) GROUP BY 1`,
      )
      return { waiting, files, rows }
    },
    { readOnly: true, snapshot: true },
  )
  const except = moment.waiting.map((id) => `'${id}'::UUID`).join(', ')
  const inLake = await engine.connected((connection) =>
    readRows(
      connection,
      `SELECT strftime(occurred_at, '%Y-%m') AS month, ${sums(fact, IN_LAKE)}
         FROM (${viewOf(folder, fact, moment.files, SYSTEM)}) ${except ? `WHERE id NOT IN (${except})` : ''} GROUP BY 1`,
    ),
  )
  const byMonth = (rows: readonly Figures[]) => new Map(rows.map((row) => [row['month'] as string, row]))
  return { lake: byMonth(inLake), postgres: byMonth(moment.rows) }
}

/** How a sum over a column is written, by what the column holds. Texts and ids count by the beginning of their MD5. */
interface Dialect {
  readonly text: (name: string) => string
  readonly instant: (name: string) => string
  readonly date: (name: string) => string
}

const IN_POSTGRES: Dialect = {
  text: (name) => `('x' || left(md5(replace(${name}::text, '\\x', '')), 8))::bit(32)::bigint`,
  instant: (name) => `(extract(epoch FROM ${name} AT TIME ZONE '${LAKE_ZONE}') * 1000000)::bigint`,
  date: (name) => `(${name} - date '1970-01-01')`,
}
const IN_LAKE: Dialect = {
  text: (name) => `('0x' || left(md5(${name}::VARCHAR), 8))::BIGINT`,
  instant: (name) => `epoch_us(${name})`,
  date: (name) => `datediff('day', DATE '1970-01-01', ${name})`,
}

function sums(fact: LakeFact, dialect: Dialect): string {
  const columns = lakeColumns(fact).map((column) => {
    const name = quoted(column.name)
    return `count(${name})::text AS ${quoted(`${column.name}: values`)}, ${sumOf(column, name, dialect)} AS ${quoted(`${column.name}: sum`)}`
  })
  return `count(*)::text AS rows, ${columns.join(', ')}`
}

function sumOf({ type }: LakeColumn, name: string, dialect: Dialect): string {
  switch (type) {
    case 'double':
      return `sum(${name})`
    case 'integer':
      return `sum(${name})::text`
    case 'boolean':
      return `(count(*) FILTER (WHERE ${name}))::text`
    case 'instant':
      return `sum(${dialect.instant(name)})::text`
    case 'date':
      return `sum(${dialect.date(name)})::text`
    default:
      return `sum(${dialect.text(name)})::text`
  }
}

function differencesIn(
  fact: LakeFact,
  month: string,
  lake: Figures | undefined,
  postgres: Figures | undefined,
): LakeDifference[] {
  const figure = (row: Figures | undefined, what: string) => (row?.[what] == null ? null : String(row[what]))
  const whole = (what: string) => ({
    fact: fact.name,
    month,
    what,
    lake: figure(lake, what),
    postgres: figure(postgres, what),
  })
  if (!lake || !postgres) return [whole('rows')]
  return Object.keys(postgres)
    .filter((what) => what !== 'month' && !isSame(lake[what], postgres[what]))
    .map(whole)
}

function isSame(left: unknown, right: unknown): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') return left === right
  return Math.abs(left - right) <= TOLERANCE * Math.max(1, Math.abs(left), Math.abs(right))
}
