/**
 * Several indicators of one run: what many of them read is read once.
 *
 * Indicators that count rows of the same facts into days or months, by dimensions of which one has all that the others
 * have, share a table: one row for each city, day or month, combination of dimensions and combination of the conditions
 * that any of them asks, with the number of rows. Each then folds that table instead of the facts. What cannot be added
 * up from such counts (different values, sums, windows that end on any day) is compiled alone; keeping its rows in tables
 * was tried and cost more memory and time than reading the facts again. The answers are the same either way.
 */
import type { FactCatalogue } from './catalogue.ts'
import { firstForBase } from './cells.ts'
import { compilePostHoc, type PostHocStatement, statementOf } from './compile-post-hoc.ts'
import type { IndicatorDefinition } from './definition.ts'
import { countsDistinct } from './measures.ts'
import type { RowParts } from './rows.ts'
import { type CountedRows, cityExpression, prepareRun, type Run } from './run.ts'
import type { PostHocOptions } from './run-options.ts'
import { identifier } from './sql.ts'

/** One indicator of the run with its options. All options of a run have the same dialect. */
export interface Question {
  readonly definition: IndicatorDefinition
  readonly options: PostHocOptions
}

/** A temporary table that statements of the run read. */
export interface SharedTable {
  readonly name: string
  /** `CREATE TEMP TABLE …`, to be run on the connection of the statements that read it. */
  readonly sql: string
  /** The fact whose rows it counts. */
  readonly fact: string
  readonly by: 'day' | 'month'
  /** Dimensions by which it counts, in SQL. */
  readonly dimensions: readonly string[]
  /** Number of conditions that it tells apart. */
  readonly conditions: number
  /** Codes of the indicators that read it. */
  readonly readers: readonly string[]
}

/** A statement of the run, and the table that must be there before. */
export interface PlannedStatement {
  readonly statement: PostHocStatement
  readonly reads: SharedTable | null
}

/** How a run is carried out: the statements in the order of the questions. */
export interface RunPlan {
  readonly tables: readonly SharedTable[]
  readonly statements: readonly PlannedStatement[]
}

/** A run that compiles, and the rows that it reads of its own. */
interface Compiled {
  readonly index: number
  readonly run: Run
  readonly statement: PostHocStatement
  readonly parts: RowParts
  readonly dimensions: ReadonlyMap<string, string>
  /** Conditions and values besides the dimensions, by their names. */
  readonly extra: ReadonlyArray<readonly [name: string, sql: string]>
  readonly time: string
  readonly unit: string
}

/** How a statement reads a shared table. */
interface Reading {
  readonly table: SharedTable
  readonly counted: CountedRows
}

/** Compile the questions of one run. Throws `DefinitionFault` like `compilePostHoc`. */
export function compileTogether(questions: readonly Question[], catalogue: FactCatalogue): RunPlan {
  const compiled = questions.map(({ definition, options }, index) => {
    let parts: RowParts | null = null
    const run: Run = {
      ...prepareRun(definition, catalogue, options),
      observe: (own) => {
        parts = own
      },
    }
    statementOf(run)
    return compiledFrom(index, run, compilePostHoc(definition, catalogue, options), parts!)
  })
  const shareable = compiled.filter(
    ({ run, statement }) => statement.status === 'ready' && run.options.dialect !== 'trino',
  )
  const readings = new Map<number, Reading>()
  const counting = Map.groupBy(shareable.filter(mayBeCounted), countingKey)
  const portions = [...counting.values()].flatMap(sharing).flatMap(inPortions)
  for (const [i, readers] of portions.filter(({ length }) => length > 1).entries())
    countRows(`counted_${i + 1}`, readers, readings)
  return {
    tables: [...new Set([...readings.values()].map(({ table }) => table))],
    statements: compiled.map(({ index, run, statement }) => planned(run, statement, readings.get(index))),
  }
}

function planned(run: Run, alone: PostHocStatement, reading: Reading | undefined): PlannedStatement {
  if (!reading || alone.status !== 'ready') return { statement: alone, reads: null }
  const { table, counted } = reading
  return { statement: { ...alone, sql: statementOf({ ...run, counted }) }, reads: table }
}

function compiledFrom(index: number, run: Run, statement: PostHocStatement, parts: RowParts): Compiled {
  const of = (name: string) => parts.columns.find(([column]) => column === name)![1]
  const named = parts.columns.filter(([name]) => name !== 'id' && name !== 'u' && name !== 't')
  return {
    index,
    run,
    statement,
    parts,
    dimensions: new Map(named.filter(([name]) => name.startsWith('d_'))),
    extra: named.filter(([name]) => !name.startsWith('d_')),
    time: of('t'),
    unit: of('u'),
  }
}

/** Does a piece of SQL ask another table about each row? */
const isQuery = (sql: string) => sql.includes('(SELECT ')

/** Conditions of one table: they stand in the bits of a whole number that JavaScript writes exactly. */
const MOST_CONDITIONS = 50

/** Can the measure be added up from numbers of rows by day or month? */
function mayBeCounted({ run, parts }: Compiled): boolean {
  const { measure, further, allUnits } = run.definition
  const adds = ['count', 'rate', 'least', 'share'].includes(measure.kind) && !countsDistinct(measure)
  if (!adds || (run.window !== 'day' && run.window !== 'month') || further || allUnits) return false
  // A condition that asks other facts is asked of the rows that the rest leaves, not of all that anybody counts.
  return ![...parts.filters, ...parts.columns.map(([, sql]) => sql)].some(isQuery)
}

/** Only rows of the same facts, times and units are counted together. */
const countingKey = ({ run, parts, time, unit }: Compiled): string =>
  [run.byMonth ? 'month' : 'day', run.end, run.options.city, parts.from, time, unit, parts.within].join('\n')

/** Runs that share a table: each goes to the fewest dimensions that hold all of its own. */
function sharing(group: readonly Compiled[]): Compiled[][] {
  const sets = group.map(({ dimensions }) => new Set(dimensions.values()))
  const greatest = sets.filter(
    (set, i) => !sets.some((other, j) => set.isSubsetOf(other) && (set.size < other.size || j < i)),
  )
  const byTable = Map.groupBy(group.keys(), (i) =>
    greatest.filter((set) => sets[i]!.isSubsetOf(set)).reduce((a, b) => (b.size < a.size ? b : a)),
  )
  return [...byTable.values()].map((members) => members.map((i) => group[i]!))
}

/** The filter as one condition; `TRUE` for none. */
const filterOf = ({ filters }: RowParts): string => filters.join(' AND ') || 'TRUE'

const conditionsOf = ({ parts, extra }: Compiled): string[] =>
  [filterOf(parts), ...extra.map(([, sql]) => sql)].filter((sql) => sql !== 'TRUE')

/** Readers in as few portions as their conditions allow. */
function inPortions(readers: readonly Compiled[]): Compiled[][] {
  const portions: Compiled[][] = []
  let conditions = new Set<string>()
  for (const reader of readers) {
    const more = conditions.union(new Set(conditionsOf(reader)))
    const fits = portions.length > 0 && more.size <= MOST_CONDITIONS
    if (fits) portions.at(-1)!.push(reader)
    else portions.push([reader])
    conditions = fits ? more : new Set(conditionsOf(reader))
  }
  return portions
}

/** One of `parts`, or all; `TRUE` where that is no restriction. */
function anyOf(parts: readonly string[]): string {
  const different = [...new Set(parts)]
  if (different.includes('TRUE')) return 'TRUE'
  return different.length === 1 ? different[0]! : `(${different.map((part) => `(${part})`).join(' OR ')})`
}

function countRows(name: string, readers: readonly Compiled[], readings: Map<number, Reading>) {
  const { run, parts, time, unit } = readers[0]!
  const by = run.byMonth ? ('month' as const) : ('day' as const)
  const dimensions = [...new Set(readers.flatMap((reader) => [...reader.dimensions.values()]))]
  const conditions = [...new Set(readers.flatMap(conditionsOf))]
  const bits = conditions.map((sql, i) => `CASE WHEN ${sql} THEN ${2 ** i} ELSE 0 END`)
  const keys = [
    `${cityExpression(run, unit)} AS city`,
    `${by === 'month' ? `CAST(date_trunc('month', ${time}) AS DATE)` : `CAST(${time} AS DATE)`} AS t`,
    ...dimensions.map((sql, i) => `${sql} AS k${i}`),
    `CAST(${bits.join(' + ') || '0'} AS BIGINT) AS c`,
  ]
  const where = [
    anyOf(readers.map((reader) => reader.parts.range)),
    parts.within,
    anyOf(readers.map((reader) => filterOf(reader.parts))),
  ].filter((part) => part !== 'TRUE')
  const rows = `${parts.from}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`
  const table: SharedTable = {
    name,
    sql: `CREATE TEMP TABLE ${name} AS SELECT ${keys.join(', ')}, min(${unit}) AS u, count(*) AS w FROM ${rows} GROUP BY ${keys.map((_, i) => i + 1).join(', ')}`,
    fact: run.definition.source.fact,
    by,
    dimensions,
    conditions: conditions.length,
    readers: readers.map((reader) => reader.run.definition.code),
  }
  const holds = (sql: string) => (sql === 'TRUE' ? 'TRUE' : `((r.c & ${2 ** conditions.indexOf(sql)}) <> 0)`)
  for (const reader of readers) {
    const columns = [
      'r.city',
      'r.u',
      'r.t',
      ...[...reader.dimensions].map(([as, sql]) => `r.k${dimensions.indexOf(sql)} AS ${identifier(as)}`),
      ...reader.extra.map(([as, sql]) => `${holds(sql)} AS ${identifier(as)}`),
      'r.w',
    ]
    const own = [`r.t >= DATE '${firstForBase(reader.run)}'`, holds(filterOf(reader.parts))]
    const select = `SELECT ${columns.join(', ')} FROM ${name} AS r WHERE ${own.join(' AND ')}`
    readings.set(reader.index, { table, counted: { select } })
  }
}
