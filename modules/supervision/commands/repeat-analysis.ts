import { type RequestContext, scopeOf } from '@hengjian/platform/context'
import { rangeOf } from '@hengjian/platform/db'
import { Problem, platformErrors } from '@hengjian/platform/errors'
import type { Handler } from '@hengjian/platform/http'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { codesFor, planAll, planChanges } from '../analysis/plan-run.ts'
import type { supervisionContract } from '../contract.ts'
import { supervisionErrors } from '../errors.ts'
import type { IndicatorBook } from '../indicator-book.ts'
import type { SupervisionPorts } from '../ports.ts'
import { unitNamesFor } from '../present.ts'
import { presentRun } from '../present-analysis.ts'
import { OPEN_STATES } from '../records.ts'
import { type JudgedUntil, judgedUntil } from '../rules/affected-periods.ts'
import type { Period } from '../rules/period.ts'
import { dayOf } from '../rules/working-days.ts'
import { analysisRun } from '../tables.ts'
import { checkPeriod, createRun } from './start-analysis.ts'

/** Judge anew as the schedule does: what changed since the last time, or all of a period (SUP-12). */
export const repeatAnalysis =
  (book: IndicatorBook, ports: SupervisionPorts): Handler<typeof supervisionContract.repeatAnalysis> =>
  async (ctx, input) => {
    const unitPath = input.unitPath ?? ctx.actor.unitPath
    const { lo, hi } = rangeOf(scopeOf(ctx.actor))
    if (unitPath < lo || unitPath >= hi) throw new Problem(platformErrors.forbidden)
    const run =
      input.extent === 'all'
        ? await repeatAll(ctx, book, unitPath, periodOf(input))
        : await repeatChanged(ctx, book, ports, unitPath, 'manual', codesFor(book, unitPath))
    if (!run) throw new Problem(supervisionErrors.changes_followed)
    return presentRun(run, await unitNamesFor(ctx, ports, [unitPath]))
  }

function periodOf({ from, to }: { from?: string | undefined; to?: string | undefined }): Period {
  const missing = [...(from ? [] : ['from']), ...(to ? [] : ['to'])]
  if (!from || !to)
    throw new Problem(supervisionErrors.period_invalid, {
      issues: missing.map((path) => ({ path, message: '请选择期间' })),
    })
  checkPeriod({ from, to })
  return { from, to }
}

async function repeatAll(ctx: RequestContext, book: IndicatorBook, unitPath: string, period: Period) {
  const plan = planAll(book, codesFor(book, unitPath), period, judgedUntil(dayOf(ctx.clock.now())))
  if (plan.length === 0)
    throw new Problem(supervisionErrors.period_invalid, {
      issues: [{ path: 'from', message: '该期间还没有可研判的日期' }],
    })
  return createRun(ctx, { unitPath, trigger: 'manual', extent: 'all', period, plan })
}

/**
 * Start a run over what changed for a unit. Null where one is under way, or was started by schedule for the same day:
 * the next looks from the same mark.
 */
export async function repeatChanged(
  ctx: RequestContext,
  book: IndicatorBook,
  ports: SupervisionPorts,
  unitPath: string,
  trigger: 'manual' | 'incremental',
  codes: readonly string[],
  until: JudgedUntil = judgedUntil(dayOf(ctx.clock.now())),
): Promise<typeof analysisRun.$inferSelect | null> {
  await ctx.db.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`changes of ${unitPath}`}, 0))`)
  const { plan, mark, changes, period } = await planChanges(ctx, book, ports, unitPath, codes, until)
  const own = and(eq(analysisRun.unitPath, unitPath), eq(analysisRun.extent, 'changed'))
  const [open] = await ctx.db
    .select({ id: analysisRun.id })
    .from(analysisRun)
    .where(and(own, inArray(analysisRun.state, [...OPEN_STATES])))
    .limit(1)
  const [started] =
    trigger === 'manual'
      ? []
      : await ctx.db
          .select({ id: analysisRun.id })
          .from(analysisRun)
          .where(and(own, eq(analysisRun.trigger, trigger), eq(analysisRun.periodTo, period.to)))
          .limit(1)
  if (open || started) return null
  return createRun(ctx, { unitPath, trigger, extent: 'changed', period, plan, mark, changes })
}
