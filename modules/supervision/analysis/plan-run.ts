/** What a run that judges as the schedule does has to judge: what changed, or everything of a period. */
import { factCatalogue } from '@hengjian/business'
import type { RequestContext } from '@hengjian/platform/context'
import { changesBetween, lakeMark } from '@hengjian/platform/lake'
import { and, desc, eq, inArray, isNotNull, isNull } from 'drizzle-orm'
import type { IndicatorBook } from '../indicator-book.ts'
import { parameterValueOf, type SupervisionPorts } from '../ports.ts'
import type { ChangedFact, PlannedPeriod } from '../records.ts'
import { affectedPeriods, type JudgedUntil, joined } from '../rules/affected-periods.ts'
import { lastDayOfMonth, type Period } from '../rules/period.ts'
import { dayOf } from '../rules/working-days.ts'
import { analysisRun, indicatorSetting, runResult } from '../tables.ts'
import { liesUnder, pathsAbove } from '../unit-paths.ts'
import { stepOf } from './judge-period.ts'

/** What changed since the last look, and what must be judged anew because of it. */
export interface ChangePlan {
  /** Where the next look begins. */
  readonly mark: string
  /** Null: nothing was looked at before, and only the mark is set. */
  readonly changes: ChangedFact[] | null
  readonly plan: PlannedPeriod[]
  /** Days within which changes were followed. */
  readonly period: Period
}

/** Post-hoc indicators that judge a unit by schedule: shipped ones, and composed ones of it or of a unit above. */
export function codesFor(book: IndicatorBook, unitPath: string): string[] {
  return book.definitions.flatMap(({ code, mode, schedule }) => {
    const composed = book.composed(code)
    const applies = !composed || (composed.switchedOn && liesUnder(unitPath, composed.unitPath))
    return mode === 'post_hoc' && schedule && applies ? [code] : []
  })
}

/**
 * Plan what the changes of the lake since the unit's last finished run of this kind make necessary. What failed in that
 * run is planned again. The mark is taken here and counts once the run is done: a run that never ends loses nothing. The first look finds everything new and therefore judges nothing: what was loaded before
 * is judged by whom asks for it.
 */
export async function planChanges(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  unitPath: string,
  codes: readonly string[],
  until: JudgedUntil,
): Promise<ChangePlan> {
  const { client } = ctx.tx
  const months = await parameterValueOf(ctx, ports, 'supervision.follow_months', unitPath)
  const today = dayOf(ctx.clock.now())
  const floor = months === 0 ? today : firstOfMonth(today, -months)
  const mark = await lakeMark(client)
  const before = await lastLook(ctx, unitPath)
  const period = { from: floor, to: until.daily > floor ? until.daily : floor }
  if (before.mark === null) return { mark, changes: null, plan: [], period }
  const changes = await changesBetween(client, before.mark, mark)
  const definitions = codes.map((code) => book.definitionOf(code))
  const parameters = await longestWindows(ctx, codes)
  const affected = affectedPeriods(definitions, changes, {
    catalogue: factCatalogue,
    floor,
    until,
    parametersOf: (code) => ({ overrides: parameters.get(code) ?? [] }),
  })
  return {
    mark,
    changes: changes.map(({ fact, month, rows }) => ({ fact, month, rows })),
    plan: withFailed(affected, before.failed, codes, floor),
    period,
  }
}

/** Longest stretch judged at once: what is done of a run is kept by stretches, and cancelled between them. */
const STRETCH_MONTHS = 12

/**
 * Plan every indicator over all of its days or whole months in a period, as far as they have been judged; a month that
 * the period touches is judged whole.
 */
export const planAll = (book: IndicatorBook, codes: readonly string[], period: Period, until: JudgedUntil) =>
  codes.flatMap((code): PlannedPeriod[] => {
    const step = stepOf(book.definitionOf(code))
    const monthly = step === 'month'
    const last = monthly ? until.monthly : until.daily
    const wanted = monthly ? lastDayOfMonth(period.to) : period.to
    const to = wanted > last ? last : wanted
    return stretches(monthly ? `${period.from.slice(0, 7)}-01` : period.from, to).map((each) => ({
      code,
      ...each,
    }))
  })

function stretches(from: string, to: string): Period[] {
  if (from > to) return []
  const next = firstOfMonth(from, STRETCH_MONTHS)
  if (next > to) return [{ from, to }]
  return [
    { from, to: Temporal.PlainDate.from(next).subtract({ days: 1 }).toString() },
    ...stretches(next, to),
  ]
}

const firstOfMonth = (day: string, months: number): string =>
  Temporal.PlainDate.from(day).with({ day: 1 }).add({ months }).toString()

/** Where the last finished look at the unit stood; not past that of a unit above, which judged it too. */
async function lastLook(ctx: RequestContext, unitPath: string) {
  const rows = await ctx.db
    .selectDistinctOn([analysisRun.unitPath], {
      id: analysisRun.id,
      unitPath: analysisRun.unitPath,
      mark: analysisRun.mark,
    })
    .from(analysisRun)
    .where(
      and(
        inArray(analysisRun.unitPath, pathsAbove(unitPath)),
        eq(analysisRun.extent, 'changed'),
        eq(analysisRun.state, 'done'),
        isNotNull(analysisRun.mark),
      ),
    )
    .orderBy(analysisRun.unitPath, desc(analysisRun.requestedAt), desc(analysisRun.id))
  const nearest = rows.slice(-2).map((row) => BigInt(row.mark!))
  const mark = nearest.length === 0 ? null : nearest.reduce((a, b) => (a < b ? a : b)).toString()
  const own = rows.find((row) => row.unitPath === unitPath)
  const failed = own
    ? await ctx.db
        .select({ code: runResult.code, from: runResult.periodFrom, to: runResult.periodTo })
        .from(runResult)
        .where(and(eq(runResult.runId, own.id), eq(runResult.outcome, 'failed')))
    : []
  return { mark, failed }
}

/** What units set: the longest window of any of them says how far a row reaches. */
async function longestWindows(ctx: RequestContext, codes: readonly string[]) {
  const rows = await ctx.db
    .select()
    .from(indicatorSetting)
    .where(and(inArray(indicatorSetting.code, [...codes]), isNull(indicatorSetting.supersededAt)))
  return new Map(
    [...Map.groupBy(rows, (row) => row.code)].map(([code, own]) => [
      code,
      own.flatMap(({ unitPath, parameters }) =>
        Object.entries(parameters).map(([name, value]) => ({ unitPath, name, value })),
      ),
    ]),
  )
}

/** What could not be judged the last time is tried again. */
function withFailed(
  affected: readonly PlannedPeriod[],
  failed: readonly PlannedPeriod[],
  codes: readonly string[],
  floor: string,
): PlannedPeriod[] {
  const again = failed.filter(({ code, from }) => codes.includes(code) && from >= floor)
  if (again.length === 0) return [...affected]
  const byCode = Map.groupBy([...affected, ...again], ({ code }) => code)
  return codes.flatMap((code) => joined(byCode.get(code) ?? []).map(({ from, to }) => ({ code, from, to })))
}
