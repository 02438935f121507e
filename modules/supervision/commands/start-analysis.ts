import { newId, type RequestContext, scopeOf } from '@hengjian/platform/context'
import { rangeOf } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { enqueueJob } from '@hengjian/platform/jobs'
import { overrideFault } from '../analysis/evaluate-indicator.ts'
import type { RunView, supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import { runAnalysisJob } from '../jobs/run-analysis.job.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentRun } from '../present-analysis.ts'
import type { ChangedFact, PlannedPeriod, RunExtent, RunOverride } from '../records.ts'
import { parameterFaults } from '../rules/parameters.ts'
import type { Period } from '../rules/period.ts'
import { analysisRun } from '../tables.ts'
import { liesUnder } from '../unit-paths.ts'

/** Longest period of one run. */
const MOST_YEARS = 10

/** Start a run of chosen indicators over any period (SUP-12); a worker does it. */
export const startAnalysis =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.startAnalysis> =>
  async (ctx, input) => {
    const unitPath = input.unitPath ?? ctx.actor.unitPath
    const { lo, hi } = rangeOf(scopeOf(ctx.actor))
    if (unitPath < lo || unitPath >= hi) throw new Problem(platformErrors.forbidden)
    const period = { from: input.from, to: input.to }
    checkPeriod(period)
    await checkIndicators(ctx, book, ports, {
      codes: input.codes,
      overrides: input.overrides,
      period,
      unitPath,
    })
    const run = await createRun(ctx, {
      codes: input.codes,
      overrides: input.overrides,
      period,
      unitPath,
      trigger: 'manual',
      extent: 'chosen',
    })
    return presentRun(run, await unitNamesFor(ctx, ports, [unitPath]))
  }

/** Refuse a period that ends before it begins or is too long. */
export function checkPeriod(period: Period): void {
  const [from, to] = [Temporal.PlainDate.from(period.from), Temporal.PlainDate.from(period.to)]
  const wrong = (message: string) =>
    new Problem(supervisionErrors.period_invalid, { issues: [{ path: 'to', message }] })
  if (Temporal.PlainDate.compare(from, to) > 0) throw wrong('结束日期不能早于开始日期')
  if (Temporal.PlainDate.compare(from.add({ years: MOST_YEARS }), to) <= 0)
    throw wrong(`期间不能超过 ${MOST_YEARS} 年`)
}

export async function checkIndicators(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  run: { codes: readonly string[]; overrides: readonly RunOverride[]; period: Period; unitPath: string },
): Promise<void> {
  const issues: { path: string; message: string }[] = []
  for (const [at, code] of run.codes.entries()) {
    const composed = book.composed(code)
    if (book.definitionOf(code).mode !== 'post_hoc')
      issues.push({ path: `codes.${at}`, message: '不是事后研判指标' })
    else if (composed && !composed.switchedOn)
      issues.push({ path: `codes.${at}`, message: '该自编指标没有启用' })
    else if (composed && !liesUnder(run.unitPath, composed.unitPath))
      issues.push({ path: `codes.${at}`, message: '该自编指标只用于编制它的机构及其下级' })
  }
  const localRegions = await ports.localRegions(ctx)
  const calendar = await ports.calendarOf(ctx)
  for (const [at, override] of run.overrides.entries()) {
    if (!run.codes.includes(override.code) || issues.length > 0) {
      issues.push({ path: `overrides.${at}.code`, message: '不在所选指标中' })
      continue
    }
    const definition = book.definitionOf(override.code)
    const faults = parameterFaults(definition, override.parameters ?? {})
    issues.push(...faults.map((fault) => ({ ...fault, path: `overrides.${at}.${fault.path}` })))
    const { period, unitPath } = run
    const fault = overrideFault({
      definition,
      period,
      unitPath,
      override,
      settings: [],
      localRegions,
      calendar,
    })
    if (fault && faults.length === 0) issues.push({ path: `overrides.${at}`, message: fault })
  }
  if (issues.length > 0) throw new Problem(supervisionErrors.override_invalid, { issues })
}

/** What a run is told. With a `plan` its indicators are those of the plan, each judged over the days that this names. */
interface NewRun {
  readonly codes?: readonly string[]
  readonly overrides?: readonly RunOverride[]
  readonly plan?: PlannedPeriod[]
  readonly mark?: string
  readonly changes?: ChangedFact[] | null
  readonly period: Period
  readonly unitPath: string
  readonly trigger: RunView['trigger']
  readonly extent: RunExtent
}

/** Record a run and ask for its job, in the caller's transaction. */
export async function createRun(ctx: RequestContext, run: NewRun): Promise<typeof analysisRun.$inferSelect> {
  const { unitPath, trigger, extent, period } = run
  const codes = [...new Set(run.plan?.map(({ code }) => code) ?? run.codes)]
  const overrides = [...(run.overrides ?? [])]
  const row: typeof analysisRun.$inferSelect = {
    id: newId(),
    unitPath,
    codes,
    overrides,
    periodFrom: period.from,
    periodTo: period.to,
    state: 'queued',
    trigger,
    requestedBy: ctx.actor.id,
    requestedByName: ctx.actor.name,
    requestedAt: ctx.clock.now(),
    startedAt: null,
    finishedAt: null,
    done: 0,
    findings: 0,
    cancelRequested: false,
    message: null,
    retryAt: null,
    extent,
    plan: run.plan ?? null,
    mark: run.mark ?? null,
    changes: run.changes ?? null,
  }
  await ctx.db.insert(analysisRun).values(row)
  await ctx.audit.record({
    action: 'supervision.start-analysis',
    object: { kind: 'analysis_run', id: row.id },
    after: { codes, overrides, period, unitPath, extent },
  })
  await enqueueJob(ctx, runAnalysisJob, { runId: row.id })
  return row
}
