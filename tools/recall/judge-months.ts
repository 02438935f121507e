/** Post-hoc indicators over the months of a city, as their schedule would run them. */
import { factCatalogue } from '@hengjian/business'
import { compilePostHoc, type IndicatorDefinition, type PostHocRow } from '@hengjian/indicators'
import type { Cipher } from '@hengjian/platform/crypto'
import type { Lake } from '@hengjian/platform/lake'
import type { City, Truth } from '@hengjian/sandbox-city'
import { withWorkingDays } from '../../modules/supervision/rules/period.ts'
import { publishedCalendar } from '../../modules/supervision/rules/working-days.ts'
import type { Store } from './open-store.ts'
import type { Judged } from './recall.ts'

const SCOPE = { kind: 'all', unitPath: '/', actorId: '00000000-0000-7000-8000-000000000001' } as const

/** Months `YYYY-MM`, the first of the history to the last. */
export function monthsBefore(until: string, years: number): string[] {
  const end = Temporal.PlainDate.from(until)
  return Array.from({ length: years * 12 }, (_, i) =>
    end
      .subtract({ months: years * 12 - i })
      .toPlainYearMonth()
      .toString(),
  )
}

/** A row and the month of the run that brought it. */
type Reported = PostHocRow & { readonly month: string }

/** Judge one definition over `months`: by day and month in one statement, else one run a month. */
async function rowsOf(
  lake: Lake,
  city: City,
  definition: IndicatorDefinition,
  months: readonly string[],
): Promise<Reported[]> {
  const inOneRun = definition.window.kind === 'month' || definition.window.kind === 'day'
  const periods = inOneRun ? [months] : months.map((month) => [month])
  const rows: Reported[] = []
  for (const period of periods) {
    const first = Temporal.PlainDate.from(`${period[0]}-01`)
    const last = Temporal.PlainYearMonth.from(period.at(-1)!).add({ months: 1 }).toPlainDate({ day: 1 })
    const statement = compilePostHoc(definition, factCatalogue, {
      dialect: 'duckdb',
      period: { from: first.toString(), to: last.toString() },
      localRegions: city.reference.units.map((unit) => ({
        unitPath: unit.path,
        regions: unit.local_regions,
      })),
    })
    if (statement.status !== 'ready')
      throw new Error(`${definition.code} lacks ${statement.missing.join(', ')}`)
    const days = { from: first.toString(), to: last.subtract({ days: 1 }).toString() }
    const sql =
      definition.unit === 'working_days'
        ? withWorkingDays(statement.sql, days, publishedCalendar)
        : statement.sql
    const found = (await lake.query(SCOPE, sql)) as unknown as PostHocRow[]
    for (const row of found) rows.push({ ...row, month: inOneRun ? row.period.slice(0, 7) : period[0]! })
  }
  return rows
}

/**
 * Names by which rows may speak of a plant: its subject, its facts, the city level of its regions, and the digests of
 * particulars, which the lake holds instead of them.
 */
function namesOf({ subject, facts }: Truth, cipher: Cipher): ReadonlySet<string> {
  const { origin_region, address, mobile } = subject
  const city = origin_region === undefined ? [] : [origin_region.slice(0, 4)]
  const digests = [cipher.digest('address', address ?? null), cipher.digest('mobile', mobile ?? null)]
  return new Set([
    ...Object.values(subject),
    ...facts,
    ...city,
    ...digests.flatMap((digest) => (digest ? [digest.toString('hex')] : [])),
  ])
}

/** Does the row speak of what was planted? Every dimension names it; without dimensions, its city does. */
function speaksOf(
  row: Reported,
  dimensions: readonly string[],
  { unit_path }: Truth,
  names: ReadonlySet<string>,
): boolean {
  if (dimensions.length === 0) return unit_path.startsWith(row.city)
  return dimensions.every((name) => names.has(String(row[name])))
}

/**
 * Groups that were judged. Of limits in time the statement answers only those that passed, so all that began are
 * counted by a definition that differs in nothing but its measure.
 */
async function countJudged(
  lake: Lake,
  city: City,
  definition: IndicatorDefinition,
  months: readonly string[],
  rows: readonly Reported[],
): Promise<number> {
  if (definition.measure.kind !== 'overdue') return rows.filter((row) => row.judged).length
  const begun: IndicatorDefinition = {
    ...definition,
    window: { kind: 'month' },
    measure: { kind: 'count' },
    unit: 'count',
    dimensions: [],
    comparison: '>=',
    threshold: 0,
  }
  const counts = await rowsOf(lake, city, begun, months)
  return counts.reduce((total, row) => total + row.sample, 0)
}

const inPeriod = (row: Reported, truth: Truth) =>
  row.period.length === 10 && truth.day !== null ? row.period === truth.day : row.month === truth.month

const describe = (row: Reported) =>
  [
    row.period,
    row.unit_path,
    ...Object.entries(row)
      .filter(([name]) => !FIXED.has(name))
      .map(([name, value]) => `${name}=${value}`),
    `measured ${row.measured}`,
    row.base === null ? '' : `base ${row.base} deviation ${row.deviation}`,
    `threshold ${row.threshold} sample ${row.sample}`,
  ]
    .filter(Boolean)
    .join(' ')

const FIXED = new Set(
  'code period unit_path city month measured base deviation threshold numerator denominator base_numerator base_denominator sample minimum_sample also_measured also_threshold judged fired unjudged'.split(
    ' ',
  ),
)

/** Run one indicator and hold what it found against what was planted. */
export async function judgeMonths(
  { lake, services }: Pick<Store, 'lake' | 'services'>,
  city: City,
  truths: readonly Truth[],
  definition: IndicatorDefinition,
  months: readonly string[],
): Promise<Judged> {
  const rows = await rowsOf(lake, city, definition, months)
  const dimensions = (definition.dimensions ?? []).map(({ name }) => name)
  const own = truths.filter((truth) => truth.code === definition.code)
  const explained = new Set<Reported>()
  const verdicts = own.map((truth) => {
    const names = namesOf(truth, services.cipher)
    const about = rows.filter((row) => speaksOf(row, dimensions, truth, names))
    const then = about.filter((row) => inPeriod(row, truth))
    const fired = then.filter((row) => row.fired)
    // What was planted may be reported again by a later run, of which the list does not speak.
    if (truth.kind === 'plant') for (const row of about) if (row.fired) explained.add(row)
    const row = fired[0] ?? then[0]
    return { truth, fired: fired.length > 0, measured: row ? [row.deviation, row.measured] : [] }
  })
  return {
    code: definition.code,
    truths: verdicts,
    judged: await countJudged(lake, city, definition, months, rows),
    unplanted: rows.filter((row) => row.fired && !explained.has(row)).map(describe),
  }
}
