import type { IndicatorDefinition } from '@hengjian/indicators'
import type { RequestContext } from '@hengjian/platform/context'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { eq } from 'drizzle-orm'
import { definedOrRefused, loadVersion } from '../composition/composed-record.ts'
import type { supervisionContract } from '../contract.ts'
import type { SupervisionPorts } from '../ports.ts'
import type { BackTestHit } from '../records.ts'
import { periodOf } from '../rules/period.ts'
import { backTest } from '../tables.ts'
import { presentFacts } from './fact-records.ts'
import { pageOfFacts } from './find-finding-facts.ts'

/** The records behind a hit of a back-test, as far as the caller may see them. */
export const findBackTestFacts =
  (ports: SupervisionPorts): Handler<typeof supervisionContract.findBackTestFacts> =>
  async (ctx, input) => {
    const [row] = await ctx.db.select().from(backTest).where(eq(backTest.id, input.id))
    const hit = row?.result?.hits[input.hit]
    if (!row || !hit) throw new Problem(platformErrors.not_found)
    if (!hit.drilldown) return replayedFacts(ctx, ports, hit.evidence ?? [])
    // The draft may have been saved again since: the version's composition is what is there now.
    const { composition } = await loadVersion(ctx, row.code, row.number)
    return pageOfFacts(ctx, ports, input, {
      definition: definedOrRefused(row.code, composition) as unknown as IndicatorDefinition,
      drilldown: hit.drilldown,
      parameters: hit.parameters,
      period: periodOf(hit.period),
    })
  }

/** Records of an acceptance that was judged again: few, so there is one page. */
async function replayedFacts(
  ctx: RequestContext,
  ports: SupervisionPorts,
  evidence: NonNullable<BackTestHit['evidence']>,
) {
  const keys = evidence.map(({ fact, id, unitPath }) => ({ fact, id, unit_path: unitPath }))
  const found = await presentFacts(ctx, ports, keys)
  const items = found.map(({ key: _, ...record }) => ({ ...record, role: 'counted' as const }))
  return { items, outside: keys.length - items.length, nextCursor: null }
}
