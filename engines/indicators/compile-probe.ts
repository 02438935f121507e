/** Which fields an indicator needs hold nothing at all: it then answers 'cannot be computed', never zero. */
import type { FactCatalogue } from './catalogue.ts'
import { statementOf } from './compile-post-hoc.ts'
import type { Condition, IndicatorDefinition } from './definition.ts'
import { aliasOf, condition, from } from './expression.ts'
import { prepareRun } from './run.ts'
import { type PostHocOptions, runScope } from './run-options.ts'
import { identifier } from './sql.ts'

/** A statement with one row of booleans, and how to read it. */
export interface Probe {
  readonly sql: string
  /** Names of what is missing, sorted: `examination.device_id`, `examination.subject = subject2`, `working_day`. */
  readonly missingFrom: (row: Readonly<Record<string, unknown>>) => string[]
}

/** Compile the question which needed columns, or rows of `requires`, do not exist anywhere in the data. */
export function compileProbe(
  definition: IndicatorDefinition,
  catalogue: FactCatalogue,
  options: PostHocOptions,
): Probe {
  const run = prepareRun(definition, catalogue, options)
  statementOf(run)
  const questions = new Map<string, string>()
  for (const name of [...run.needs].sort()) {
    const [fact, field] = name.split('.') as [string, string]
    questions.set(name, `EXISTS (SELECT 1 FROM ${identifier(fact)} WHERE ${identifier(field)} IS NOT NULL)`)
  }
  const alias = aliasOf(definition.source, catalogue, 'source')
  const source = from(
    definition.source,
    runScope(definition, catalogue, options, `${identifier(alias)}."unit_path"`),
    'source',
  )
  for (const [i, required] of (definition.requires ?? []).entries()) {
    const where = condition(required, source.scope, `requires[${i}]`)
    questions.set(describe(required, i), `EXISTS (SELECT 1 FROM ${source.from} WHERE ${where})`)
  }
  if (definition.unit === 'working_days') {
    const day = (d: string) => `EXISTS (SELECT 1 FROM "working_day" WHERE "day" = ${d})`
    questions.set(
      'working_day',
      `(${day(`DATE '${run.first}'`)} AND ${day(`CAST((DATE '${run.end}' - INTERVAL '1 day') AS DATE)`)})`,
    )
  }
  const names = [...questions.keys()]
  const columns = [...questions.values()].map((sql, i) => `${sql} AS q${i}`)
  return {
    sql: `SELECT ${columns.join(', ')}`,
    missingFrom: (row) => names.filter((_, i) => row[`q${i}`] === false).sort(),
  }
}

function describe(required: Condition, i: number): string {
  if ('notNull' in required && typeof required.notNull === 'string') return required.notNull
  if ('eq' in required) {
    const [left, right] = required.eq
    if (typeof left === 'string' && typeof right === 'object' && 'value' in right)
      return `${left} = ${right.value}`
  }
  return `requires[${i}]`
}
