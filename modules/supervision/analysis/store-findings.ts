/**
 * Store what one indicator of one run found. A re-run supersedes the findings of the same period instead of doubling
 * them; a finding that came out the same is confirmed; what no longer crosses the threshold is superseded.
 */
import { createHash } from 'node:crypto'
import type { IndicatorDefinition, PostHocRow } from '@hengjian/indicators'
import { canonicalJson } from '@hengjian/platform/audit'
import { newId, type RequestContext } from '@hengjian/platform/context'
import { assertIntact, insertGuarded, updateGuarded } from '@hengjian/platform/guard'
import { and, desc, eq, gte, isNotNull, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { noteWorsening } from '../cases/note-worsening.ts'
import { type Finding, gatherInCase, openCaseAbout } from '../cases/open-cases.ts'
import { type FindingState, nextFinding } from '../lifecycle.ts'
import { parameterValueOf, type SupervisionPorts } from '../ports.ts'
import { isStanding } from '../queries/find-suppressions.ts'
import type { ChangeCause, Drilldown, JudgmentComparison, RunOverride } from '../records.ts'
import { explanationOf } from '../rules/explanation.ts'
import { halfOpen, type Period, periodOf } from '../rules/period.ts'
import { finding, findingChange, suppression } from '../tables.ts'
import { liesUnder, under } from '../unit-paths.ts'
import { definitionFor, type Evaluation, judgedPeriod, valuesFor, windowOf } from './evaluate-indicator.ts'
import { groupLabels } from './group-labels.ts'

/** What a run is to its findings. */
interface FindingRun {
  readonly id: string
  /** Its findings open cases by themselves. */
  readonly opensCases: boolean
  readonly version: number
  /** Why it may differ from the judgment before; null: there was none. */
  readonly causes: readonly ChangeCause[] | null
}

/** What of the findings of a period is new, as it was, different, or no more. */
export type Tally = Omit<JudgmentComparison, 'since' | 'causes'>

/** Findings written at once. */
const BATCH = 500

/** What this run replaced of the definition; '' for nothing. Trial runs supersede only their own kind. */
const variantOf = (override: RunOverride | null): string =>
  override ? createHash('sm3').update(canonicalJson(override)!).digest('hex') : ''

/** Store the rows in the caller's transaction, which holds `lockFindings`. */
export async function storeFindings(
  ctx: RequestContext,
  ports: SupervisionPorts,
  run: FindingRun,
  evaluation: Evaluation,
  rows: readonly PostHocRow[],
): Promise<Tally> {
  const { definition, unitPath } = evaluation
  const period = judgedPeriod(evaluation)
  const variant = variantOf(evaluation.override)
  const lastAuditId = await ctx.audit.record({
    action: 'supervision.store-findings',
    object: { kind: 'analysis_run', id: run.id },
    after: { code: definition.code, period, unitPath, rows: rows.length },
  })
  const known = await ctx.db
    .select()
    .from(finding)
    .where(
      and(
        eq(finding.code, definition.code),
        eq(finding.variant, variant),
        or(ne(finding.state, 'superseded'), isNotNull(finding.caseId)),
        under(finding.unitPath, unitPath),
        gte(finding.periodFrom, period.from),
        lte(finding.periodTo, period.to),
        windowOf(evaluation) === 'period' ? samePeriod(evaluation, period) : undefined,
      ),
    )
    .orderBy(finding.foundAt, finding.id)
  const standing = known.filter((row) => row.state !== 'superseded')
  // What vanished from a case and comes back belongs to it still.
  const inCases = new Map(known.flatMap((row) => (row.caseId ? [[crossingOf(row), row]] : [])))
  const suppressedBy = await suppressionsOf(ctx, definition.code)
  const labels = await groupLabels(ctx, ports, definitionFor(evaluation), rows)
  const earlier = new Map(standing.map((row) => [crossingOf(row), row]))
  const fresh: Finding[] = []
  const changes: Change[] = []
  let confirmed = 0
  for (const row of rows) {
    const next = newFinding(ctx, run, evaluation, row, labels, variant, lastAuditId)
    const before = earlier.get(crossingOf(next))
    earlier.delete(crossingOf(next))
    if (before && sameFigures(before, next)) {
      confirmed += 1
      await updateGuarded(ctx, finding, before, { runId: run.id, lastAuditId })
      continue
    }
    if (before) await supersede(ctx, before, lastAuditId)
    const born = { ...next, ...inherited(inCases.get(crossingOf(next)), suppressedBy(next)) }
    fresh.push(born)
    changes.push({ kind: before ? 'changed' : 'appeared', finding: born, previousId: before?.id ?? null })
  }
  const stays = leftAlone(evaluation, rows)
  for (const row of earlier.values()) {
    if (stays(row)) continue
    await supersede(ctx, row, lastAuditId)
    changes.push({ kind: 'vanished', finding: row, previousId: null })
  }
  for (let at = 0; at < fresh.length; at += BATCH)
    await insertGuarded(ctx, finding, fresh.slice(at, at + BATCH))
  const worsened = await noteWorsening(
    ctx,
    ports,
    fresh.filter((row) => row.caseId !== null),
  )
  await storeChanges(ctx, run, changes, worsened)
  await gather(ctx, ports, run, fresh)
  const count = (kind: Change['kind']) => changes.filter((each) => each.kind === kind).length
  return { appeared: count('appeared'), confirmed, changed: count('changed'), vanished: count('vanished') }
}

interface Change {
  readonly kind: 'appeared' | 'changed' | 'vanished'
  readonly finding: Finding
  readonly previousId: string | null
}

/** Keep what changed. Where nothing was judged before, what was found is no change. */
async function storeChanges(
  ctx: RequestContext,
  run: FindingRun,
  changes: readonly Change[],
  worsened: ReadonlySet<string>,
): Promise<void> {
  const told = changes.filter(
    ({ kind, finding: row }) => run.causes !== null || kind !== 'appeared' || worsened.has(row.id),
  )
  const rows = told.map(({ kind, finding: row, previousId }) => ({
    id: newId(),
    unitPath: row.unitPath,
    runId: run.id,
    code: row.code,
    kind,
    findingId: row.id,
    previousId,
    worsenedCaseId: worsened.has(row.id) ? row.caseId : null,
    causes: [...(run.causes ?? [])],
    at: ctx.clock.now(),
  }))
  for (let at = 0; at < rows.length; at += BATCH)
    await ctx.db.insert(findingChange).values(rows.slice(at, at + BATCH))
}

/** Held while findings of an indicator are stored, so that two runs do not double them. */
export const lockFindings = (ctx: RequestContext, code: string): Promise<unknown> =>
  ctx.db.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`finding ${code}`}, 0))`)

/** Findings over a whole period stand beside those over another one. */
function samePeriod({ each }: Evaluation, { from, to }: Period): SQL {
  if (!each) return and(eq(finding.periodFrom, from), eq(finding.periodTo, to))!
  if (each === 'day') return eq(finding.periodTo, finding.periodFrom)
  const first = sql`date_trunc('month', ${finding.periodFrom})::date`
  return sql`${finding.periodFrom} = ${first} AND ${finding.periodTo} = (${first} + interval '1 month')::date - 1`
}

/**
 * A rolling window judged over a period as a whole answers for the day of the greatest measure only: findings of the same
 * group on other days are not contradicted by it.
 */
function leftAlone(evaluation: Evaluation, rows: readonly PostHocRow[]): (row: Finding) => boolean {
  if (windowOf(evaluation) !== 'rolling' || evaluation.each) return () => false
  const answered = new Set(rows.map((row) => `${row.unit_path} ${groupKeyOf(evaluation, row)}`))
  return (row) => answered.has(`${row.unitPath} ${row.groupKey}`)
}

/** All dimensions of a row's group as one text. */
const groupKeyOf = (evaluation: Evaluation, row: PostHocRow): string =>
  Object.entries(groupOf(definitionFor(evaluation), row))
    .map(([name, value]) => `${name}=${value}`)
    .join(';')

const crossingOf = (row: Pick<Finding, 'groupKey' | 'period' | 'unitPath'>) =>
  `${row.unitPath} ${row.period} ${row.groupKey}`

const sameFigures = (a: Finding, b: Finding) =>
  a.measured === b.measured &&
  a.base === b.base &&
  a.threshold === b.threshold &&
  a.sample === b.sample &&
  a.smallSample === b.smallSample &&
  a.indicatorVersion === b.indicatorVersion

async function supersede(ctx: RequestContext, row: Finding, lastAuditId: string): Promise<void> {
  const state = nextFinding(row.state as FindingState, 'SUPERSEDE')
  if (state) await updateGuarded(ctx, finding, row, { state, lastAuditId })
}

/**
 * What a new finding takes over: the case that the same crossing was last in, open or closed, so that what was decided
 * does not rise again; or a suppression of its subject.
 */
function inherited(
  inCase: Finding | undefined,
  suppression: Pick<Finding, 'suppressedUntil' | 'suppressedReason'> | undefined,
): Partial<Finding> {
  if (inCase) return { state: 'in_case', caseId: inCase.caseId, assignedPath: inCase.assignedPath }
  return suppression ? { state: 'suppressed', ...suppression } : {}
}

/** Suppressions of an indicator that stand, by subject; of several the one that ends last. */
async function suppressionsOf(ctx: RequestContext, code: string) {
  const rows = await ctx.db
    .select()
    .from(suppression)
    .where(and(eq(suppression.code, code), isStanding(ctx)))
    .orderBy(desc(suppression.until))
  for (const row of rows) assertIntact(ctx, suppression, row)
  const bySubject = Map.groupBy(rows, (row) => row.subjectKey)
  return (found: Pick<Finding, 'subjectKey' | 'unitPath'>) => {
    const row = bySubject.get(found.subjectKey)?.find((each) => liesUnder(found.unitPath, each.unitPath))
    return row && { suppressedUntil: row.until, suppressedReason: row.reason }
  }
}

const groupOf = ({ dimensions = [] }: IndicatorDefinition, row: PostHocRow): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ name }) => [name, String(row[name])]))

/** Whom a row is about, and the names of its dimensions. */
export function subjectOf(
  evaluation: Pick<Evaluation, 'definition' | 'override'>,
  row: PostHocRow,
  names: ReadonlyMap<string, string> = new Map(),
) {
  const definition = definitionFor(evaluation)
  const group = groupOf(definition, row)
  const labels = Object.fromEntries(
    Object.entries(group).map(([name, value]) => [name, names.get(value) ?? value]),
  )
  const main = definition.dimensions?.[0]?.name
  const subjectKind = evaluation.override?.dimensions ? main! : definition.subject
  return {
    subjectKind,
    subjectKey: `${subjectKind}:${main ? group[main] : row.unit_path}`,
    subjectLabel: (main ? labels[main] : names.get(row.unit_path)) ?? row.unit_path,
    labels,
  }
}

/** What the drill-down of a row asks. */
export const drilldownOf = (evaluation: Evaluation, row: PostHocRow): Drilldown => ({
  // A row that was judged as a run of its own would is looked into as that run's.
  period: halfOpen(evaluation.each ? periodOf(row.period) : judgedPeriod(evaluation)),
  scope: evaluation.unitPath,
  override: evaluation.override,
  group: { period: row.period, city: row.city, ...groupOf(definitionFor(evaluation), row) },
})

function newFinding(
  ctx: RequestContext,
  run: FindingRun,
  evaluation: Evaluation,
  row: PostHocRow,
  names: ReadonlyMap<string, string>,
  variant: string,
  lastAuditId: string,
): Finding {
  const definition = definitionFor(evaluation)
  const { labels, ...subject } = subjectOf(evaluation, row, names)
  const { from, to } = periodOf(row.period)
  const values = valuesFor(evaluation, row.unit_path)
  const explanation = explanationOf(definition, row, values, run.version, () => undefined, labels)
  return {
    id: newId(),
    unitPath: row.unit_path,
    assignedPath: null,
    runId: run.id,
    code: definition.code,
    indicatorVersion: run.version,
    title: definition.titleZh,
    ...subject,
    groupKey: groupKeyOf(evaluation, row),
    variant,
    drilldown: drilldownOf(evaluation, row),
    period: row.period,
    periodFrom: from,
    periodTo: to,
    measured: row.measured,
    base: row.base,
    deviation: row.deviation,
    threshold: row.threshold,
    comparison: definition.comparison,
    unit: definition.unit,
    sample: row.sample,
    smallSample: row.unjudged === 'small_sample',
    sentence: explanation.sentence,
    explanation,
    state: 'open',
    suppressedUntil: null,
    suppressedReason: null,
    caseId: null,
    foundAt: ctx.clock.now(),
    version: 1,
    checkValue: null,
    lastAuditId,
  }
}

/**
 * New findings join the open case of their subject. Those of a night's runs open one where there is none, unless the
 * parameter says that a person decides. Small samples and trial runs never do.
 */
async function gather(
  ctx: RequestContext,
  ports: SupervisionPorts,
  run: FindingRun,
  fresh: readonly Finding[],
) {
  const open = fresh.filter((row) => row.state === 'open' && !row.smallSample && row.variant === '')
  for (const group of Map.groupBy(open, (row) => `${row.unitPath} ${row.subjectKey}`).values()) {
    const automatic =
      run.opensCases &&
      (await parameterValueOf(ctx, ports, 'supervision.auto_case', group[0]!.unitPath)) !== 0
    if (!automatic && !(await openCaseAbout(ctx, group[0]!))) continue
    const rows = await ctx.db
      .select()
      .from(finding)
      .where(
        and(
          eq(finding.runId, run.id),
          eq(finding.subjectKey, group[0]!.subjectKey),
          eq(finding.state, 'open'),
        ),
      )
    const ids = new Set(group.map((row) => row.id))
    await gatherInCase(
      ctx,
      ports,
      rows.filter((row) => ids.has(row.id)),
    )
  }
}

/** Rows of units where the indicator is switched off; a scheduled run leaves them out. */
export function enabledRows(
  rows: readonly PostHocRow[],
  settings: readonly { unitPath: string; enabled: boolean | null }[],
): PostHocRow[] {
  const said = settings
    .filter((row) => row.enabled !== null)
    .sort((a, b) => b.unitPath.length - a.unitPath.length)
  return rows.filter((row) => said.find((each) => liesUnder(row.unit_path, each.unitPath))?.enabled ?? true)
}
