/** The evaluations of one run in one session of the store: what several of them need is worked out once. */
import { factCatalogue } from '@hengjian/business'
import { compileProbe, compileTogether, DefinitionFault, type RunPlan } from '@hengjian/indicators'
import type { AnalysisStore } from '../ports.ts'
import { type Evaluation, keepingOptionsFor, optionsFor, type SharingStore } from './evaluate-indicator.ts'

/** Conditions asked in one statement. */
const ASKED_AT_ONCE = 150

/**
 * Carry out `work` with a store that knows the evaluations: which of them lack fields was asked of all together, and what
 * several count is counted when the first of them is judged. Without a session the store is handed on as it is.
 * @param told of what could not be worked out together, each evaluation then being asked by itself
 */
export async function sharingWork<T>(
  store: AnalysisStore,
  evaluations: readonly Evaluation[],
  work: (store: SharingStore) => Promise<T>,
  told: (fault: unknown) => void,
  signal?: AbortSignal,
): Promise<T> {
  if (!store.session || evaluations.length < 2) return work(store)
  return store.session(async (query) => {
    const missing = await missingOf(store.dialect, query, evaluations, told, signal)
    return work({
      dialect: store.dialect,
      query,
      missingFor: (one) => missing.get(one) ?? null,
      ...shared(store, query, evaluations, told),
    })
  })
}

/** How the evaluations would be carried out; null where one of them does not compile: each then speaks for itself. */
export function planTogether(
  dialect: AnalysisStore['dialect'],
  evaluations: readonly Evaluation[],
): RunPlan | null {
  try {
    return compileTogether(
      evaluations.map((evaluation) => ({
        definition: evaluation.definition,
        options: keepingOptionsFor(evaluation, dialect),
      })),
      factCatalogue,
    )
  } catch (error) {
    if (error instanceof DefinitionFault) return null
    throw error
  }
}

function shared(
  { dialect }: AnalysisStore,
  query: AnalysisStore['query'],
  evaluations: readonly Evaluation[],
  told: (fault: unknown) => void,
): Pick<SharingStore, 'statementFor'> {
  const plan = planTogether(dialect, evaluations)
  const planned = new Map(evaluations.map((evaluation, i) => [evaluation, plan?.statements[i]]))
  /** Made tables, and how many are still to read each. */
  const made = new Map<string, Promise<boolean>>()
  const unread = new Map(plan?.tables.map(({ name, readers }) => [name, readers.length]))
  const make = async (sql: string, signal: AbortSignal | undefined) => {
    try {
      await query(sql, signal)
      return true
    } catch (error) {
      if (signal?.aborted) throw error
      // Each can still read the facts by itself.
      told(error)
      return false
    }
  }
  const dropRead = async (signal: AbortSignal | undefined) => {
    for (const [name, readers] of unread) {
      if (readers > 0) continue
      unread.delete(name)
      if (await made.get(name)) await query(`DROP TABLE ${name}`, signal)
    }
  }
  return {
    async statementFor(evaluation, signal) {
      await dropRead(signal)
      const found = planned.get(evaluation)
      if (!found) return null
      const { statement, reads } = found
      if (!reads) return statement
      unread.set(reads.name, unread.get(reads.name)! - 1)
      if (!made.has(reads.name)) made.set(reads.name, make(reads.sql, signal))
      return (await made.get(reads.name)) ? statement : null
    },
  }
}

/** Missing fields by evaluation; one that has to do with the calendar, or does not compile, is left out. */
async function missingOf(
  dialect: AnalysisStore['dialect'],
  query: AnalysisStore['query'],
  evaluations: readonly Evaluation[],
  told: (fault: unknown) => void,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<Evaluation, readonly string[]>> {
  const probes = new Map(
    evaluations.flatMap((evaluation) => {
      const conditions = conditionsOf(evaluation, dialect)
      return conditions ? [[evaluation, conditions] as const] : []
    }),
  )
  const different = [...new Set([...probes.values()].flatMap((conditions) => [...conditions.values()]))]
  const holds = new Map<string, unknown>()
  try {
    for (let at = 0; at < different.length; at += ASKED_AT_ONCE) {
      const asked = different.slice(at, at + ASKED_AT_ONCE)
      const [row] = await query(`SELECT ${asked.map((sql, i) => `${sql} AS q${i}`).join(', ')}`, signal)
      for (const [i, sql] of asked.entries()) holds.set(sql, row![`q${i}`])
    }
  } catch (error) {
    if (signal?.aborted) throw error
    // Each asks for itself, and fails by itself.
    told(error)
    return new Map()
  }
  const lacking = (conditions: ReadonlyMap<string, string>) =>
    [...conditions].flatMap(([name, sql]) => (holds.get(sql) === false ? [name] : [])).sort()
  return new Map([...probes].map(([evaluation, conditions]) => [evaluation, lacking(conditions)]))
}

function conditionsOf(
  evaluation: Evaluation,
  dialect: AnalysisStore['dialect'],
): ReadonlyMap<string, string> | null {
  if (evaluation.definition.unit === 'working_days') return null
  try {
    return compileProbe(evaluation.definition, factCatalogue, optionsFor(evaluation, dialect)).conditions
  } catch (error) {
    if (error instanceof DefinitionFault) return null
    throw error
  }
}
