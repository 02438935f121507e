import { setTimeout as pause } from 'node:timers/promises'
import type { LocalRegions } from '@hengjian/indicators'
import { notify } from '@hengjian/notifications'
import { newId, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { assertIntact } from '@hengjian/platform/guard'
import { runAs } from '@hengjian/platform/http'
import { handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type pg from 'pg'
import { type Evaluation, evaluateIndicator } from '../analysis/evaluate-indicator.ts'
import { enabledRows, storeFindings } from '../analysis/store-findings.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import type { RunOverride } from '../records.ts'
import type { Setting } from '../settings.ts'
import { analysisRun, indicatorSetting, runResult } from '../tables.ts'
import { runAnalysisJob } from './run-analysis.job.ts'

type Run = typeof analysisRun.$inferSelect
type Result = typeof runResult.$inferInsert

/** Findings kept of one indicator and run; more than that is a wrong threshold, and the result says so. */
const MOST_FINDINGS = 5_000

/** What hears of the run's progress and may stop it. */
export interface AnalysisWatch {
  readonly signal?: AbortSignal
  /** Told before each indicator. */
  progress?(done: number, total: number, message: string): Promise<void>
}

export const runAnalysisHandler = (book: IndicatorBook, ports: SupervisionPorts): JobHandler =>
  handleJob(runAnalysisJob, (job, { runId }) =>
    runAnalysis(job.services, book, ports, runId, {
      signal: job.signal,
      progress: (done, total, message) => job.progress(done, total, message),
    }),
  )

/**
 * Judge what of the run is not judged yet. Each indicator's findings and result are stored in one transaction. Waits
 * while another process carries out the same run, and takes it up where that one was killed.
 */
export async function runAnalysis(
  services: Services,
  book: IndicatorBook,
  ports: SupervisionPorts,
  runId: string,
  watch: AnalysisWatch = {},
): Promise<void> {
  const lock = await lockRun(services, runId, watch.signal)
  try {
    await carryOut(services, book, ports, runId, watch)
  } finally {
    // Closing the connection gives the lock back, in whatever state it is.
    lock.release(true)
  }
}

const TRY_LOCK_EVERY_MS = 500

/** The command line carries runs out as well as the worker: whoever holds this lock does. */
async function lockRun(services: Services, runId: string, signal?: AbortSignal): Promise<pg.PoolClient> {
  const client = await services.database.pool.connect()
  // The run itself finds out that the database is gone.
  client.on('error', () => {})
  try {
    for (;;) {
      const { rows } = await client.query<{ mine: boolean }>(
        "SELECT pg_try_advisory_lock(hashtextextended('analysis ' || $1, 0)) AS mine",
        [runId],
      )
      if (rows[0]!.mine) return client
      await pause(TRY_LOCK_EVERY_MS, undefined, signal ? { signal } : {})
    }
  } catch (error) {
    client.release(true)
    throw error
  }
}

async function carryOut(
  services: Services,
  book: IndicatorBook,
  ports: SupervisionPorts,
  runId: string,
  watch: AnalysisWatch,
): Promise<void> {
  const actor = systemActor('异常业务研判')
  const origin = { requestId: newId(), clientAddress: 'worker' }
  const as = <T>(work: (ctx: RequestContext) => Promise<T>) => runAs(services, actor, origin, work)
  const begun = await as((ctx) => begin(ctx, ports, runId))
  if (!begun) return
  const { run, done, localRegions } = begun
  for (const [at, code] of run.codes.entries()) {
    if (done.has(code)) continue
    watch.signal?.throwIfAborted()
    await watch.progress?.(at, run.codes.length, code)
    const state = await as((ctx) => stateOf(ctx, runId))
    if (state.cancelRequested) return as((ctx) => finish(ctx, runId, 'cancelled', null))
    const started = performance.now()
    try {
      await judgeOne(as, book, ports, run, code, localRegions, started)
    } catch (error) {
      if (watch.signal?.aborted) throw error
      services.log.error({ err: error, runId, code }, 'indicator could not be judged')
      const message = (error as Error).message.slice(0, 500)
      await as((ctx) => storeResult(ctx, run, { ...empty(run, code, started), outcome: 'failed', message }))
    }
  }
  await as(async (ctx) => {
    const failed = await ctx.db
      .select({ code: runResult.code })
      .from(runResult)
      .where(and(eq(runResult.runId, runId), eq(runResult.outcome, 'failed')))
    const all = failed.length === run.codes.length
    const message = failed.length === 0 ? null : `未能计算：${failed.map(({ code }) => code).join('、')}`
    await finish(ctx, runId, all ? 'failed' : 'done', message)
  })
}

const stateOf = async (ctx: RequestContext, runId: string): Promise<Run> => {
  const [run] = await ctx.db.select().from(analysisRun).where(eq(analysisRun.id, runId))
  return run!
}

/** Take the run up, first or again; null when it has ended. */
async function begin(ctx: RequestContext, ports: SupervisionPorts, runId: string) {
  const [run] = await ctx.db.select().from(analysisRun).where(eq(analysisRun.id, runId)).for('update')
  if (!run || (run.state !== 'queued' && run.state !== 'running')) return null
  const startedAt = run.startedAt ?? ctx.clock.now()
  await ctx.db.update(analysisRun).set({ state: 'running', startedAt }).where(eq(analysisRun.id, runId))
  const results = await ctx.db
    .select({ code: runResult.code })
    .from(runResult)
    .where(eq(runResult.runId, runId))
  const localRegions: readonly LocalRegions[] = await ports.localRegions(ctx)
  return { run, done: new Set(results.map((row) => row.code)), localRegions }
}

/** What the run replaces of an indicator; naming it without replacing anything is no override. */
function overrideOf(run: Run, code: string): RunOverride | null {
  const override = run.overrides.find((each) => each.code === code)
  const { code: _code, parameters, ...rest } = override ?? { code }
  const replaces =
    Object.keys(parameters ?? {}).length > 0 || Object.values(rest).some((each) => each !== undefined)
  return override && replaces ? override : null
}

const empty = (run: Run, code: string, started: number): Result => ({
  runId: run.id,
  code,
  unitPath: run.unitPath,
  outcome: 'nothing',
  groups: 0,
  findings: 0,
  smallSample: 0,
  cannotJudge: 0,
  missing: [],
  message: null,
  milliseconds: Math.round(performance.now() - started),
})

async function judgeOne(
  as: <T>(work: (ctx: RequestContext) => Promise<T>) => Promise<T>,
  book: IndicatorBook,
  ports: SupervisionPorts,
  run: Run,
  code: string,
  localRegions: readonly LocalRegions[],
  started: number,
): Promise<void> {
  const evaluation = await as(
    async (ctx): Promise<Evaluation> => ({
      definition: book.definitionOf(code),
      period: { from: run.periodFrom, to: run.periodTo },
      unitPath: run.unitPath,
      override: overrideOf(run, code),
      settings: await settingsOf(ctx, code),
      localRegions,
      calendar: await ports.calendarOf(ctx),
    }),
  )
  const answer = await evaluateIndicator(ports.store, evaluation)
  await as(async (ctx) => {
    if (answer.outcome === 'missing_fields') {
      await storeResult(ctx, run, {
        ...empty(run, code, started),
        outcome: 'missing_fields',
        missing: [...answer.missing],
      })
      return
    }
    // A run by schedule follows the switches; a person who asks for an indicator gets it.
    const rows = run.trigger === 'manual' ? answer.rows : enabledRows(answer.rows, evaluation.settings)
    const kept = rows.slice(0, MOST_FINDINGS)
    await storeFindings(
      ctx,
      ports,
      { id: run.id, trigger: run.trigger, version: book.versionOf(code) },
      evaluation,
      kept,
    )
    const small = kept.filter((row) => row.unjudged === 'small_sample').length
    await storeResult(ctx, run, {
      ...empty(run, code, started),
      outcome: kept.length > small ? 'findings' : 'nothing',
      groups: answer.groups,
      findings: kept.length - small,
      smallSample: small,
      cannotJudge: answer.cannotJudge,
      message:
        rows.length > kept.length ? `共 ${rows.length} 条，只保存前 ${MOST_FINDINGS} 条，请检查阈值` : null,
    })
  })
}

/** Settings of all units: the unit of a row decides which holds. */
async function settingsOf(ctx: RequestContext, code: string): Promise<Setting[]> {
  const rows = await ctx.db
    .select()
    .from(indicatorSetting)
    .where(and(eq(indicatorSetting.code, code), isNull(indicatorSetting.supersededAt)))
  for (const row of rows) assertIntact(ctx, indicatorSetting, row)
  return rows
}

async function storeResult(ctx: RequestContext, run: Run, result: Result): Promise<void> {
  await ctx.db.insert(runResult).values(result)
  await ctx.db
    .update(analysisRun)
    .set({ done: sql`${analysisRun.done} + 1`, findings: sql`${analysisRun.findings} + ${result.findings}` })
    .where(eq(analysisRun.id, run.id))
}

const finished = { done: '已完成', failed: '失败', cancelled: '已取消' } as const

async function finish(
  ctx: RequestContext,
  runId: string,
  state: keyof typeof finished,
  message: string | null,
): Promise<void> {
  await ctx.db
    .update(analysisRun)
    .set({ state, message, finishedAt: ctx.clock.now() })
    .where(eq(analysisRun.id, runId))
  await ctx.audit.record({
    action: 'supervision.finish-analysis',
    object: { kind: 'analysis_run', id: runId },
    after: { state, message },
  })
  await ctx.emit('analysis.finished', { runId, state })
  const run = await stateOf(ctx, runId)
  await notify(ctx, {
    recipients: run.trigger === 'manual' ? [run.requestedBy] : [],
    kind: 'supervision.analysis_finished',
    title: `研判任务${finished[state]}：${run.periodFrom} 至 ${run.periodTo}，研判结果 ${run.findings} 条`,
    link: `/analysis-runs/${runId}`,
  })
}
