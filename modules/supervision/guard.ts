/**
 * Supervision joins the handling of a transaction (SUP-IN): the indicators that listen are evaluated inside the
 * command's own database transaction, under a role that sees the facts of all units. `prompt` shows a warning that the
 * handler acknowledges; `authorise` holds the transaction until a leader decides.
 */
import type { GuardedTransaction, GuardOutcome, StepGuard, Warning } from '@hengjian/business'
import {
  type AtHand,
  effectOf,
  type IndicatorDefinition,
  type InProcessRow,
  type InProcessStatement,
  LOCK_SUBJECTS_SQL,
  type ParameterValues,
  subjectLocks,
} from '@hengjian/indicators'
import { newId, type RequestContext } from '@hengjian/platform/context'
import { eq, inArray } from 'drizzle-orm'
import { requestAuthorisation } from './commands/request-authorisation.ts'
import { evidenceOf } from './evidence.ts'
import type { IndicatorBook } from './indicator-book.ts'
import { evaluationSeconds } from './metrics.ts'
import type { SupervisionPorts } from './ports.ts'
import { explanationOf } from './rules/explanation.ts'
import { effectiveOf, settingsAbove, valuesOf } from './settings.ts'
import { subjectKeyOf } from './subjects.ts'
import { authorisation, warning } from './tables.ts'
import { liesUnder } from './unit-paths.ts'

/** Options of the guard; `onEvaluated` hears of every evaluation (benchmarks). */
export interface IndicatorGuardOptions {
  readonly book: IndicatorBook
  readonly ports: SupervisionPorts
  readonly onEvaluated?: (evaluationMs: number, outcome: GuardOutcome['outcome']) => void
}

/** The guard that `business` asks at acceptance, amendment, change of particulars and before each step ends. */
export function createIndicatorGuard(options: IndicatorGuardOptions): StepGuard {
  return {
    name: 'indicators',
    async evaluate(ctx, transaction) {
      const started = performance.now()
      const outcome = await judge(ctx, options, transaction)
      const evaluationMs = performance.now() - started
      evaluationSeconds.observe({ event: transaction.event, outcome: outcome.outcome }, evaluationMs / 1000)
      options.onEvaluated?.(evaluationMs, outcome.outcome)
      return outcome
    },
  }
}

type WarningRow = typeof warning.$inferSelect

/** One indicator that fired, or whose outside system did not answer. */
interface Fired {
  readonly definition: IndicatorDefinition
  readonly row: InProcessRow
  readonly values: ParameterValues
  readonly effect: 'prompt' | 'authorise'
  readonly version: number
  readonly subject: string
}

async function judge(
  ctx: RequestContext,
  { book, ports }: IndicatorGuardOptions,
  transaction: GuardedTransaction,
): Promise<GuardOutcome> {
  await book.refresh(ctx)
  // A step is judged as the acceptance was: what has become true since then asks again.
  const event = transaction.event === 'step' ? 'accept' : transaction.event
  const statement = book.plan.statementFor(event, transaction.businessKind)
  const fired = statement ? await evaluate(ctx, book, ports, transaction, statement) : []
  const standing = transaction.event === 'accept' ? [] : await warningRows(ctx, transaction.transactionId)
  if (fired.length === 0 && standing.length === 0)
    return { outcome: 'pass', warnings: [], authorisationId: null }

  const added = await showNew(ctx, transaction, fired, standing)
  const all = [...standing, ...added]
  const authorisationId = await holdFor(ctx, ports, transaction, fired, all)
  const warnings = all.map(asWarning)
  const waits = warnings.some((each) => each.effect === 'prompt' && each.state === 'shown')
  return { outcome: authorisationId ? 'authorise' : waits ? 'prompt' : 'pass', warnings, authorisationId }
}

/** Run the one statement of the event and business kind, with the settings of the unit. */
async function evaluate(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  transaction: GuardedTransaction,
  statement: InProcessStatement,
): Promise<Fired[]> {
  // As of this statement: the book may be told of another version while the answer is waited for.
  const asked = new Map(
    statement.codes
      .filter((code) => liesUnder(transaction.unitPath, book.composed(code)?.unitPath ?? '/'))
      .map((code) => [code, { definition: book.definitionOf(code), version: book.versionOf(code) }]),
  )
  const definitions = [...asked.values()].map(({ definition }) => definition)
  const keys = subjectLocks(definitions, transaction)
  const [settings] = await Promise.all([
    settingsAbove(ctx, transaction.unitPath, statement.codes),
    // Two windows that both see ten of eleven would both let pass: one subject, one evaluation at a time.
    keys.length > 0
      ? ctx.tx.client.query({ name: 'lock_subjects', text: LOCK_SUBJECTS_SQL, values: [keys] })
      : null,
  ])
  const values: Record<string, ParameterValues> = {}
  for (const definition of definitions) {
    const effective = effectiveOf(definition, settings)
    if (effective.enabled) values[definition.code] = valuesOf(effective)
  }
  if (Object.keys(values).length === 0) return []
  const atHand = await atHandOf(ctx, ports, transaction)
  const { rows } = await ctx.tx.asFactsReader(() =>
    ctx.tx.client.query<InProcessRow>({
      name: statement.name,
      text: statement.text,
      values: statement.values(atHand, values),
    }),
  )
  return rows.flatMap((row) => {
    const { definition, version } = asked.get(row.code)!
    const effect = effectOf(definition, row)
    if (effect === 'none') return []
    const subject = subjectKeyOf(definition.subject, transaction)
    return [{ definition, row, values: values[row.code]!, effect, version, subject }]
  })
}

/** The transaction as the statement takes it. */
async function atHandOf(
  ctx: RequestContext,
  ports: SupervisionPorts,
  transaction: GuardedTransaction,
): Promise<AtHand> {
  // Taken after the locks: whoever held them before us has committed facts that may be milliseconds younger than ours.
  const now = ctx.clock.now()
  const acceptedAt =
    transaction.event === 'accept' && now > transaction.acceptedAt ? now : transaction.acceptedAt
  return {
    transactionId: transaction.transactionId,
    unitPath: transaction.unitPath,
    businessKind: transaction.businessKind,
    reason: transaction.reason,
    acceptedAt,
    vehicleId: transaction.vehicleId,
    personId: transaction.personId,
    organisationId: transaction.organisationId,
    agentId: transaction.agentId,
    local: transaction.local,
    localRegions: await ports.localRegionsOf(ctx, transaction.unitPath),
    amendmentId: transaction.event === 'amendment' ? await latest(ctx, 'amendment', transaction) : null,
    personChangeId:
      transaction.event === 'information_change' ? await latest(ctx, 'person_change', transaction) : null,
  }
}

/** The amendment or change of particulars that was just written. */
async function latest(
  ctx: RequestContext,
  fact: 'amendment' | 'person_change',
  transaction: GuardedTransaction,
) {
  const { rows } = await ctx.tx.client.query<{ id: string }>(
    `SELECT id FROM ${fact} WHERE transaction_id = $1 ORDER BY at DESC, id DESC LIMIT 1`,
    [transaction.transactionId],
  )
  return rows[0]?.id ?? null
}

const warningRows = (ctx: RequestContext, transactionId: string): Promise<WarningRow[]> =>
  ctx.db
    .select()
    .from(warning)
    .where(eq(warning.transactionId, transactionId))
    .orderBy(warning.shownAt, warning.id)

const isHit = (row: WarningRow) => (hit: Fired) =>
  row.code === hit.definition.code && row.version === hit.version && row.subjectKey === hit.subject

/**
 * Store the hits that this transaction has not shown yet. At a step only those that need a leader are new: prompts are
 * for the desk that enters the business, and a reviewer would be stopped by what they cannot change.
 */
async function showNew(
  ctx: RequestContext,
  transaction: GuardedTransaction,
  fired: readonly Fired[],
  standing: readonly WarningRow[],
): Promise<WarningRow[]> {
  const fresh = fired.filter(
    (hit) =>
      !standing.some((row) => isHit(row)(hit)) &&
      (transaction.event !== 'step' || hit.effect === 'authorise'),
  )
  if (fresh.length === 0) return []
  const evidence = await evidenceOf(
    ctx,
    fresh.flatMap(({ row }) => row.evidence ?? []),
  )
  const rows = fresh.map(
    (hit): WarningRow => ({
      id: newId(),
      unitId: transaction.unitId,
      unitPath: transaction.unitPath,
      transactionId: transaction.transactionId,
      serial: transaction.serial,
      businessKind: transaction.businessKind,
      event: transaction.event,
      code: hit.definition.code,
      version: hit.version,
      title: hit.definition.titleZh,
      subjectKey: hit.subject,
      effect: hit.effect,
      state: 'shown',
      handlerId: ctx.actor.id,
      handlerName: ctx.actor.name,
      authorisationId: null,
      explanation: explanationOf(hit.definition, hit.row, hit.values, hit.version, (each) =>
        evidence.get(each.id),
      ),
      shownAt: ctx.clock.now(),
      acknowledgedAt: null,
    }),
  )
  ctx.tx.insert(warning, rows)
  await ctx.emit('warning.shown', {
    transactionId: transaction.transactionId,
    warnings: rows.map(({ id, code, effect }) => ({ id, code, effect })),
  })
  return rows
}

/**
 * Which authorisation the transaction waits for: null when every hit that needs one is covered by a grant. A grant
 * covers exactly its hits; those not covered, nor asked for already, are put before a leader now.
 */
async function holdFor(
  ctx: RequestContext,
  ports: SupervisionPorts,
  transaction: GuardedTransaction,
  fired: readonly Fired[],
  rows: WarningRow[],
): Promise<string | null> {
  const needing = rows.filter(
    (row) => row.effect === 'authorise' && (row.authorisationId !== null || fired.some(isHit(row))),
  )
  if (needing.length === 0) return null
  const asked = [...new Set(needing.flatMap((row) => row.authorisationId ?? []))]
  const known =
    asked.length === 0
      ? []
      : await ctx.db.select().from(authorisation).where(inArray(authorisation.id, asked))
  const stateOf = new Map(known.map((row) => [row.id, row.state]))
  const waiting = known.find((row) => row.state === 'requested')
  const uncovered = needing.filter((row) => {
    const state = row.authorisationId === null ? null : stateOf.get(row.authorisationId)
    return state !== 'granted' && state !== 'requested' && fired.some(isHit(row))
  })
  if (uncovered.length === 0) return waiting?.id ?? null
  const requested = await requestAuthorisation(ctx, ports, transaction, uncovered)
  for (const row of uncovered) row.authorisationId = requested.id
  return waiting?.id ?? requested.id
}

const asWarning = (row: WarningRow): Warning => ({
  id: row.id,
  code: row.code,
  title: row.title,
  sentence: row.explanation.sentence,
  effect: row.effect as Warning['effect'],
  state: row.state as Warning['state'],
})

/** Warnings of a transaction and the authorisation it waits for, as `business` shows them. */
export async function warningsOf(
  ctx: RequestContext,
  transactionId: string,
): Promise<{ warnings: Warning[]; authorisationId: string | null }> {
  const rows = await warningRows(ctx, transactionId)
  const waiting = await ctx.db
    .select({ id: authorisation.id, state: authorisation.state })
    .from(authorisation)
    .where(eq(authorisation.transactionId, transactionId))
    .orderBy(authorisation.requestedAt)
  return {
    warnings: rows.map(asWarning),
    authorisationId: waiting.find((row) => row.state === 'requested')?.id ?? null,
  }
}
