import type { IndicatorDefinition, PostHocRow } from '@hengjian/indicators'
import { notify } from '@hengjian/notifications'
import { newId, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { runAs } from '@hengjian/platform/http'
import { handleJob, type JobHandler } from '@hengjian/platform/jobs'
import { and, eq, gte, inArray, lte, ne, sql } from 'drizzle-orm'
import { type Evaluation, evaluateIndicator, valuesFor } from '../analysis/evaluate-indicator.ts'
import { groupLabels } from '../analysis/group-labels.ts'
import { type ReplayedHit, replayAcceptances } from '../analysis/replay-acceptances.ts'
import { drilldownOf, subjectOf } from '../analysis/store-findings.ts'
import { watchCancellation } from '../analysis/watch-cancellation.ts'
import { definedOrRefused, loadVersion } from '../composition/composed-record.ts'
import type { SupervisionPorts } from '../ports.ts'
import type { BackTestHit, BackTestResult } from '../records.ts'
import { explanationOf } from '../rules/explanation.ts'
import { periodOf } from '../rules/period.ts'
import { dayOf } from '../rules/working-days.ts'
import { backTest, finding } from '../tables.ts'
import { under } from '../unit-paths.ts'
import { giveUpBackTestJob } from './give-up-back-test.job.ts'
import { runBackTestJob } from './run-back-test.job.ts'

/** Hits kept to look at; the counts are of all. */
const MOST_HITS = 100
/** Subjects of one question for the findings about them. */
const BATCH = 1000

const TESTER = systemActor('指标回测')

export const runBackTestHandler = (ports: SupervisionPorts): JobHandler =>
  handleJob(runBackTestJob, (job, { backTestId }) => runBackTest(job.services, ports, backTestId, job.signal))

type BackTest = typeof backTest.$inferSelect

/** A back-test whose attempts have all failed, or died, has failed; one that was to be cancelled is cancelled. */
export const giveUpBackTestHandler: JobHandler = handleJob(giveUpBackTestJob, async (job, { backTestId }) => {
  await job.once('give-up', async (ctx) => {
    const row = await openBackTest(ctx, backTestId)
    if (!row) return
    await finish(
      ctx,
      row,
      row.cancelRequested
        ? { state: 'cancelled' }
        : { state: 'failed', message: '执行回测的进程多次中断，或超过时限' },
    )
  })
})

/**
 * Judge, count, compare with the findings of other indicators, and keep it. A failure is kept with its reason; a person
 * may cancel it meanwhile.
 */
export async function runBackTest(
  services: Services,
  ports: SupervisionPorts,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  const origin = { requestId: newId(), clientAddress: 'worker' }
  const as = <T>(work: (ctx: RequestContext) => Promise<T>) => runAs(services, TESTER, origin, work)
  const begun = await as((ctx) => begin(ctx, ports, id))
  if (!begun) return
  const end = (outcome: Outcome) =>
    as(async (ctx) => {
      const row = await openBackTest(ctx, id)
      if (row) await finish(ctx, row, row.cancelRequested ? { state: 'cancelled' } : outcome)
    })
  const cancellation = watchCancellation(services, () =>
    as(async (ctx) => (await openBackTest(ctx, id))?.cancelRequested ?? true),
  )
  try {
    const asking = AbortSignal.any([cancellation.signal, ...(signal ? [signal] : [])])
    const result = await resultOf(as, ports, begun.row, begun.evaluation, asking)
    await end({ state: 'done', result })
  } catch (error) {
    if (signal?.aborted) throw error
    if (!cancellation.signal.aborted) services.log.error({ err: error, backTestId: id }, 'back-test failed')
    await end({ state: 'failed', message: (error as Error).message.slice(0, 500) })
  } finally {
    await cancellation.stop()
  }
}

async function resultOf(
  as: <T>(work: (ctx: RequestContext) => Promise<T>) => Promise<T>,
  ports: SupervisionPorts,
  row: BackTest,
  evaluation: Evaluation,
  signal: AbortSignal,
): Promise<BackTestResult> {
  if (evaluation.definition.mode === 'in_process') return replayed(as, ports, row, evaluation, signal)
  const started = performance.now()
  const answer = await evaluateIndicator(ports.store, evaluation, signal)
  const milliseconds = Math.round(performance.now() - started)
  if (answer.outcome === 'missing_fields') return { ...NOTHING, missing: answer.missing, milliseconds }
  return as(async (ctx) => ({
    ...(await summarise(ctx, ports, row, evaluation, answer.rows)),
    groups: answer.groups,
    cannotJudge: answer.cannotJudge,
    milliseconds,
  }))
}

/** The row, locked, while it has not ended. */
async function openBackTest(ctx: RequestContext, id: string): Promise<BackTest | null> {
  const [row] = await ctx.db.select().from(backTest).where(eq(backTest.id, id)).for('update')
  return row && !row.finishedAt ? row : null
}

/** Take it up, first or again after a kill; null when it has ended. */
async function begin(ctx: RequestContext, ports: SupervisionPorts, id: string) {
  const row = await openBackTest(ctx, id)
  if (!row) return null
  await ctx.db.update(backTest).set({ state: 'running' }).where(eq(backTest.id, id))
  const { composition } = await loadVersion(ctx, row.code, row.number)
  const evaluation: Evaluation = {
    definition: definedOrRefused(row.code, composition) as unknown as IndicatorDefinition,
    period: { from: row.periodFrom, to: row.periodTo },
    unitPath: row.unitPath,
    override: null,
    settings: [],
    localRegions: await ports.localRegions(ctx),
    calendar: await ports.calendarOf(ctx),
  }
  return { row, evaluation }
}

const NOTHING: BackTestResult = {
  missing: [],
  groups: 0,
  fired: 0,
  smallSample: 0,
  cannotJudge: 0,
  milliseconds: 0,
  byUnitMonth: [],
  subjects: 0,
  overlap: [],
  hits: [],
}

async function summarise(
  ctx: RequestContext,
  ports: SupervisionPorts,
  row: BackTest,
  evaluation: Evaluation,
  rows: readonly PostHocRow[],
): Promise<BackTestResult> {
  const fired = rows.filter((each) => each.unjudged === null)
  const { definition } = evaluation
  const keys = [...new Set(fired.map((each) => subjectOf(evaluation, each).subjectKey))]
  const shown = fired.slice(0, MOST_HITS)
  const labels = await groupLabels(ctx, ports, definition, shown)
  return {
    ...NOTHING,
    fired: fired.length,
    smallSample: rows.length - fired.length,
    byUnitMonth: byUnitMonth(fired),
    subjects: keys.length,
    overlap: await overlapWith(ctx, row, keys),
    hits: shown.map((each) => hitOf(evaluation, each, row.number, labels)),
  }
}

function byUnitMonth(
  fired: readonly Pick<PostHocRow, 'unit_path' | 'period'>[],
): BackTestResult['byUnitMonth'] {
  const monthOf = (row: Pick<PostHocRow, 'period'>) => periodOf(row.period).from.slice(0, 7)
  const groups = Map.groupBy(fired, (row) => `${row.unit_path} ${monthOf(row)}`)
  return [...groups.values()]
    .map((group) => ({ unitPath: group[0]!.unit_path, month: monthOf(group[0]!), fired: group.length }))
    .sort((a, b) => a.unitPath.localeCompare(b.unitPath) || a.month.localeCompare(b.month))
}

function hitOf(
  evaluation: Evaluation,
  row: PostHocRow,
  number: number,
  names: ReadonlyMap<string, string>,
): BackTestHit {
  const values = valuesFor(evaluation, row.unit_path)
  const { labels, ...subject } = subjectOf(evaluation, row, names)
  return {
    ...subject,
    unitPath: row.unit_path,
    period: row.period,
    measured: row.measured,
    base: row.base,
    deviation: row.deviation,
    threshold: row.threshold,
    sample: row.sample,
    sentence: explanationOf(evaluation.definition, row, values, number, () => undefined, labels).sentence,
    drilldown: drilldownOf(evaluation, row),
    parameters: values,
  }
}

/** What a version that is judged while business is handled would have said of the acceptances of the period. */
async function replayed(
  as: <T>(work: (ctx: RequestContext) => Promise<T>) => Promise<T>,
  ports: SupervisionPorts,
  row: BackTest,
  { definition, period, unitPath }: Evaluation,
  signal: AbortSignal,
): Promise<BackTestResult> {
  const started = performance.now()
  const { hits, judged, cannotJudge, cut } = await replayAcceptances(
    as,
    ports,
    { definition, period, unitPath },
    signal,
  )
  const milliseconds = Math.round(performance.now() - started)
  const days = hits.map((each) => ({ unit_path: each.unitPath, period: dayOf(each.acceptedAt) }))
  const keys = [...new Set(hits.map((each) => each.subjectKey))]
  return {
    ...NOTHING,
    groups: judged,
    cannotJudge,
    cut,
    milliseconds,
    fired: hits.length,
    byUnitMonth: byUnitMonth(days),
    subjects: keys.length,
    overlap: await as((ctx) => overlapWith(ctx, row, keys)),
    hits: hits.slice(0, MOST_HITS).map((each) => replayedHit(definition, row.number, each)),
  }
}

function replayedHit(definition: IndicatorDefinition, number: number, hit: ReplayedHit): BackTestHit {
  const { row, serial, subjectKey, unitPath, acceptedAt } = hit
  return {
    subjectKind: subjectKey.split(':')[0]!,
    subjectKey,
    subjectLabel: `业务流水 ${serial}`,
    unitPath,
    period: dayOf(acceptedAt),
    measured: row.measured,
    base: null,
    deviation: null,
    threshold: row.threshold,
    sample: null,
    sentence: explanationOf(definition, row, {}, number, () => undefined).sentence,
    drilldown: null,
    parameters: {},
    evidence: [
      { fact: 'transaction', id: hit.transactionId, unitPath },
      ...(row.evidence ?? [])
        .filter(({ id }) => id !== hit.transactionId)
        .map(({ fact, id, unit }) => ({ fact, id, unitPath: unit ?? unitPath })),
    ],
  }
}

/** Indicators with findings of the period about the same subjects, the closest first. */
async function overlapWith(
  ctx: RequestContext,
  row: BackTest,
  keys: readonly string[],
): Promise<BackTestResult['overlap']> {
  const found = new Map<string, { code: string; title: string; subjects: number; findings: number }>()
  for (let at = 0; at < keys.length; at += BATCH) {
    const rows = await ctx.db
      .select({
        code: finding.code,
        title: sql<string>`max(${finding.title})`,
        subjects: sql<number>`count(DISTINCT ${finding.subjectKey})::int`,
        findings: sql<number>`count(*)::int`,
      })
      .from(finding)
      .where(
        and(
          inArray(finding.subjectKey, keys.slice(at, at + BATCH)),
          under(finding.unitPath, row.unitPath),
          ne(finding.code, row.code),
          ne(finding.state, 'superseded'),
          eq(finding.variant, ''),
          eq(finding.smallSample, false),
          gte(finding.periodTo, row.periodFrom),
          lte(finding.periodFrom, row.periodTo),
        ),
      )
      .groupBy(finding.code)
    for (const each of rows) {
      const before = found.get(each.code)
      const add = (name: 'subjects' | 'findings') => each[name] + (before?.[name] ?? 0)
      found.set(each.code, { ...each, subjects: add('subjects'), findings: add('findings') })
    }
  }
  return [...found.values()].sort((a, b) => b.subjects - a.subjects || a.code.localeCompare(b.code))
}

type Outcome =
  | { state: 'done'; result: BackTestResult }
  | { state: 'failed'; message: string }
  | { state: 'cancelled' }

async function finish(ctx: RequestContext, row: BackTest, outcome: Outcome): Promise<void> {
  await ctx.db
    .update(backTest)
    .set({ ...outcome, finishedAt: ctx.clock.now() })
    .where(eq(backTest.id, row.id))
  await ctx.audit.record({
    action: 'supervision.finish-back-test',
    object: { kind: 'back_test', id: row.id },
    after: { state: outcome.state },
  })
  const what = `${row.code} 第 ${row.number} 版回测`
  await notify(ctx, {
    recipients: [row.requestedBy],
    kind: 'supervision.back_test_finished',
    title:
      outcome.state === 'done'
        ? `${what}完成：${row.periodFrom} 至 ${row.periodTo}，命中 ${outcome.result.fired} 项`
        : `${what}${outcome.state === 'failed' ? '失败' : '已取消'}`,
    link: `/back-tests/${row.id}`,
  })
}
