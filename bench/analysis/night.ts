/**
 * A night's work after an ordinary day: what is due, and what must be judged again because rows of every fact came for
 * that day, and a few late ones for the three weeks before it.
 */
import { factCatalogue } from '@hengjian/business'
import { type Question as Asked, compileTogether } from '@hengjian/indicators'
import type { Lake } from '@hengjian/platform/lake'
import { generateCity } from '@hengjian/sandbox-city'
import { indicatorDefinitions, publishedCalendar } from '@hengjian/supervision'
import { stepOf } from '../../modules/supervision/analysis/judge-period.ts'
import { affectedPeriods } from '../../modules/supervision/rules/affected-periods.ts'
import { halfOpen, lastMonthOf, withWorkingDays } from '../../modules/supervision/rules/period.ts'
import { median } from '../machine.ts'
import type { Sample } from './prepare-data.ts'

/** Days back that the late rows lie. */
const LATE_DAYS = 21

/** Judge what a night asks for, `runs` times after one that is not timed. Answers the middle time, and what was judged. */
export async function askNights(
  lake: Lake,
  scope: Parameters<Lake['query']>[0],
  sample: Sample,
  runs: number,
): Promise<{ seconds: number; judged: string }> {
  const asked = askedTonight(sample, lake.facts)
  const seconds: number[] = []
  for (let run = 0; run <= runs; run++) seconds.push(await askNight(lake, scope, asked))
  const codes = new Set(asked.map(({ period }) => period.code))
  return {
    seconds: median(seconds.slice(1)),
    judged: `${codes.size} indicators over ${asked.length} stretches`,
  }
}

function askedTonight(sample: Sample, facts: readonly string[]) {
  const today = Temporal.PlainDate.from(sample.until).subtract({ days: 1 })
  const yesterday = today.subtract({ days: 1 }).toString()
  const late = today.subtract({ days: LATE_DAYS }).toString()
  const definitions = indicatorDefinitions.filter(({ mode }) => mode === 'post_hoc')
  const changes = facts.map((fact) => ({
    fact,
    times: Object.fromEntries(
      Object.values(factCatalogue[fact]!.columns)
        .filter(({ type }) => type === 'instant')
        .map(({ name }) => [name, [late, yesterday] as const]),
    ),
  }))
  const periods = affectedPeriods(definitions, changes, {
    catalogue: factCatalogue,
    floor: today.subtract({ months: 24 }).toString(),
    until: { daily: yesterday, monthly: lastMonthOf(yesterday).to },
  })
  const localRegions = generateCity(sample)
    .reference.units.filter(({ level }) => level === 'detachment')
    .map((unit) => ({ unitPath: unit.path, regions: unit.local_regions }))
  return periods.map((period) => {
    const definition = definitions.find(({ code }) => code === period.code)!
    const each = definition.measure.kind === 'overlap' ? {} : { each: stepOf(definition) }
    const question: Asked = {
      definition,
      options: {
        dialect: 'duckdb',
        period: halfOpen(period),
        localRegions,
        answer: 'worth_keeping',
        ...each,
      },
    }
    return { period, question }
  })
}

async function askNight(
  lake: Lake,
  scope: Parameters<Lake['query']>[0],
  asked: ReturnType<typeof askedTonight>,
): Promise<number> {
  const began = performance.now()
  await lake.session(scope, async (ask) => {
    const plan = compileTogether(
      asked.map(({ question }) => question),
      factCatalogue,
    )
    for (const { sql } of plan.tables) await ask(sql)
    for (const [i, { statement }] of plan.statements.entries()) {
      const { period, question } = asked[i]!
      if (statement.status !== 'ready')
        throw new Error(`${period.code} lacks ${statement.missing.join(', ')}`)
      const { unit } = question.definition
      await ask(
        unit === 'working_days' ? withWorkingDays(statement.sql, period, publishedCalendar) : statement.sql,
      )
    }
  })
  return (performance.now() - began) / 1000
}
