/** Which fields an indicator needs hold nothing at all: it then answers 'cannot be computed', never zero. */
import type { FactCatalogue } from './catalogue.ts'
import { statementOf } from './compile-post-hoc.ts'
import { shiftDays } from './days.ts'
import type { Condition, IndicatorDefinition } from './definition.ts'
import { aliasOf, condition, from } from './expression.ts'
import { prepareRun, type Run, startOf } from './run.ts'
import { type PostHocOptions, runScope } from './run-options.ts'
import { identifier, under, ZONE } from './sql.ts'

/** A statement with one row of booleans, and how to read it. */
export interface Probe {
  readonly sql: string
  /** The same as one condition for each name, each true where the data hold it: probes of several indicators ask much alike. */
  readonly conditions: ReadonlyMap<string, string>
  /** Names of what is missing, sorted: `examination.device_id`, `examination.subject = subject2`, `working_day`. */
  readonly missingFrom: (row: Readonly<Record<string, unknown>>) => string[]
}

/** Days before the run in which a field must have held something: a quiet month is no missing field. */
const LOOK_BACK_DAYS = 366

/**
 * Compile the question which needed columns, or rows of `requires`, do not exist in the data that the run is about: the
 * facts of its scope in the run and the year before. What another agency records elsewhere does not fill a gap here.
 */
export function compileProbe(
  definition: IndicatorDefinition,
  catalogue: FactCatalogue,
  options: PostHocOptions,
): Probe {
  const run = prepareRun(definition, catalogue, options)
  statementOf(run)
  const questions = new Map<string, string>()
  const within = (fact: string, qualifier: string) => about(run, catalogue, fact, qualifier)
  for (const name of [...run.needs].sort()) {
    const [fact, field] = name.split('.') as [string, string]
    questions.set(
      name,
      `EXISTS (SELECT 1 FROM ${identifier(fact)} WHERE ${identifier(field)} IS NOT NULL AND ${within(fact, '')})`,
    )
  }
  const alias = aliasOf(definition.source, catalogue, 'source')
  const source = from(
    definition.source,
    runScope(definition, catalogue, options, `${identifier(alias)}."unit_path"`),
    'source',
  )
  for (const [i, required] of (definition.requires ?? []).entries()) {
    const where = condition(required, source.scope, `requires[${i}]`)
    const rows = within(definition.source.fact, `${identifier(alias)}.`)
    questions.set(describe(required, i), `EXISTS (SELECT 1 FROM ${source.from} WHERE ${where} AND ${rows})`)
  }
  if (definition.unit === 'working_days') {
    const day = (d: string) => `EXISTS (SELECT 1 FROM "working_day" WHERE "day" = ${d})`
    questions.set(
      'working_day',
      `(${day(`DATE '${run.first}'`)} AND ${day(`CAST((DATE '${run.end}' - INTERVAL '1' DAY) AS DATE)`)})`,
    )
  }
  const names = [...questions.keys()]
  const columns = [...questions.values()].map((sql, i) => `${sql} AS q${i}`)
  return {
    sql: `SELECT ${columns.join(', ')}`,
    conditions: questions,
    missingFrom: (row) => names.filter((_, i) => row[`q${i}`] === false).sort(),
  }
}

/**
 * Condition that a fact lies in the scope of the run and not long before it. Reference lists have neither, and what
 * stands is filed wherever it came up first.
 */
function about(run: Run, catalogue: FactCatalogue, fact: string, qualifier: string): string {
  if (!catalogue[fact]?.scoped || catalogue[fact].standing) return 'TRUE'
  const { definition, options } = run
  const zone = options.dialect === 'postgres' ? ` AT TIME ZONE '${ZONE}'` : ''
  const instant = (day: string) => `(${startOf(day)}${zone})`
  const time = `${qualifier}"occurred_at"`
  const parts = [
    `${time} >= ${instant(shiftDays(run.first, -LOOK_BACK_DAYS))}`,
    `${time} < ${instant(run.end)}`,
    ...(options.scope && !definition.allUnits ? [under(`${qualifier}"unit_path"`, options.scope)] : []),
  ]
  return parts.join(' AND ')
}

function describe(required: Condition, i: number): string {
  return inWords(required) ?? `requires[${i}]`
}

function inWords(required: Condition): string | null {
  if ('notNull' in required && typeof required.notNull === 'string') return required.notNull
  if ('and' in required) {
    const parts = required.and.map(inWords)
    return parts.includes(null) ? null : parts.join(' and ')
  }
  if (!('eq' in required)) return null
  const [left, right] = required.eq
  if (typeof left !== 'string') return null
  if (typeof right === 'boolean') return `${left} = ${right}`
  return typeof right === 'object' && 'value' in right ? `${left} = ${right.value}` : null
}
