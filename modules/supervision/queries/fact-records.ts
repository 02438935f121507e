/** Records of facts as the caller may see them: clear columns, labelled, with the page that shows each. */
import { factCatalogue } from '@hengjian/business'
import type { RequestContext } from '@hengjian/platform/context'
import { columnLabel, factLabel, linkOf } from '../labels.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'

/** Columns that say where a row comes from, not what happened. */
const HIDDEN = new Set([
  'id',
  'source',
  'source_key',
  'unit_id',
  'unit_path',
  'version',
  'recorded_at',
  'occurred_at',
  'owner',
])

/** Which record, of which unit. */
export interface FactKey {
  readonly fact: string
  readonly id: string
  readonly unit_path: string
}

/** Read and present records in the order asked for; those outside the caller's scope are left out. */
export async function presentFacts<K extends FactKey>(
  ctx: RequestContext,
  ports: Pick<SupervisionPorts, 'unitNamesOf' | 'subjectLinksOf'>,
  keys: readonly K[],
) {
  const records = await recordsOf(ctx, keys)
  const units = await unitNamesFor(
    ctx,
    ports,
    keys.map((each) => each.unit_path),
  )
  const partyLinks = await ports.subjectLinksOf(ctx, [...records.values()].flatMap(partiesOf))
  /** The record's own page, or that of the transaction, vehicle or person it belongs to. */
  const linkTo = (row: FactKey, record: Record_): string | null => {
    const transactionId = record['transaction_id']
    const own =
      typeof transactionId === 'string'
        ? { fact: 'transaction', id: transactionId }
        : { fact: row.fact, id: row.id }
    const party = partiesOf(record).find((key) => partyLinks.has(key))
    return linkOf(own, ctx.actor) ?? (party === undefined ? null : partyLinks.get(party)!)
  }
  return keys.flatMap((each) => {
    const record = records.get(`${each.fact} ${each.id}`)
    return record ? [{ key: each, ...present(each, record, units, linkTo(each, record)) }] : []
  })
}

type Record_ = Readonly<Record<string, unknown>>

/** The rows the caller may see, by fact and id: clear columns only. */
async function recordsOf(ctx: RequestContext, page: readonly FactKey[]): Promise<Map<string, Record_>> {
  const found = new Map<string, Record_>()
  for (const [fact, rows] of Map.groupBy(page, (each) => each.fact)) {
    const columns = Object.values(factCatalogue[fact]!.columns).filter((column) => !column.personal)
    const number = fact === 'transaction' ? ', serial' : ''
    const { rows: records } = await ctx.tx.client.query<Record_>(
      `SELECT ${columns.map((column) => `"${column.name}"`).join(', ')}${number} FROM "${fact}" WHERE id = ANY($1::uuid[])`,
      [rows.map((each) => each.id)],
    )
    for (const record of records) found.set(`${fact} ${String(record['id'])}`, record)
  }
  return found
}

/** Subject keys of the vehicle and the person that a record names. */
const partiesOf = (record: Record_): string[] =>
  Object.entries({ vehicle_id: 'vehicle', person_id: 'person', candidate_id: 'person' }).flatMap(
    ([column, kind]) => (typeof record[column] === 'string' ? [`${kind}:${record[column]}`] : []),
  )

function present(row: FactKey, record: Record_, units: ReadonlyMap<string, string>, link: string | null) {
  const serial = record['serial']
  return {
    fact: row.fact,
    id: row.id,
    at: record['occurred_at'] instanceof Date ? record['occurred_at'].toISOString() : null,
    unitPath: row.unit_path,
    unitName: units.get(row.unit_path) ?? null,
    label: typeof serial === 'string' ? `${factLabel(row.fact)} ${serial}` : factLabel(row.fact),
    link,
    values: Object.entries(record)
      .filter(([name, value]) => !HIDDEN.has(name) && value !== null && !name.endsWith('_id'))
      .map(([name, value]) => ({ name, title: columnLabel(name), value: plain(value) })),
  }
}

const plain = (value: unknown): string | number | boolean =>
  value instanceof Date
    ? value.toISOString()
    : typeof value === 'number' || typeof value === 'boolean'
      ? value
      : String(value)
