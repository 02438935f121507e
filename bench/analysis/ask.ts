/** One question per post-hoc indicator, put to the lake as compiled and to PostgreSQL as written by hand, where it is. */
import { existsSync, readFileSync } from 'node:fs'
import { factCatalogue } from '@hengjian/business'
import { compilePostHoc, type IndicatorDefinition, type PostHocOptions } from '@hengjian/indicators'
import { generateCity } from '@hengjian/sandbox-city'
import { indicatorDefinitions, publishedCalendar } from '@hengjian/supervision'
import { withWorkingDays } from '../../modules/supervision/rules/period.ts'
import type { Sample } from './prepare-data.ts'

/** An indicator's statements: all judged groups, and what an analysis reads of them. */
export interface Question {
  readonly code: string
  readonly dimensions: readonly string[]
  readonly lake: Statements
  readonly postgres: Statements
  /** PostgreSQL's statement stands in `bench/sql`; else it is the compiler's. */
  readonly byHand: boolean
  /** Of PostgreSQL's statement: first day, day after the last; none where it is compiled. */
  readonly parameters: readonly string[]
}

interface Statements {
  /** Every judged group. */
  readonly all: string
  /** The groups that fired, and how many were judged. */
  readonly findings: string
}

const findingsOf = (sql: string) =>
  `WITH judged_groups AS (${sql})
SELECT t.groups, f.* FROM (SELECT count(*) AS groups FROM judged_groups) AS t
LEFT JOIN (SELECT * FROM judged_groups WHERE fired) AS f ON TRUE`

/** Questions over the whole history of a sample: by month, by day, or the greatest of it. */
export function questionsFor(sample: Sample): Question[] {
  const end = Temporal.PlainDate.from(sample.until)
  const from = end.subtract({ years: sample.years }).toString()
  const localRegions = generateCity(sample)
    .reference.units.filter(({ level }) => level === 'detachment')
    .map((unit) => ({ unitPath: unit.path, regions: unit.local_regions }))
  return indicatorDefinitions
    .filter(({ mode }) => mode === 'post_hoc')
    .map((definition) => {
      const { code } = definition
      const compiledFor = (dialect: PostHocOptions['dialect'], answer: PostHocOptions['answer']) =>
        compiled(definition, dialect, from, sample.until, localRegions, answer)
      const file = new URL(`../sql/${code}.sql`, import.meta.url)
      const byHand = existsSync(file)
      const lake = `SELECT * FROM (${compiledFor('duckdb', 'all')}) AS answer WHERE judged`
      const written = byHand
        ? readFileSync(file, 'utf8')
        : `SELECT * FROM (${compiledFor('postgres', 'all')}) AS answer WHERE judged`
      return {
        code,
        dimensions: (definition.dimensions ?? []).map(({ name }) => name),
        lake: { all: lake, findings: compiledFor('duckdb', 'worth_keeping') },
        postgres: {
          all: written,
          findings: byHand ? findingsOf(written) : compiledFor('postgres', 'worth_keeping'),
        },
        byHand,
        parameters: byHand ? [from, sample.until] : [],
      }
    })
}

/** Indicators whose window is the run's are judged by month where the language can. */
function compiled(
  definition: IndicatorDefinition,
  dialect: PostHocOptions['dialect'],
  from: string,
  to: string,
  localRegions: NonNullable<PostHocOptions['localRegions']>,
  answer: PostHocOptions['answer'],
): string {
  const { window, measure, unit, code } = definition
  const byMonth = window.kind === 'period' && measure.kind !== 'overlap' && measure.kind !== 'overdue'
  const statement = compilePostHoc(definition, factCatalogue, {
    dialect,
    period: { from, to },
    localRegions,
    ...(answer ? { answer } : {}),
    ...(byMonth ? { window: 'month' as const } : {}),
  })
  if (statement.status !== 'ready') throw new Error(`${code} lacks ${statement.missing.join(', ')}`)
  const last = Temporal.PlainDate.from(to).subtract({ days: 1 }).toString()
  return unit === 'working_days'
    ? withWorkingDays(statement.sql, { from, to: last }, publishedCalendar)
    : statement.sql
}
