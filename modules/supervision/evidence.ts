/** The facts behind a hit, with the numbers by which people know them. */
import type { Evidence } from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import type { StoredEvidence } from './records.ts'

const idOf = (fact: Evidence, name: 'transaction' | 'vehicle'): string | undefined =>
  fact.fact === name ? fact.id : fact[`${name}_id`]

const unique = (ids: readonly (string | undefined)[]): string[] => [
  ...new Set(ids.filter((id) => id !== undefined)),
]

/** Look up serials and plates across units (the facts may lie outside the handler's scope), by fact id. */
export async function evidenceOf(
  ctx: RequestContext,
  facts: readonly Evidence[],
): Promise<ReadonlyMap<string, StoredEvidence>> {
  const transactions = unique(facts.map((fact) => idOf(fact, 'transaction')))
  const vehicles = unique(facts.map((fact) => idOf(fact, 'vehicle')))
  if (facts.length === 0) return new Map()
  const { rows } = await ctx.tx.asFactsReader(() =>
    ctx.tx.client.query<{ id: string; number: string | null }>(
      `SELECT id, serial AS number FROM transaction WHERE id = ANY($1)
       UNION ALL SELECT id, plate FROM vehicle WHERE id = ANY($2)`,
      [transactions, vehicles],
    ),
  )
  const numbers = new Map(rows.map((row) => [row.id, row.number]))
  return new Map(facts.map((fact) => [fact.id, storedOf(fact, numbers)]))
}

function storedOf(fact: Evidence, numbers: ReadonlyMap<string, string | null>): StoredEvidence {
  const transaction = idOf(fact, 'transaction')
  const vehicle = idOf(fact, 'vehicle')
  const page = transaction
    ? { fact: 'transaction', id: transaction }
    : vehicle
      ? { fact: 'vehicle', id: vehicle }
      : null
  return {
    fact: fact.fact,
    id: fact.id,
    at: fact.at === undefined ? null : new Date(fact.at).toISOString(),
    unitPath: fact.unit ?? null,
    number: (page ? numbers.get(page.id) : null) ?? null,
    page,
  }
}
