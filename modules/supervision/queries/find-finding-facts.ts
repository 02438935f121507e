import { factCatalogue } from '@hengjian/business'
import { compileDrilldown, type DrilldownRow } from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { definitionFor, optionsFor } from '../analysis/evaluate-indicator.ts'
import type { supervisionContract } from '../contract.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import { columnLabel, factLabel, linkOf } from '../labels.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { withWorkingDays } from '../rules/period.ts'
import { finding } from '../tables.ts'

/** Deepest row of a drill-down. */
const MOST_ROWS = 50_000
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
])

const cursorShape = z.coerce.number().int().min(0).max(MOST_ROWS)

/**
 * The records behind a finding (SUP-10). Which they are, the analysis store tells; what they say is read from
 * PostgreSQL under the caller's scope, so that nobody drills into another unit's records.
 */
export const findFindingFacts =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.findFindingFacts> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(finding).where(eq(finding.id, input.id))
    if (!row) throw new Problem(platformErrors.not_found)
    assertIntact(ctx, finding, row)
    const offset = offsetOf(input.cursor)
    const rows = (await factsBehind(ctx, book, ports, row, offset + input.limit + 1)).slice(offset)
    const page = rows.slice(0, input.limit)
    const records = await recordsOf(ctx, page)
    const units = await unitNamesFor(
      ctx,
      ports,
      page.map((each) => each.unit_path),
    )
    const partyLinks = await ports.subjectLinksOf(ctx, [...records.values()].flatMap(partiesOf))
    /** The record's own page, or that of the transaction, vehicle or person it belongs to. */
    const linkTo = (row: DrilldownRow, record: Record_): string | null => {
      const transactionId = record['transaction_id']
      const own =
        typeof transactionId === 'string'
          ? { fact: 'transaction', id: transactionId }
          : { fact: row.fact, id: row.id }
      const party = partiesOf(record).find((key) => partyLinks.has(key))
      return linkOf(own, ctx.actor) ?? (party === undefined ? null : partyLinks.get(party)!)
    }
    const items = page.flatMap((each) => {
      const record = records.get(`${each.fact} ${each.id}`)
      return record ? [present(each, record, units, linkTo(each, record))] : []
    })
    return {
      items,
      outside: page.length - items.length,
      nextCursor: rows.length > input.limit ? String(offset + input.limit) : null,
    }
  }

function offsetOf(cursor: string | undefined): number {
  const parsed = cursorShape.safeParse(cursor ?? 0)
  if (parsed.success) return parsed.data
  throw new Problem(platformErrors.invalid_input, { issues: [{ path: 'cursor', message: '游标无效' }] })
}

async function factsBehind(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  row: typeof finding.$inferSelect,
  limit: number,
): Promise<DrilldownRow[]> {
  const { override, scope, group } = row.drilldown
  const definition = book.definitionOf(row.code)
  const calendar = await ports.calendarOf(ctx)
  // The parameters it was judged by, not those of today.
  const parameters = Object.fromEntries(row.explanation.parameters.map(({ name, value }) => [name, value]))
  const evaluation = {
    definition,
    period: { from: row.periodFrom, to: row.periodTo },
    unitPath: scope,
    override: { ...override, code: row.code, parameters },
    settings: [],
    localRegions: await ports.localRegions(ctx),
    calendar,
  }
  const options = { ...optionsFor(evaluation, ports.store.dialect), period: row.drilldown.period }
  const { sql } = compileDrilldown(definitionFor(evaluation), factCatalogue, options, group, limit)
  const statement =
    definition.unit === 'working_days' ? withWorkingDays(sql, row.drilldown.period, calendar) : sql
  return (await ports.store.query(statement)) as unknown as DrilldownRow[]
}

type Record_ = Readonly<Record<string, unknown>>

/** The rows the caller may see, by fact and id: clear columns only. */
async function recordsOf(ctx: RequestContext, page: readonly DrilldownRow[]): Promise<Map<string, Record_>> {
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

function present(
  row: DrilldownRow,
  record: Record_,
  units: ReadonlyMap<string, string>,
  link: string | null,
) {
  const serial = record['serial']
  return {
    fact: row.fact,
    id: row.id,
    at: record['occurred_at'] instanceof Date ? record['occurred_at'].toISOString() : null,
    unitPath: row.unit_path,
    unitName: units.get(row.unit_path) ?? null,
    label: typeof serial === 'string' ? `${factLabel(row.fact)} ${serial}` : factLabel(row.fact),
    role: row.role,
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
