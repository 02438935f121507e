import type { IndicatorDefinition } from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import { assertIntact } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm'
import type { supervisionContract, ThresholdAdviceView } from '../contract.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import type { ThresholdEvidence } from '../records.ts'
import { parameterFaults } from '../rules/parameters.ts'
import { boundsOn, heldSettings, isLooser, sideOf } from '../rules/strictness.ts'
import { thresholdParameter } from '../rules/threshold.ts'
import { adviseThreshold, type DecidedCase, type ThresholdAdvice } from '../rules/threshold-advice.ts'
import { adviceWords, evidenceWords } from '../rules/threshold-words.ts'
import { endOfDay, startOfDay } from '../rules/working-days.ts'
import { effectiveOf, type Setting, settingsAbove, valuesOf } from '../settings.ts'
import { finding, indicatorSetting, suspectCase } from '../tables.ts'
import { liesUnder, pathsAbove, under } from '../unit-paths.ts'

/** What is asked: findings of these days, about this unit and those below, of one indicator or all. */
interface Question {
  readonly unitPath: string
  readonly from: string
  readonly to: string
  readonly code?: string | undefined
}

/** What the closed cases say of each threshold, and which would have been better on them (SUP-22). */
export const findThresholdAdvice =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.findThresholdAdvice> =>
  async (ctx, { unitPath = ctx.actor.unitPath, ...input }) => {
    const advised = await adviseOn(ctx, book, { ...input, unitPath })
    const units = await unitNamesFor(
      ctx,
      ports,
      advised.map((each) => each.unitPath),
    )
    const items = advised.map((each) => present(each, input, units.get(each.unitPath) ?? null))
    return { items, nextCursor: null }
  }

/** What the past says of one threshold of one unit. */
export interface AdvisedThreshold extends ThresholdAdvice {
  readonly definition: IndicatorDefinition
  readonly unitPath: string
  readonly parameter: string
  readonly threshold: number
  readonly undecided: number
}

/**
 * Advice for the unit, and for each unit below that set its own value, where anything was found: a unit's value answers
 * for the findings that were held against it. By code, then by unit.
 */
export async function adviseOn(
  ctx: RequestContext,
  book: IndicatorBook,
  question: Question,
): Promise<AdvisedThreshold[]> {
  const definitions = book.definitions.filter(
    (each) => (question.code === undefined || each.code === question.code) && advisable(each) !== null,
  )
  if (definitions.length === 0) return []
  const codes = definitions.map(({ code }) => code)
  const settings = await settingsAround(ctx, question.unitPath, codes)
  const found = await findingsOf(ctx, question, codes)
  return definitions.flatMap((definition) => {
    const own = settings.filter(({ code }) => code === definition.code)
    const rows = found.filter(({ code }) => code === definition.code)
    // A composed indicator is set where it belongs, not above.
    const home = book.composed(definition.code)?.unitPath ?? '/'
    const asked = liesUnder(home, question.unitPath) ? home : question.unitPath
    const keeperOf = (path: string) => settledBy(definition, own, asked, path)
    return [...Map.groupBy(rows, (row) => keeperOf(row.unitPath))]
      .sort(([a], [b]) => a.localeCompare(b))
      .flatMap(([unitPath, group]) => advise(definition, own, unitPath, group) ?? [])
  })
}

/**
 * The threshold's parameter; null where past values say nothing of another threshold: while business is handled nothing is
 * confirmed, what was overdue is measured to the end of the run, and a second test that suffices finds by itself.
 */
function advisable(definition: IndicatorDefinition): string | null {
  const { mode, measure, also } = definition
  if (mode !== 'post_hoc' || measure.kind === 'overdue' || also?.how === 'either') return null
  const name = thresholdParameter(definition)
  // A threshold that also chooses rows would change what is measured.
  const uses = JSON.stringify(definition).split(JSON.stringify({ param: name })).length - 1
  return uses === 1 ? name : null
}

/** Current settings of the units above, of the unit and of those below it. */
async function settingsAround(
  ctx: RequestContext,
  unitPath: string,
  codes: readonly string[],
): Promise<Setting[]> {
  const below = await ctx.db
    .select()
    .from(indicatorSetting)
    .where(
      and(
        isNull(indicatorSetting.supersededAt),
        inArray(indicatorSetting.code, [...codes]),
        under(indicatorSetting.unitPath, unitPath),
      ),
    )
  for (const row of below) assertIntact(ctx, indicatorSetting, row)
  const above = await settingsAbove(ctx, unitPath, codes)
  const known = new Set(below.map(({ id }) => id))
  return [...above.filter(({ id }) => !known.has(id)), ...below]
}

const settingsOf = (settings: readonly Setting[], unitPath: string): Setting[] => {
  const paths = new Set(pathsAbove(unitPath))
  return settings.filter((row) => paths.has(row.unitPath))
}

/** The unit whose value decides for `path`: the one asked for, unless one between them set its own. */
function settledBy(
  definition: IndicatorDefinition,
  settings: readonly Setting[],
  asked: string,
  path: string,
): string {
  const { parameters } = effectiveOf(definition, settingsOf(settings, path))
  const from = parameters.get(thresholdParameter(definition)!)?.from
  return from && liesUnder(from, asked) ? from : asked
}

/** Findings of one case, or those that no closed case decided. */
interface FoundRow {
  readonly code: string
  readonly unitPath: string
  /** null: not decided. */
  readonly outcome: string | null
  readonly greatest: number | null
  readonly least: number | null
  readonly findings: number
}

const compared = sql`coalesce(${finding.deviation}, ${finding.measured})`

const findingsOf = (
  ctx: RequestContext,
  { unitPath, from, to }: Question,
  codes: readonly string[],
): Promise<FoundRow[]> =>
  ctx.db
    .select({
      code: finding.code,
      unitPath: finding.unitPath,
      outcome: suspectCase.outcome,
      greatest: sql<number | null>`max(${compared})`,
      least: sql<number | null>`min(${compared})`,
      findings: sql<number>`count(*)::int`,
    })
    .from(finding)
    .leftJoin(suspectCase, and(eq(suspectCase.id, finding.caseId), eq(suspectCase.state, 'closed')))
    .where(
      and(
        sql`${finding.state} <> 'superseded'`,
        eq(finding.smallSample, false),
        eq(finding.variant, ''),
        inArray(finding.code, [...codes]),
        gte(finding.foundAt, startOfDay(from)),
        lt(finding.foundAt, endOfDay(to)),
        under(finding.unitPath, unitPath),
      ),
    )
    .groupBy(finding.code, finding.unitPath, suspectCase.id, suspectCase.outcome)

function advise(
  definition: IndicatorDefinition,
  settings: readonly Setting[],
  unitPath: string,
  rows: readonly FoundRow[],
): AdvisedThreshold | null {
  const parameter = thresholdParameter(definition)!
  const above = settingsOf(settings, unitPath)
  const threshold = valuesOf(effectiveOf(definition, above))[parameter]
  if (typeof threshold !== 'number') return null
  const bound = boundsOn(definition, unitPath, heldSettings(definition, above)).get(parameter)
  const outwards = sideOf(definition.comparison) === 'lower'
  const decided = rows.flatMap(({ outcome, greatest, least }): DecidedCase[] => {
    const value = outwards ? greatest : least
    return outcome === null || value === null ? [] : [{ value, outcome: outcome as DecidedCase['outcome'] }]
  })
  const advice = adviseThreshold({
    comparison: definition.comparison,
    unit: definition.unit,
    threshold,
    decided,
    allowed: (value) =>
      parameterFaults(definition, { [parameter]: value }).length === 0 &&
      !(bound && isLooser(value, bound.value, bound.stricter)),
  })
  const open = rows.filter(({ outcome }) => outcome === null)
  const undecided = open.reduce((sum, { findings }) => sum + findings, 0)
  return { ...advice, definition, unitPath, parameter, threshold, undecided }
}

/** Figures of a suggestion as they are kept with the change; null where nothing is suggested. */
export function evidenceOf(
  advised: AdvisedThreshold,
  { from, to }: { from: string; to: string },
): ThresholdEvidence | null {
  const { before, better, parameter, threshold } = advised
  if (!better) return null
  const { confirmed, valuable, falsePositive } = before
  const { value, sparedFalse, lostRight, after } = better
  return {
    from,
    to,
    parameter,
    threshold,
    value,
    confirmed,
    valuable,
    falsePositive,
    sparedFalse,
    lostRight,
    precision: before.precision!,
    precisionAfter: after.precision!,
    rangeAfter: after.range!,
  }
}

function present(
  advised: AdvisedThreshold,
  period: { from: string; to: string },
  unitName: string | null,
): ThresholdAdviceView {
  const { definition, better, nearest: _, bands, ...rest } = advised
  const evidence = evidenceOf(advised, period)
  const words = evidence ? evidenceWords(evidence) : adviceWords(advised, sideOf(definition.comparison))
  return {
    ...rest,
    code: definition.code,
    title: definition.titleZh,
    unitName,
    comparison: definition.comparison,
    unit: definition.unit,
    sentence: words ?? '',
    bands: [...bands],
    better,
  }
}
