/** One question per post-hoc indicator, put to the lake as an analysis run does and to PostgreSQL as written by hand, where it is. */
import { existsSync, readFileSync } from 'node:fs'
import { factCatalogue } from '@hengjian/business'
import {
  compilePostHoc,
  compileTogether,
  type IndicatorDefinition,
  type PostHocOptions,
  type SharedTable,
} from '@hengjian/indicators'
import { generateCity } from '@hengjian/sandbox-city'
import { indicatorDefinitions, publishedCalendar } from '@hengjian/supervision'
import { withWorkingDays } from '../../modules/supervision/rules/period.ts'
import type { Sample } from './prepare-data.ts'

/** An indicator's statements: all judged groups, and what an analysis reads of them. */
export interface Question {
  readonly code: string
  readonly dimensions: readonly string[]
  /** `shares` is the table that the findings' statement reads; `all` reads the facts. */
  readonly lake: Statements & { readonly shares: SharedTable | null }
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

/** Days, `to` exclusive. */
export interface Span {
  readonly from: string
  readonly to: string
}

const findingsOf = (sql: string) =>
  `WITH judged_groups AS (${sql})
SELECT t.groups, f.* FROM (SELECT count(*) AS groups FROM judged_groups) AS t
LEFT JOIN (SELECT * FROM judged_groups WHERE fired) AS f ON TRUE`

/** Questions over a span of a sample's history, of the wanted codes: by month, by day, or the greatest of it. */
export function questionsFor(sample: Sample, span: Span, wanted: (code: string) => boolean): Question[] {
  const localRegions = generateCity(sample)
    .reference.units.filter(({ level }) => level === 'detachment')
    .map((unit) => ({ unitPath: unit.path, regions: unit.local_regions }))
  const definitions = indicatorDefinitions.filter(({ mode, code }) => mode === 'post_hoc' && wanted(code))
  const optionsOf = (
    definition: IndicatorDefinition,
    dialect: PostHocOptions['dialect'],
    answer: NonNullable<PostHocOptions['answer']>,
  ): PostHocOptions => ({
    dialect,
    period: span,
    localRegions,
    answer,
    ...(judgedByMonth(definition) ? { window: 'month' as const } : {}),
  })
  const plan = compileTogether(
    definitions.map((definition) => ({
      definition,
      options: optionsOf(definition, 'duckdb', 'worth_keeping'),
    })),
    factCatalogue,
  )
  return definitions.map((definition, i) => {
    const { code } = definition
    const compiled = (dialect: PostHocOptions['dialect'], answer: NonNullable<PostHocOptions['answer']>) =>
      complete(
        definition,
        span,
        compilePostHoc(definition, factCatalogue, optionsOf(definition, dialect, answer)),
      )
    const file = new URL(`../sql/${code}.sql`, import.meta.url)
    const byHand = existsSync(file)
    const judged = (dialect: PostHocOptions['dialect']) =>
      `SELECT * FROM (${compiled(dialect, 'all')}) AS answer WHERE judged`
    const written = byHand ? readFileSync(file, 'utf8') : judged('postgres')
    const { statement, reads } = plan.statements[i]!
    return {
      code,
      dimensions: (definition.dimensions ?? []).map(({ name }) => name),
      lake: { all: judged('duckdb'), findings: complete(definition, span, statement), shares: reads },
      postgres: {
        all: written,
        findings: byHand ? findingsOf(written) : compiled('postgres', 'worth_keeping'),
      },
      byHand,
      parameters: byHand ? [span.from, span.to] : [],
    }
  })
}

/** Indicators whose window is the run's are judged by month where the language can. */
const judgedByMonth = ({ window, measure }: IndicatorDefinition) =>
  window.kind === 'period' && measure.kind !== 'overlap' && measure.kind !== 'overdue'

function complete(
  { code, unit }: IndicatorDefinition,
  { from, to }: Span,
  statement: ReturnType<typeof compilePostHoc>,
): string {
  if (statement.status !== 'ready') throw new Error(`${code} lacks ${statement.missing.join(', ')}`)
  const last = Temporal.PlainDate.from(to).subtract({ days: 1 }).toString()
  return unit === 'working_days'
    ? withWorkingDays(statement.sql, { from, to: last }, publishedCalendar)
    : statement.sql
}
