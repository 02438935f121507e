import { setTimeout as pause } from 'node:timers/promises'
import type { PostHocRow } from '@hengjian/indicators'
import { notify } from '@hengjian/notifications'
import { newId, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { handleJob, type JobContext, type JobHandler } from '@hengjian/platform/jobs'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type pg from 'pg'
import {
  type Begun,
  basisOf,
  beginJudging,
  causesOf,
  isOvertaken,
  judgmentBefore,
} from '../analysis/compare-judgments.ts'
import type { Evaluated, Evaluation, SharingStore } from '../analysis/evaluate-indicator.ts'
import { evaluationsOf } from '../analysis/evaluations-of.ts'
import { type Judged, judgePeriod } from '../analysis/judge-period.ts'
import { sharingWork } from '../analysis/share-work.ts'
import { enabledRows, lockFindings, storeFindings, type Tally } from '../analysis/store-findings.ts'
import { watchCancellation } from '../analysis/watch-cancellation.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { type ChangeCause, type JudgmentBasis, OPEN_STATES, type PlannedPeriod } from '../records.ts'
import { analysisRun, runResult } from '../tables.ts'
import { giveUpAnalysisJob } from './give-up-analysis.job.ts'
import { runAnalysisJob } from './run-analysis.job.ts'

type Run = typeof analysisRun.$inferSelect
type Result = typeof runResult.$inferInsert

const ANALYST = systemActor('异常业务研判')
const originOf = () => ({ requestId: newId(), clientAddress: 'worker' })

/** What hears of the run's progress and may stop it. */
export interface AnalysisWatch {
  readonly signal?: AbortSignal
  /** Told before each indicator. */
  progress?(done: number, total: number, message: string): Promise<void>
}

export const runAnalysisHandler = (book: IndicatorBook, ports: SupervisionPorts): JobHandler =>
  handleJob(runAnalysisJob, async (job, { runId }) => {
    try {
      await runAnalysis(job.services, book, ports, runId, {
        signal: job.signal,
        progress: (done, total, message) => job.progress(done, total, message),
      })
    } catch (error) {
      // where the database is gone too, the run is taken up again all the same
      await noteFailure(job, runId, error).catch((failure: unknown) =>
        job.services.log.error({ err: failure, runId }, 'failure could not be noted'),
      )
      throw error
    }
  })

/** A run whose attempts have all failed, or died, has failed. */
export const giveUpAnalysisHandler: JobHandler = handleJob(giveUpAnalysisJob, async (job, { runId }) => {
  await job.once('give-up', async (ctx) => {
    const [run] = await ctx.db.select().from(analysisRun).where(eq(analysisRun.id, runId)).for('update')
    if (!run || !OPEN_STATES.includes(run.state)) return
    if (run.cancelRequested) await finish(ctx, runId, 'cancelled', null)
    else await finish(ctx, runId, 'failed', run.message ?? '执行研判的进程多次中断')
  })
})

/** Say of the run that this attempt failed, why, and when the next one follows. */
const noteFailure = (job: JobContext, runId: string, error: unknown): Promise<unknown> =>
  runAs(job.services, ANALYST, originOf(), (ctx) =>
    ctx.db
      .update(analysisRun)
      .set({
        state: 'retrying',
        retryAt: job.retryAt(),
        message: `第 ${job.attempt} 次执行失败：${job.signal.aborted ? '执行进程停止' : reasonOf(error)}`,
      })
      .where(and(eq(analysisRun.id, runId), inArray(analysisRun.state, OPEN_STATES))),
  )

/** Of a failed statement the database's words: the statement's own would bring its values along. */
const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error
  return (cause instanceof Error ? cause.message : message).slice(0, 500)
}

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
  const origin = originOf()
  const as = <T>(work: (ctx: RequestContext) => Promise<T>) => runAs(services, ANALYST, origin, work)
  const begun = await as((ctx) => begin(ctx, book, runId))
  if (!begun) return
  const { run, done } = begun
  const items = plannedOf(run)
  const left = items.filter((item) => !done.has(keyOf(item)))
  const isCancelled = async () => (await as((ctx) => stateOf(ctx, runId))).cancelRequested
  const { evaluations, begun: judging } = await as(async (ctx) => ({
    begun: await beginJudging(ctx),
    evaluations: await evaluationsOf(ctx, book, ports, run, left),
  }))
  const finishedAll = await sharingWork(
    ports.store,
    evaluations,
    async (store) => {
      for (const [at, item] of left.entries()) {
        const { code } = item
        watch.signal?.throwIfAborted()
        await watch.progress?.(items.length - left.length + at, items.length, code)
        if (await isCancelled()) return false
        const started = performance.now()
        const cancellation = watchCancellation(services, isCancelled)
        const signal = AbortSignal.any([cancellation.signal, ...(watch.signal ? [watch.signal] : [])])
        try {
          const piece = { item, evaluation: evaluations[at]!, begun: judging }
          await judgeOne(as, book, ports, run, store, piece, started, signal)
        } catch (error) {
          if (watch.signal?.aborted) throw error
          if (cancellation.signal.aborted) return false
          services.log.error({ err: error, runId, code }, 'indicator could not be judged')
          const message = (error as Error).message.slice(0, 500)
          await as((ctx) =>
            storeResult(ctx, run, { ...empty(run, item, started), outcome: 'failed', message }),
          )
        } finally {
          await cancellation.stop()
        }
      }
      return true
    },
    (fault) => services.log.warn({ err: fault, runId }, 'indicators are judged apart'),
    watch.signal,
  )
  if (!finishedAll) return as((ctx) => finish(ctx, runId, 'cancelled', null))
  await as(async (ctx) => {
    const failed = await ctx.db
      .select({ code: runResult.code })
      .from(runResult)
      .where(and(eq(runResult.runId, runId), eq(runResult.outcome, 'failed')))
    const all = items.length > 0 && failed.length === items.length
    const codes = [...new Set(failed.map(({ code }) => code))]
    const message = codes.length === 0 ? null : `未能计算：${codes.join('、')}`
    await finish(ctx, runId, all ? 'failed' : 'done', message)
  })
}

const stateOf = async (ctx: RequestContext, runId: string): Promise<Run> => {
  const [run] = await ctx.db.select().from(analysisRun).where(eq(analysisRun.id, runId))
  return run!
}

/** Take the run up, first or again; null when it has ended. */
async function begin(ctx: RequestContext, book: IndicatorBook, runId: string) {
  await book.refresh(ctx)
  const [run] = await ctx.db.select().from(analysisRun).where(eq(analysisRun.id, runId)).for('update')
  if (!run || !OPEN_STATES.includes(run.state)) return null
  const startedAt = run.startedAt ?? ctx.clock.now()
  await ctx.db
    .update(analysisRun)
    .set({ state: 'running', startedAt, retryAt: null, message: null })
    .where(eq(analysisRun.id, runId))
  const results = await ctx.db
    .select({ code: runResult.code, from: runResult.periodFrom })
    .from(runResult)
    .where(eq(runResult.runId, runId))
  return { run, done: new Set(results.map(keyOf)) }
}

/** What the run judges, piece by piece: each is stored with its result, and not judged again when the run is taken up. */
const plannedOf = (run: Pick<Run, 'plan' | 'codes' | 'periodFrom' | 'periodTo'>): readonly PlannedPeriod[] =>
  run.plan ?? run.codes.map((code) => ({ code, from: run.periodFrom, to: run.periodTo }))

const keyOf = ({ code, from }: Pick<PlannedPeriod, 'code' | 'from'>) => `${code} ${from}`

const empty = (run: Run, { code, from, to }: PlannedPeriod, started: number): Result => ({
  runId: run.id,
  code,
  periodFrom: from,
  periodTo: to,
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

/** One piece of a run: what it judges, and what it began with. */
interface Piece {
  readonly item: PlannedPeriod
  readonly evaluation: Evaluation
  readonly begun: Begun
}

/** Judge a piece and store what was found; again where another run overtook it meanwhile. */
async function judgeOne(
  as: <T>(work: (ctx: RequestContext) => Promise<T>) => Promise<T>,
  book: IndicatorBook,
  ports: SupervisionPorts,
  run: Run,
  sharing: SharingStore,
  piece: Piece,
  started: number,
  signal: AbortSignal,
): Promise<void> {
  const { item } = piece
  let { evaluation, begun } = piece
  let store = sharing
  for (let attempt = 1; ; attempt++) {
    const basis = basisOf(begun, evaluation, book.versionOf(item.code))
    const judged = await judgePeriod(store, evaluation, signal)
    const isStored = await as(async (ctx) => {
      await lockFindings(ctx, item.code)
      // Another run that began later has stored what it saw: ours may be older, and must not take its place.
      if (attempt < MOST_ATTEMPTS && (await isOvertaken(ctx, evaluation, basis))) return false
      await storeJudgment(ctx, ports, run, empty(run, item, started), {
        evaluation,
        begun,
        basis,
        judged,
      })
      return true
    })
    if (isStored) return
    // What the session has counted is as old as what was overtaken.
    store = ports.store
    ;[begun, [evaluation]] = await as(async (ctx) => [
      await beginJudging(ctx),
      (await evaluationsOf(ctx, book, ports, run, [item])) as [Evaluation],
    ])
  }
}

/** How often a judgment is made again because another overtook it. */
const MOST_ATTEMPTS = 5

/** What was judged, and what it rests on. */
interface Judgment {
  readonly evaluation: Evaluation
  readonly begun: Begun
  readonly basis: JudgmentBasis
  readonly judged: readonly Judged[]
}

/** Store what was judged and how it differs from the judgment before. */
async function storeJudgment(
  ctx: RequestContext,
  ports: SupervisionPorts,
  run: Run,
  result: Result,
  { evaluation, begun, basis, judged }: Judgment,
): Promise<void> {
  const before = await judgmentBefore(ctx, run.id, evaluation)
  const causes = before && (await causesOf(ctx, evaluation, before, basis, begun))
  const tally = { appeared: 0, confirmed: 0, changed: 0, vanished: 0 }
  for (const part of judged) await storePart(ctx, ports, run, result, tally, part, basis.version, causes)
  const since = before && { runId: before.runId, at: before.judgedAt!.toISOString() }
  await storeResult(ctx, run, {
    ...result,
    judgedAt: ctx.clock.now(),
    trial: evaluation.override !== null,
    basis,
    comparison: result.outcome === 'missing_fields' ? null : { since, ...tally, causes: causes ?? [] },
  })
}

/** Store what one part found, and add it to the result and to what changed. */
async function storePart(
  ctx: RequestContext,
  ports: SupervisionPorts,
  run: Run,
  result: Result,
  tally: Record<keyof Tally, number>,
  { evaluation, answer }: Judged,
  version: number,
  causes: readonly ChangeCause[] | null,
): Promise<void> {
  if (answer.outcome === 'missing_fields') return add(result, answer, [])
  // What judges as the schedule does follows the switches; a person who asks for an indicator gets it.
  const rows = run.extent !== 'chosen' ? enabledRows(answer.rows, evaluation.settings) : answer.rows
  add(result, answer, rows)
  const part = await storeFindings(
    ctx,
    ports,
    { id: run.id, opensCases: opensCases(run), version, causes },
    evaluation,
    rows,
  )
  for (const kind of Object.keys(tally) as (keyof Tally)[]) tally[kind] += part[kind]
}

/** What the schedule judges, also when a person asks for it now; years that somebody judges anew are left to people. */
const opensCases = ({ trigger, extent }: Run): boolean => trigger !== 'manual' || extent === 'changed'

/** Add a part to the result of the whole. */
function add(result: Result, answer: Evaluated, rows: readonly PostHocRow[]): void {
  if (answer.outcome === 'missing_fields') {
    if (result.groups === 0) result.outcome = 'missing_fields'
    result.missing = [...new Set([...result.missing, ...answer.missing])].sort()
    return
  }
  const small = rows.filter((row) => row.unjudged === 'small_sample').length
  result.groups += answer.groups
  result.cannotJudge += answer.cannotJudge
  result.smallSample += small
  result.findings += rows.length - small
  result.outcome = result.findings > 0 ? 'findings' : 'nothing'
  if (answer.worthKeeping > answer.rows.length)
    result.message = `共 ${answer.worthKeeping} 条，只保存前 ${answer.rows.length} 条，请检查阈值`
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
    .set({ state, message, retryAt: null, finishedAt: ctx.clock.now() })
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
