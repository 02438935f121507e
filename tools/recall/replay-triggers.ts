/**
 * In-process indicators on planted acts: the act is written as a window would write it, judged by the compiled
 * statement under the role that reads facts, and rolled back.
 */
import { factCatalogue } from '@hengjian/business'
import { compileInProcess, type IndicatorDefinition, type InProcessRow } from '@hengjian/indicators'
import { newId } from '@hengjian/platform/context'
import type { City, Trigger, Truth, Unit } from '@hengjian/sandbox-city'
import pg from 'pg'
import type { Judged } from './recall.ts'

/** Ordinary transactions judged to see how often an indicator fires unasked. */
const ORDINARY_SAMPLE = 3000

type Event = NonNullable<IndicatorDefinition['trigger']>['event']

/** Regions that are local for a unit: its own, else those of the nearest unit above. */
function localRegionsOf(units: readonly Unit[], path: string): readonly string[] {
  const above = units.filter((unit) => path.startsWith(unit.path) && unit.local_regions.length > 0)
  return above.sort((a, b) => b.path.length - a.path.length)[0]?.local_regions ?? []
}

/** Judge every planted act and a sample of ordinary transactions. */
export async function replayTriggers(
  adminUrl: string,
  city: City,
  truths: readonly Truth[],
  definitions: readonly IndicatorDefinition[],
): Promise<Judged[]> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query('ANALYZE')
    const judge = createJudge(client, city.reference.units, definitions)
    const verdicts = new Map<Truth, InProcessRow | undefined>()
    for (const truth of truths) verdicts.set(truth, await judge.trigger(truth))
    const planted = new Set(truths.flatMap((truth) => truth.facts))
    const ordinary = await judge.ordinary(planted)
    return definitions.map(({ code }) => ({
      code,
      truths: truths
        .filter((truth) => truth.code === code)
        .map((truth) => {
          const row = verdicts.get(truth)
          return { truth, fired: row?.fired ?? false, measured: row ? [row.measured, row.also_measured] : [] }
        }),
      ...(ordinary.get(code) ?? { judged: 0, unplanted: [] }),
    }))
  } finally {
    await client.end()
  }
}

function createJudge(client: pg.Client, units: readonly Unit[], definitions: readonly IndicatorDefinition[]) {
  const plan = compileInProcess(definitions, factCatalogue)
  const everyCode = Object.fromEntries(definitions.map(({ code }) => [code, {}]))

  async function evaluate(event: Event, trigger: Trigger, ids: Record<string, string | null>) {
    const statement = plan.statementFor(event, trigger.business_kind)
    if (!statement) return []
    await client.query('SET LOCAL ROLE hengjian_facts')
    const atHand = {
      transactionId: ids['transaction']!,
      unitPath: trigger.unit_path,
      businessKind: trigger.business_kind,
      reason: trigger.reason,
      acceptedAt: trigger.accepted_at,
      vehicleId: trigger.vehicle_id,
      personId: trigger.person_id,
      organisationId: trigger.organisation_id,
      agentId: trigger.agent_id,
      local: trigger.local,
      localRegions: localRegionsOf(units, trigger.unit_path),
      amendmentId: ids['amendment'] ?? null,
      personChangeId: ids['person_change'] ?? null,
    }
    const { rows } = await client.query<InProcessRow & pg.QueryResultRow>({
      name: statement.name,
      text: statement.text,
      values: statement.values(atHand, everyCode),
    })
    await client.query('RESET ROLE')
    return rows
  }

  return {
    async trigger({ code, trigger }: Truth): Promise<InProcessRow | undefined> {
      if (!trigger) throw new Error(`the plant of ${code} says not what triggers it`)
      const listens = definitions.find((definition) => definition.code === code)!.trigger!.event
      const event = listens === 'external_check' ? 'accept' : listens
      await client.query('BEGIN')
      try {
        const ids = await writeAct(client, trigger)
        const rows = await evaluate(event, trigger, ids)
        return rows.find((row) => row.code === code)
      } finally {
        await client.query('ROLLBACK')
      }
    },

    /** Recorded transactions, spread evenly over all, without those that were planted. */
    async ordinary(planted: ReadonlySet<string>) {
      const { rows } = await client.query<Trigger & { id: string; person_change: string | null }>(
        `SELECT t.*, (SELECT c.id FROM person_change c WHERE c.transaction_id = t.id ORDER BY c.at DESC LIMIT 1) AS person_change
           FROM transaction t WHERE t.state <> 'withdrawn' ORDER BY md5(t.id::text) LIMIT $1`,
        [ORDINARY_SAMPLE],
      )
      const counts = new Map(definitions.map(({ code }) => [code, { judged: 0, unplanted: [] as string[] }]))
      await client.query('BEGIN')
      for (const transaction of rows.filter((row) => !planted.has(row.id))) {
        const ids = { transaction: transaction.id, person_change: transaction.person_change }
        const events: Event[] = transaction.person_change ? ['accept', 'information_change'] : ['accept']
        for (const event of events)
          for (const row of await evaluate(event, transaction, ids)) {
            const count = counts.get(row.code)!
            if (row.judged) count.judged += 1
            if (row.fired)
              count.unplanted.push(`${transaction.id} measured ${row.measured}, threshold ${row.threshold}`)
          }
      }
      await client.query('ROLLBACK')
      return counts
    },
  }
}

/** Write what the handler writes before the act is judged. Answers the ids of transaction, amendment and change. */
async function writeAct(client: pg.Client, trigger: Trigger): Promise<Record<string, string | null>> {
  const { accepted_at } = trigger
  const insert = (table: string, columns: Record<string, unknown>) =>
    insertFact(client, table, trigger, columns)
  if (trigger.act === 'amendment') {
    const recorded = await client.query<{ id: string }>(
      'SELECT id FROM amendment WHERE transaction_id = $1 AND at = $2',
      [trigger.transaction_id, accepted_at],
    )
    const { field, before_region, after_region } = trigger.amendment!
    const amendment =
      recorded.rows[0]?.id ??
      (await insert('amendment', {
        transaction_id: trigger.transaction_id,
        field,
        before_region,
        after_region,
        at: accepted_at,
      }))
    return { transaction: trigger.transaction_id, amendment }
  }
  if (trigger.transaction_id) {
    const change = await client.query<{ id: string }>(
      'SELECT id FROM person_change WHERE transaction_id = $1',
      [trigger.transaction_id],
    )
    return { transaction: trigger.transaction_id, person_change: change.rows[0]?.id ?? null }
  }
  return writeTransaction(trigger, insert)
}

async function writeTransaction(
  trigger: Trigger,
  insert: (table: string, columns: Record<string, unknown>) => Promise<string>,
): Promise<Record<string, string | null>> {
  const { accepted_at, person_id } = trigger
  const columns = 'subject_kind business_kind reason handler_id vehicle_id person_id organisation_id agent_id'
  const transaction = await insert('transaction', {
    ...Object.fromEntries(columns.split(' ').map((name) => [name, trigger[name as keyof Trigger]])),
    serial: newId(),
    state: 'accepted',
    channel: 'window',
    accepted_at,
    local: trigger.local,
    licence_class: trigger.licence_class,
  })
  for (const change of trigger.changes)
    await insert('transaction_change', { transaction_id: transaction, ...change })
  for (const [order, check] of trigger.external_checks.entries())
    await insert('external_check', {
      transaction_id: transaction,
      person_id,
      ...check,
      at: new Date(accepted_at.getTime() - 1000 + order),
    })
  let personChange: string | null = null
  for (const { field } of trigger.person_changes)
    personChange = await insert('person_change', {
      transaction_id: transaction,
      person_id,
      field,
      at: accepted_at,
    })
  return { transaction, person_change: personChange }
}

async function insertFact(
  client: pg.Client,
  table: string,
  { accepted_at, unit_id, unit_path }: Trigger,
  columns: Record<string, unknown>,
): Promise<string> {
  const id = newId()
  const row = {
    id,
    source: 'replay',
    source_key: id,
    occurred_at: accepted_at,
    unit_id,
    unit_path,
    ...columns,
  }
  const names = Object.keys(row).map((name) => `"${name}"`)
  const places = names.map((_, i) => `$${i + 1}`)
  await client.query(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${places.join(', ')})`,
    Object.values(row),
  )
  return id
}
