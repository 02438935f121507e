/**
 * Which indicators must be judged anew, over which days, when rows came late: pure. What a row takes part in is told by
 * `readsOf` of the engine; here that is laid over the changes and cut to what was judged before.
 */
import type {
  FactCatalogue,
  FactRead,
  IndicatorDefinition,
  PostHocOptions,
  Reach,
} from '@hengjian/indicators'
import { readsOf } from '@hengjian/indicators'
import { lastDayOfMonth, lastMonthOf, type Period, yesterdayOf } from './period.ts'

/** New rows, or new versions of rows, of one fact: first and last day of their instants, as the lake remembers them. */
export interface ChangedRows {
  readonly fact: string
  readonly times: Readonly<Record<string, readonly [first: string, last: string]>>
}

/** An indicator and days, both inclusive, each of which (or each month of which) it judges anew. */
export interface AffectedPeriod extends Period {
  readonly code: string
}

/** The last day that daily, and the last that monthly indicators have judged or are about to. */
export interface JudgedUntil {
  readonly daily: string
  readonly monthly: string
}

/** What has been judged by a day: daily indicators yesterday, monthly ones last month. */
export const judgedUntil = (today: string): JudgedUntil => ({
  daily: yesterdayOf(today).to,
  monthly: lastMonthOf(today).to,
})

export interface AffectedOptions {
  readonly catalogue: FactCatalogue
  /** Changes are followed back to this day and not further. */
  readonly floor: string
  readonly until: JudgedUntil
  /** Values of parameters set by units, by code: the longest window of any of them counts. */
  readonly parametersOf?: (code: string) => PostHocOptions['parameters']
}

/** The periods that the changes reach, by indicator in the order given, then by time; those that touch are one. */
export function affectedPeriods(
  definitions: readonly IndicatorDefinition[],
  changes: readonly ChangedRows[],
  options: AffectedOptions,
): AffectedPeriod[] {
  const byFact = Map.groupBy(changes, ({ fact }) => fact)
  return definitions.flatMap((definition) => {
    const { code, schedule } = definition
    if (!schedule) return []
    const reached = readsOf(definition, options.catalogue, options.parametersOf?.(code)).flatMap((read) =>
      (byFact.get(read.fact) ?? []).flatMap((change) => {
        const span = spanOf(read, change)
        return span ? read.reaches.map((reach) => reachedFrom(span, reach)) : []
      }),
    )
    const judged = reached.flatMap((period) => cut(whole(period, schedule), options, schedule))
    return joined(judged).map((period) => ({ code, ...period }))
  })
}

/** A period without end is open at this day. */
const OPEN = '9999-12-31'

/** First and last day on which the changed rows stand, as this read sees them; null when it does not. */
function spanOf({ times }: FactRead, change: ChangedRows): Period | null {
  const days = (times.length > 0 ? times : ['occurred_at']).flatMap((column) => change.times[column] ?? [])
  if (days.length === 0) return null
  const sorted = [...days].sort()
  return { from: sorted[0]!, to: sorted.at(-1)! }
}

const plusMonths = (day: string, months: number) => Temporal.PlainDate.from(day).add({ months }).toString()

function reachedFrom({ from, to }: Period, reach: Reach): Period {
  if (reach.kind === 'next_year')
    return { from: `${Number(from.slice(0, 4)) + 1}-01-01`, to: `${Number(to.slice(0, 4)) + 1}-12-31` }
  return { from: plusMonths(from, reach.from), to: reach.to === null ? OPEN : plusMonths(to, reach.to) }
}

/** Monthly indicators judge whole months. */
function whole(period: Period, schedule: 'daily' | 'monthly'): Period {
  if (schedule === 'daily') return period
  return { from: `${period.from.slice(0, 7)}-01`, to: lastDayOfMonth(period.to) }
}

function cut(period: Period, { floor, until }: AffectedOptions, schedule: 'daily' | 'monthly'): Period[] {
  const from = period.from < floor ? floor : period.from
  const to = period.to > until[schedule] ? until[schedule] : period.to
  return from > to ? [] : [{ from, to }]
}

/** Periods that overlap or follow one upon the other become one. */
export function joined(periods: readonly Period[]): Period[] {
  const result: { from: string; to: string }[] = []
  for (const period of [...periods].sort((a, b) => a.from.localeCompare(b.from))) {
    const last = result.at(-1)
    const next = last && Temporal.PlainDate.from(last.to).add({ days: 1 }).toString()
    if (!last || period.from > next!) result.push({ ...period })
    else if (period.to > last.to) last.to = period.to
  }
  return result
}
