/** The pieces of a run as evaluations: definitions, settings, regions and calendar as they stand now. */
import type { RequestContext } from '@hengjian/platform/context'
import { assertIntact } from '@hengjian/platform/guard'
import { and, inArray, isNull } from 'drizzle-orm'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import type { PlannedPeriod, RunOverride } from '../records.ts'
import { heldSettings } from '../rules/strictness.ts'
import { type analysisRun, indicatorSetting } from '../tables.ts'
import type { Evaluation } from './evaluate-indicator.ts'
import { stepOf } from './judge-period.ts'

/** What of a run its evaluations depend on; with a plan, days and months are judged apart. */
type Judging = Pick<typeof analysisRun.$inferSelect, 'unitPath' | 'overrides' | 'plan'>

/** What a run is about to judge, piece by piece, with the settings that hold now. */
export async function evaluationsOf(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  run: Judging,
  items: readonly PlannedPeriod[],
): Promise<Evaluation[]> {
  const calendar = await ports.calendarOf(ctx)
  const localRegions = await ports.localRegions(ctx)
  const settings = Map.groupBy(
    await settingsOf(ctx, [...new Set(items.map(({ code }) => code))]),
    ({ code }) => code,
  )
  return items.map(({ code, from, to }) => {
    const definition = book.definitionOf(code)
    return {
      definition,
      period: { from, to },
      unitPath: run.unitPath,
      override: overrideOf(run, code),
      settings: heldSettings(definition, settings.get(code) ?? []),
      localRegions,
      calendar,
      ...(run.plan ? { each: stepOf(definition) } : {}),
    }
  })
}

/** What the run replaces of an indicator; naming it without replacing anything is no override. */
function overrideOf(run: Judging, code: string): RunOverride | null {
  const override = run.overrides.find((each) => each.code === code)
  const { code: _code, parameters, ...rest } = override ?? { code }
  const replaces =
    Object.keys(parameters ?? {}).length > 0 || Object.values(rest).some((each) => each !== undefined)
  return override && replaces ? override : null
}

/** Settings of all units: the unit of a row decides which holds. */
async function settingsOf(
  ctx: RequestContext,
  codes: readonly string[],
): Promise<(typeof indicatorSetting.$inferSelect)[]> {
  const rows = await ctx.db
    .select()
    .from(indicatorSetting)
    .where(and(inArray(indicatorSetting.code, [...codes]), isNull(indicatorSetting.supersededAt)))
  for (const row of rows) assertIntact(ctx, indicatorSetting, row)
  return rows
}
