/** What an indicator that is judged while business is handled would have said of past acceptances (SUP-3). */
import { factCatalogue } from '@hengjian/business'
import {
  type AtHand,
  compileInProcess,
  effectOf,
  type IndicatorDefinition,
  type InProcessRow,
  type InProcessStatement,
} from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import { endOfSubtree } from '@hengjian/platform/db'
import type { SupervisionPorts } from '../ports.ts'
import type { Period } from '../rules/period.ts'
import { endOfDay, startOfDay } from '../rules/working-days.ts'
import { subjectKeyOf } from '../subjects.ts'

/** Most acceptances of one replay, the newest: about a minute's work. */
const MOST = 50_000
/** Acceptances judged in one database transaction. */
const BATCH = 250

/** An acceptance that would have been prompted or held. */
export interface ReplayedHit {
  readonly transactionId: string
  readonly serial: string
  readonly unitPath: string
  readonly acceptedAt: Date
  readonly subjectKey: string
  readonly row: InProcessRow
}

/** What a replay answers. */
export interface Replay {
  readonly hits: readonly ReplayedHit[]
  readonly judged: number
  readonly cannotJudge: number
  /** There were more acceptances than are replayed at once. */
  readonly cut: boolean
}

interface Question {
  readonly definition: IndicatorDefinition
  readonly unitPath: string
  readonly period: Period
}

/**
 * Judge past acceptances again, the newest first: each at its own moment, by the records as they stand now. What was
 * corrected or ended since is seen as it is today; what came later is outside the window.
 */
export async function replayAcceptances(
  as: <T>(work: (ctx: RequestContext) => Promise<T>) => Promise<T>,
  ports: Pick<SupervisionPorts, 'localRegionsOf'>,
  question: Question,
  signal?: AbortSignal,
): Promise<Replay> {
  const { definition } = question
  const { businessKinds } = definition.trigger!
  const statement = compileInProcess([definition], factCatalogue).statementFor('accept', businessKinds[0]!)!
  const accepted = await as((ctx) => acceptances(ctx, question))
  const hits: ReplayedHit[] = []
  let cannotJudge = 0
  const judged = accepted.slice(0, MOST)
  for (let at = 0; at < judged.length; at += BATCH) {
    signal?.throwIfAborted()
    const batch = judged.slice(at, at + BATCH)
    const rows = await as((ctx) => judge(ctx, ports, statement, definition.code, batch))
    for (const [i, row] of rows.entries()) {
      if (row.status === 'cannot_judge') cannotJudge += 1
      if (effectOf(definition, row) !== 'none') hits.push(hitOf(definition, batch[i]!, row))
    }
  }
  return { hits, judged: judged.length, cannotJudge, cut: accepted.length > MOST }
}

/** An acceptance as its fact stands. */
interface Acceptance {
  readonly id: string
  readonly serial: string
  readonly unit_path: string
  readonly business_kind: string
  readonly reason: string | null
  readonly accepted_at: Date
  readonly vehicle_id: string | null
  readonly person_id: string | null
  readonly organisation_id: string | null
  readonly agent_id: string | null
  readonly local: boolean | null
}

async function acceptances(
  ctx: RequestContext,
  { definition, unitPath, period }: Question,
): Promise<Acceptance[]> {
  const { rows } = await ctx.tx.client.query<Acceptance>(
    `SELECT id, serial, unit_path, business_kind, reason, accepted_at, vehicle_id, person_id, organisation_id, agent_id, local
     FROM transaction
     WHERE business_kind = ANY($1) AND accepted_at >= $2 AND accepted_at < $3 AND unit_path >= $4 AND unit_path < $5
     ORDER BY accepted_at DESC, id DESC LIMIT $6`,
    [
      definition.trigger!.businessKinds,
      startOfDay(period.from),
      endOfDay(period.to),
      unitPath,
      endOfSubtree(unitPath),
      MOST + 1,
    ],
  )
  return rows
}

/** The answer of one indicator to each, in their order; all values as shipped with the definition. */
async function judge(
  ctx: RequestContext,
  ports: Pick<SupervisionPorts, 'localRegionsOf'>,
  statement: InProcessStatement,
  code: string,
  batch: readonly Acceptance[],
): Promise<InProcessRow[]> {
  const paths = [...new Set(batch.map((each) => each.unit_path))]
  const regions = new Map<string, readonly string[]>()
  for (const path of paths) regions.set(path, await ports.localRegionsOf(ctx, path))
  const answers = await ctx.tx.asFactsReader(() =>
    Promise.all(
      batch.map((each) =>
        ctx.tx.client.query<InProcessRow>({
          name: statement.name,
          text: statement.text,
          values: statement.values(atHandOf(each, regions.get(each.unit_path)!), { [code]: {} }),
        }),
      ),
    ),
  )
  return answers.map(({ rows }) => rows[0]!)
}

const atHandOf = (each: Acceptance, localRegions: readonly string[]): AtHand => ({
  transactionId: each.id,
  unitPath: each.unit_path,
  businessKind: each.business_kind,
  reason: each.reason,
  acceptedAt: each.accepted_at,
  vehicleId: each.vehicle_id,
  personId: each.person_id,
  organisationId: each.organisation_id,
  agentId: each.agent_id,
  local: each.local,
  localRegions,
})

const hitOf = (definition: IndicatorDefinition, each: Acceptance, row: InProcessRow): ReplayedHit => ({
  transactionId: each.id,
  serial: each.serial,
  unitPath: each.unit_path,
  acceptedAt: each.accepted_at,
  subjectKey: subjectKeyOf(definition.subject, {
    transactionId: each.id,
    vehicleId: each.vehicle_id,
    personId: each.person_id,
    organisationId: each.organisation_id,
    agentId: each.agent_id,
  }),
  row,
})
