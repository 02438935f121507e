/** What a judgment rests on, the one before it over the same days, and why the two may differ. */
import { createHash } from 'node:crypto'
import { factCatalogue } from '@hengjian/business'
import { readsOf } from '@hengjian/indicators'
import { canonicalJson } from '@hengjian/platform/audit'
import type { RequestContext } from '@hengjian/platform/context'
import { changesBetween, type LakeChange, lakeMark } from '@hengjian/platform/lake'
import { and, desc, eq, gt, gte, inArray, isNotNull, lte, ne, type SQL, sql } from 'drizzle-orm'
import type { ChangeCause, ChangedFact, JudgmentBasis } from '../records.ts'
import { affectedPeriods } from '../rules/affected-periods.ts'
import { indicatorSetting, runResult } from '../tables.ts'
import { pathsAbove, under } from '../unit-paths.ts'
import { type Evaluation, windowOf } from './evaluate-indicator.ts'

const fingerprint = (text: string): string => createHash('sm3').update(text).digest('hex').slice(0, 32)

/** When judging began: in time, among judgments, and in the order of the lake's changes. */
export interface Begun {
  readonly start: Pick<JudgmentBasis, 'at' | 'ticket' | 'mark'>
  /** Changes from a mark to the one at which judging began; asked once for all pieces of a run. */
  changesSince(ctx: RequestContext, mark: string): Promise<readonly LakeChange[]>
}

/** To be asked before the store is: what comes into the lake meanwhile is a cause for the next judgment. */
export async function beginJudging(ctx: RequestContext): Promise<Begun> {
  const mark = await lakeMark(ctx.tx.client)
  const { rows } = await ctx.db.execute<{ ticket: string }>(sql`SELECT nextval('analysis_ticket') AS ticket`)
  const known = new Map<string, readonly LakeChange[]>()
  return {
    start: { at: ctx.clock.now().toISOString(), ticket: Number(rows[0]!.ticket), mark },
    async changesSince(ctx, since) {
      const changes = known.get(since) ?? (await changesBetween(ctx.tx.client, since, mark))
      known.set(since, changes)
      return changes
    },
  }
}

/** What a judgment that begins so rests on. */
export function basisOf({ start }: Begun, evaluation: Evaluation, version: number): JudgmentBasis {
  const { definition, localRegions } = evaluation
  const asksLocal = JSON.stringify(definition).includes('"local":')
  return {
    ...start,
    version,
    regions: asksLocal ? fingerprint(canonicalJson(localRegions)!) : null,
    calendar: definition.unit === 'working_days' ? calendarOf(evaluation) : null,
  }
}

/** The working days of the year in which the period ends. */
function calendarOf({ period, calendar }: Pick<Evaluation, 'period' | 'calendar'>): string {
  const year = period.to.slice(0, 4)
  let days = ''
  for (
    let day = Temporal.PlainDate.from(`${year}-01-01`);
    day.year === Number(year);
    day = day.add({ days: 1 })
  )
    days += calendar.isWorkingDay(day) ? '1' : '0'
  return `${year} ${fingerprint(days)}`
}

/** Results over the same days in units that the evaluation judges, or that judged its unit; trials left out. */
function overSameDays(evaluation: Evaluation, where: SQL): SQL {
  const { definition, period } = evaluation
  const whole = windowOf(evaluation) === 'period' && !evaluation.each
  return and(
    eq(runResult.code, definition.code),
    eq(runResult.trial, false),
    inArray(runResult.outcome, ['findings', 'nothing']),
    isNotNull(runResult.basis),
    whole
      ? and(eq(runResult.periodFrom, period.from), eq(runResult.periodTo, period.to))
      : and(lte(runResult.periodFrom, period.to), gte(runResult.periodTo, period.from)),
    where,
  )!
}

type Result = typeof runResult.$inferSelect

/** The last judgment of these days and this unit in another run; null when there is none, or this one is a trial. */
export async function judgmentBefore(
  ctx: RequestContext,
  runId: string,
  evaluation: Evaluation,
): Promise<Result | null> {
  if (evaluation.override) return null
  const judgedUnit = inArray(runResult.unitPath, pathsAbove(evaluation.unitPath))
  const [row] = await ctx.db
    .select()
    .from(runResult)
    .where(overSameDays(evaluation, and(judgedUnit, ne(runResult.runId, runId))!))
    .orderBy(desc(runResult.judgedAt))
    .limit(1)
  return row ?? null
}

/** Has a judgment that began later, of these days and some of these units, been stored already? */
export async function isOvertaken(
  ctx: RequestContext,
  evaluation: Evaluation,
  { ticket }: JudgmentBasis,
): Promise<boolean> {
  if (evaluation.override) return false
  const touched = sql`(${inArray(runResult.unitPath, pathsAbove(evaluation.unitPath))} OR ${under(runResult.unitPath, evaluation.unitPath) ?? sql`true`})`
  const rows = await ctx.db
    .select({ code: runResult.code })
    .from(runResult)
    .where(overSameDays(evaluation, and(touched, gt(sql`(${runResult.basis}->>'ticket')::bigint`, ticket))!))
    .limit(1)
  return rows.length > 0
}

/** Why this judgment may differ from the one before, as far as is known. */
export async function causesOf(
  ctx: RequestContext,
  evaluation: Evaluation,
  before: Result,
  now: JudgmentBasis,
  begun: Begun,
): Promise<ChangeCause[]> {
  const was = before.basis!
  const causes: ChangeCause[] = []
  const facts = factsRead(evaluation, await begun.changesSince(ctx, was.mark))
  if (facts.length > 0) causes.push({ kind: 'facts', facts })
  const settings = await ctx.db
    .select({
      unitPath: indicatorSetting.unitPath,
      changedByName: indicatorSetting.changedByName,
      changedAt: indicatorSetting.changedAt,
    })
    .from(indicatorSetting)
    .where(
      and(
        eq(indicatorSetting.code, evaluation.definition.code),
        gt(indicatorSetting.changedAt, new Date(was.at)),
      ),
    )
    .orderBy(indicatorSetting.changedAt)
  if (settings.length > 0)
    causes.push({
      kind: 'settings',
      settings: settings.map((row) => ({ ...row, changedAt: row.changedAt.toISOString() })),
    })
  if (was.version !== now.version) causes.push({ kind: 'version', from: was.version, to: now.version })
  if (was.regions !== now.regions && was.regions && now.regions) causes.push({ kind: 'regions' })
  if (was.calendar?.slice(0, 4) === now.calendar?.slice(0, 4) && was.calendar !== now.calendar)
    causes.push({ kind: 'calendar' })
  return causes
}

/** What of the changes the judgment of the period reads. */
function factsRead(
  { definition, period, settings }: Evaluation,
  changes: readonly LakeChange[],
): ChangedFact[] {
  const parameters = {
    overrides: settings.flatMap(({ unitPath, parameters }) =>
      Object.entries(parameters).map(([name, value]) => ({ unitPath, name, value })),
    ),
  }
  const read = new Set(readsOf(definition, factCatalogue, parameters).map(({ fact }) => fact))
  const reaches = {
    catalogue: factCatalogue,
    floor: period.from,
    until: { daily: period.to, monthly: period.to },
    parametersOf: () => parameters,
  }
  return changes
    .filter(
      (change) =>
        read.has(change.fact) &&
        // Of standing rows that only changed no day is known: they may be why.
        (Object.keys(change.times).length === 0 ||
          affectedPeriods([definition], [change], reaches).length > 0),
    )
    .map(({ fact, month, rows }) => ({ fact, month, rows }))
}
