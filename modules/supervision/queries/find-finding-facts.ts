import { factCatalogue } from '@hengjian/business'
import { compileDrilldown, type DrilldownRow, type IndicatorDefinition } from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import { assertIntact } from '@hengjian/platform/guard'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { definitionFor, optionsFor } from '../analysis/evaluate-indicator.ts'
import { publishedDefinition } from '../composition/load-composed.ts'
import type { supervisionContract } from '../contract.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import type { Drilldown, ParameterValue } from '../records.ts'
import { type Period, withWorkingDays } from '../rules/period.ts'
import { finding } from '../tables.ts'
import { presentFacts } from './fact-records.ts'

/** Deepest row of a drill-down. */
const MOST_ROWS = 50_000
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
    return pageOfFacts(ctx, ports, input, {
      definition: await definitionBehind(ctx, book, row),
      drilldown: row.drilldown,
      // The parameters it was judged by, not those of today.
      parameters: Object.fromEntries(row.explanation.parameters.map(({ name, value }) => [name, value])),
      period: { from: row.periodFrom, to: row.periodTo },
    })
  }

/** A composed indicator may have another version by now: a finding keeps the one it was judged by. */
const definitionBehind = async (
  ctx: RequestContext,
  book: IndicatorBook,
  row: typeof finding.$inferSelect,
): Promise<IndicatorDefinition> =>
  (book.composed(row.code) && (await publishedDefinition(ctx, row.code, row.indicatorVersion))) ||
  book.definitionOf(row.code)

/** What a drill-down asks: the group, and by what it was judged. */
interface FactsQuestion {
  readonly definition: IndicatorDefinition
  readonly drilldown: Drilldown
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly period: Period
}

/** One page of the records behind a group, shown under the caller's scope. */
export async function pageOfFacts(
  ctx: RequestContext,
  ports: SupervisionPorts,
  input: { readonly cursor?: string | undefined; readonly limit: number },
  question: FactsQuestion,
) {
  const offset = offsetOf(input.cursor)
  const rows = (await factsBehind(ctx, ports, question, offset + input.limit + 1)).slice(offset)
  const page = rows.slice(0, input.limit)
  const found = await presentFacts(ctx, ports, page)
  const items = found.map(({ key, ...record }) => ({ ...record, role: key.role }))
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
  ports: SupervisionPorts,
  { definition, drilldown, parameters, period }: FactsQuestion,
  limit: number,
): Promise<DrilldownRow[]> {
  const { override, scope, group } = drilldown
  const calendar = await ports.calendarOf(ctx)
  const evaluation = {
    definition,
    period,
    unitPath: scope,
    override: { ...override, code: definition.code, parameters },
    settings: [],
    localRegions: await ports.localRegions(ctx),
    calendar,
  }
  const options = { ...optionsFor(evaluation, ports.store.dialect), period: drilldown.period }
  const { sql } = compileDrilldown(definitionFor(evaluation), factCatalogue, options, group, limit)
  const statement =
    definition.unit === 'working_days' ? withWorkingDays(sql, drilldown.period, calendar) : sql
  return (await ports.store.query(statement)) as unknown as DrilldownRow[]
}
