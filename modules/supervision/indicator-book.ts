/**
 * The indicators of this installation: their definitions, compiled statements and published versions. One book per
 * process; `publish` at start, before the first transaction is handled.
 */
import { createHash } from 'node:crypto'
import { factCatalogue } from '@hengjian/business'
import { compileInProcess, type IndicatorDefinition, type InProcessPlan } from '@hengjian/indicators'
import { canonicalJson } from '@hengjian/platform/audit'
import { newId, type RequestContext, type Services, systemActor } from '@hengjian/platform/context'
import { Problem } from '@hengjian/platform/errors'
import { insertGuarded } from '@hengjian/platform/guard'
import { runAs } from '@hengjian/platform/http'
import { desc, sql } from 'drizzle-orm'
import { loadComposed, type PublishedComposed } from './composition/load-composed.ts'
import { supervisionErrors } from './errors.ts'
import { indicatorVersion } from './tables.ts'

export interface IndicatorBook {
  /** Shipped ones, then those composed in the console that were ever switched on, as of the last `refresh`. */
  readonly definitions: readonly IndicatorDefinition[]
  /** Of the shipped ones and the composed ones that are switched on, as of the last `refresh`. */
  readonly plan: InProcessPlan
  /** Throws `supervision.unknown_indicator`. */
  definitionOf(code: string): IndicatorDefinition
  /** Published version number. Throws when `publish` has not run. */
  versionOf(code: string): number
  /** Unit of a composed indicator, and whether it is switched on; null for a shipped one. */
  composed(code: string): { readonly unitPath: string; readonly switchedOn: boolean } | null
  /** Read the composed indicators anew where they changed. Operations and jobs call it before they ask the book. */
  refresh(ctx: RequestContext): Promise<void>
  /** Store definitions that are new or changed as new versions. Safe to repeat and from several nodes at once. */
  publish(services: Services): Promise<void>
}

/** Held while publishing. */
const PUBLISH_LOCK = 4_503_020_103

/**
 * The business kind whose acceptance is itself a change of particulars: indicators that listen to changes are asked
 * with those that listen to acceptance, in the same statement.
 */
const CHANGE_KIND = 'information_change'

const asAcceptance = (definition: IndicatorDefinition): IndicatorDefinition => ({
  ...definition,
  trigger: { ...definition.trigger!, event: 'accept', businessKinds: [CHANGE_KIND] },
})

/** Statements of all that is judged while business is handled. */
function planOf(definitions: readonly IndicatorDefinition[]): InProcessPlan {
  const inProcess = definitions.filter((definition) => definition.mode === 'in_process')
  const changes = inProcess.filter(
    ({ trigger }) => trigger?.event === 'information_change' && trigger.businessKinds.includes(CHANGE_KIND),
  )
  return compileInProcess([...inProcess, ...changes.map(asAcceptance)], factCatalogue)
}

/** Composed indicators that are switched on and judged while business is handled. */
const runningOf = (composed: ReadonlyMap<string, PublishedComposed>): IndicatorDefinition[] =>
  [...composed.values()].flatMap(({ definition, switchedOn }) =>
    switchedOn && definition?.mode === 'in_process' ? definition : [],
  )

/** Open the book over definitions, by default the shipped ones. Compiles all; throws `DefinitionFault` on a faulty one. */
export function createIndicatorBook(definitions: readonly IndicatorDefinition[]): IndicatorBook {
  const byCode = new Map(definitions.map((definition) => [definition.code, definition]))
  let plan = planOf(definitions)
  let versions: ReadonlyMap<string, number> | null = null
  let composed: ReadonlyMap<string, PublishedComposed> = new Map()
  return {
    get definitions() {
      const sound = [...composed.values()].flatMap((each) => each.definition ?? [])
      return [...definitions, ...sound]
    },
    get plan() {
      return plan
    },
    definitionOf(code) {
      const found = composed.get(code)
      if (found && !found.definition) throw new Problem(supervisionErrors.composed_invalid, { detail: code })
      const definition = found?.definition ?? byCode.get(code)
      if (!definition) throw new Problem(supervisionErrors.unknown_indicator, { detail: code })
      return definition
    },
    composed: (code) => composed.get(code) ?? null,
    async refresh(ctx) {
      const before = runningOf(composed)
      composed = await loadComposed(ctx, composed)
      const running = runningOf(composed)
      if (running.length !== before.length || running.some((each, at) => each !== before[at]))
        plan = planOf([...definitions, ...running])
    },
    versionOf(code) {
      const version = composed.get(code)?.number ?? versions?.get(code)
      if (version === undefined)
        throw new Error(`indicator ${code} was not published: start the module first`)
      return version
    },
    async publish(services) {
      const origin = { requestId: newId(), clientAddress: '' }
      versions = await runAs(services, systemActor('指标发布'), origin, (ctx) => publishAll(ctx, definitions))
    },
  }
}

export const fingerprintOf = (definition: unknown): string =>
  createHash('sm3').update(canonicalJson(definition)!).digest('hex')

async function publishAll(ctx: RequestContext, definitions: readonly IndicatorDefinition[]) {
  await ctx.db.execute(sql`SELECT pg_advisory_xact_lock(${PUBLISH_LOCK})`)
  const known = await ctx.db
    .selectDistinctOn([indicatorVersion.code], {
      code: indicatorVersion.code,
      number: indicatorVersion.number,
      fingerprint: indicatorVersion.fingerprint,
    })
    .from(indicatorVersion)
    .orderBy(indicatorVersion.code, desc(indicatorVersion.number))
  const latest = new Map(known.map((row) => [row.code, row]))
  const fresh = definitions.filter((each) => latest.get(each.code)?.fingerprint !== fingerprintOf(each))
  const versions = new Map(known.map((row) => [row.code, row.number]))
  if (fresh.length === 0) return versions
  const lastAuditId = await ctx.audit.record({
    action: 'supervision.publish-indicators',
    after: { codes: fresh.map(({ code }) => code) },
  })
  const rows = fresh.map((definition) => ({
    id: newId(),
    code: definition.code,
    number: (latest.get(definition.code)?.number ?? 0) + 1,
    definition: JSON.parse(JSON.stringify(definition)) as Record<string, unknown>,
    fingerprint: fingerprintOf(definition),
    publishedAt: ctx.clock.now(),
    lastAuditId,
  }))
  await insertGuarded(ctx, indicatorVersion, rows)
  for (const row of rows) versions.set(row.code, row.number)
  return versions
}
